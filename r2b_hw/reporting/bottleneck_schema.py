"""The part of report.json that says why the accelerator is not faster."""

from enum import StrEnum

from pydantic import Field

from r2b_hw.reporting.schema_base import Section, Stage


class Limit(StrEnum):
    """What sets the interval."""

    UNIT = "unit"
    WIDTH_CONVERTER = "width-converter"
    INPUT = "input"
    OUTPUT = "output"
    UNIT_MEMORY = "unit-memory"
    """The loops of one unit wait for each other over its own memory."""
    FIFO = "fifo"
    """A circle of units waits for room in FIFOs that are too shallow for it."""
    UNKNOWN = "unknown"


class Wait(Section):
    """Cycles a frame for which a unit waits at one FIFO."""

    fifo: str | None = Field(description="stream; null: for another loop of the same unit")
    unit: str | None = Field(description="the unit at the FIFO's other end; null for the host")
    room: bool = Field(description="true: blocked, it waits for room; false: starved, it waits for a word")
    cycles: float


class UnitActivity(Section):
    """What a unit's busiest loop does during a frame of the steady state; the three add up to the interval."""

    name: str = Field(description="unit, or input and output for the host's ends")
    busy: float
    starved: float
    blocked: float
    waits: tuple[Wait, ...] = Field(description="the longest first; they add up to starved + blocked")


class CircleStep(Section):
    """A part of the circle that sets the interval, in time's order."""

    unit: str = Field(description="who works, gives a word or frees a place; input or output for the host")
    fifo: str | None = Field(description="over which FIFO it leads on; null for work and inside a unit")
    kind: str = Field(description="work, word or room")
    cycles: int


class ChainLink(Section):
    """A unit, and what it waits for longest."""

    unit: str
    fifo: str | None
    room: bool
    cycles: float
    waits_for: str = Field(description="the unit at the FIFO's other end, input or output")


class FoldChange(Section):
    """A unit folded otherwise."""

    unit: str
    before: tuple[int, ...] = Field(description="channels an input word, an output word, pixels at once where several")
    after: tuple[int, ...]
    cycles_before: int
    cycles_after: int


class DepthChange(Section):
    """A FIFO made deeper."""

    fifo: str
    before: int
    after: int


class Change(Section):
    """One step to a faster design; steps add up."""

    folds: tuple[FoldChange, ...] = ()
    depths: tuple[DepthChange, ...] = ()
    lut: float = Field(description="additional, with width converters, without FIFOs' words; stage model")
    ff: float
    bram36: float
    uram: float
    dsp: float
    interval_cycles: float = Field(description="cycles a frame after this step and all before it")
    fps: float
    limit: str = Field(description="what sets the interval then")
    exceeds: tuple[str, ...] = Field(description="resources of which the board has too few for all steps up to here")
    stage: Stage = Field(description="of the interval: simulated for depths, model for folds")
    text: str


class TimelineRow(Section):
    """A unit's work on one frame. ``busy``, ``blocked`` and ``others`` have a character a bin.

    A character is a digit of base 36, the share of the bin's cycles in 35ths; 0 means none at all.
    """

    unit: str
    begin: int | None = Field(description="cycle of its first iteration for the frame, from the first word; null: none")
    end: int | None = Field(description="cycle behind its last one")
    busy: str = Field(description="its busiest loop works on the frame")
    blocked: str = Field(description="it waits for room")
    others: str = Field(default="", description="it works on frames before or behind; empty: on none")


class Stretch(Section):
    """A unit on the way from the frame's first word to its last result: nothing on it could have been earlier."""

    unit: str
    begin: int
    end: int


class Timeline(Section):
    """One frame, from the push of its first word to the pop of its last result, cut into bins.

    Bin i holds the cycles from floor(i * cycles / bins) on.
    """

    cycles: int
    bins: int
    rows: tuple[TimelineRow, ...]
    path: tuple[Stretch, ...] = Field(default=(), description="the critical path, where it has been followed")
    stage: Stage = Stage.SIMULATED


class LatencyShare(Section):
    """Cycles of the latency that one unit is responsible for, on the critical path."""

    unit: str
    cycles: int


class Bottleneck(Section):
    """Why the accelerator is not faster, and what would make it so."""

    limit: Limit
    unit: str | None = Field(description="the unit that sets the interval, or the slowest one")
    fifos: tuple[str, ...] = Field(description="FIFOs of the circle that lack room")
    headline: str
    text: tuple[str, ...]
    frames: int = Field(description="frames after which the steady state repeats; figures are averages over them")
    circle: tuple[CircleStep, ...]
    chain: tuple[ChainLink, ...] = Field(description="from the input to the limit, then from the output back to it")
    units: tuple[UnitActivity, ...] = Field(description="in pipeline order, the host's ends included")
    latency: tuple[LatencyShare, ...] = Field(
        description="the largest first; they add up to the latency of a frame alone"
    )
    latency_text: str
    alone: Timeline = Field(description="the first frame, in an empty accelerator")
    steady: Timeline | None = Field(description="a frame among others; null where the state does not repeat")
    changes: tuple[Change, ...]
    changes_text: tuple[str, ...] = Field(description="what the steps leave open")
    stage: Stage = Stage.SIMULATED
