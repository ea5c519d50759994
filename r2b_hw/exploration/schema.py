"""What an exploration finds, as typed values and as JSON; every group of numbers says the stage that produced it."""

from enum import StrEnum

from pydantic import Field

from r2b_hw.reporting import Stage
from r2b_hw.settings import Section


class Standing(StrEnum):
    """Where a point stands: on the front of all boards, of its own board alone, behind another point, or refused."""

    FRONT = "front"
    BOARD_FRONT = "board-front"
    DOMINATED = "dominated"
    REFUSED = "refused"


class Goal(Section):
    """What one point asks of the planner."""

    board: str
    clock_mhz: float
    interval: int | None = Field(description="cycles a frame to keep; null asks for as fast as fits")

    @property
    def fps(self) -> float | None:
        """Frames a second asked for; None for as fast as fits."""
        return None if self.interval is None else self.clock_mhz * 1e6 / self.interval


class Counts(Section):
    """Resources as counts; BRAM36 comes in halves."""

    lut: float
    ff: float
    bram36: float
    uram: float
    dsp: float


class Speed(Section):
    """Rate in the steady state, and latency of one frame into an empty accelerator."""

    interval_cycles: float
    fps: float = Field(description="frames a second at the clock asked for")
    latency_cycles: int
    latency_microseconds: float
    stage: Stage


class Resources(Section):
    """What the design takes, the way to memory included, and what it may take."""

    taken: Counts
    available: Counts
    stage: Stage


class Design(Section):
    """A plan that fits."""

    interval_target: int = Field(description="cycles a frame that every unit keeps")
    speed: Speed
    resources: Resources


class Outcome(Section):
    """What planning for a goal gave: a design, or the reason why there is none.

    ``planner`` identifies the program that planned (its sources and libraries).
    """

    goal: Goal
    design: Design | None
    refusal: str | None
    seconds: float = Field(description="processor time that planning took")
    planner: str


class Point(Section):
    """A goal, what became of it, and where it stands among the others."""

    goal: Goal
    design: Design | None
    refusal: str | None
    standing: Standing
    seconds: float = Field(description="processor time that planning took")


class Exploration(Section):
    """All points, board by board, fastest first; goals that came out as a design already found are left out."""

    name: str
    points: tuple[Point, ...]

    @property
    def front(self) -> tuple[Point, ...]:
        """The points that no other one beats on any board, board by board, fastest first."""
        return tuple(point for point in self.points if point.standing is Standing.FRONT)

    @property
    def boards(self) -> tuple[str, ...]:
        """Names of the boards, in their order."""
        return tuple(dict.fromkeys(point.goal.board for point in self.points))

    @property
    def refused(self) -> tuple[Point, ...]:
        """The points that do not fit."""
        return tuple(point for point in self.points if point.standing is Standing.REFUSED)
