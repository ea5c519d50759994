"""Explores a graph over boards and rates: plans what is missing, keeps what is found, ranks it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from r2b_hw.boards import Board
from r2b_hw.errors import InputError, ToolError
from r2b_hw.exploration.evaluate import Task, evaluate
from r2b_hw.exploration.fingerprint import planner_digest, point_fingerprint
from r2b_hw.exploration.pareto import ranked
from r2b_hw.exploration.point_files import PointFiles
from r2b_hw.exploration.schema import Exploration, Goal, Outcome
from r2b_hw.exploration.targets import intervals, slowest_useful
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning import check_goal, check_rate, cycles_a_frame
from r2b_hw.planning.goal import input_words
from r2b_hw.storage import graph_digest
from r2b_hw.tools.parallel import call_each

Finished = Callable[[Outcome, bool], None]
"""Called with each outcome as it is there, and whether it was kept from an earlier run."""


@dataclass(frozen=True)
class ExploreOptions:
    """Which points an exploration plans.

    Attributes
    ----------
    points
        How many a board.
    min_fps, max_fps
        The slowest and the fastest rate; without them from where folding further saves nothing to as fast as fits.
    clock_mhz
        Instead of each board's own clock.
    """

    points: int = 8
    min_fps: float | None = None
    max_fps: float | None = None
    clock_mhz: float | None = None

    def check(self) -> None:
        """Raise InputError naming the option that makes no sense."""
        if self.points < 1:
            raise InputError(f"--points: expected one or more, got {self.points}")
        check_goal(None, self.clock_mhz)
        for option, value in (("min-fps", self.min_fps), ("max-fps", self.max_fps)):
            if value is not None and not 0 < value < float("inf"):
                raise InputError(f"--{option}: expected a positive number, got {value:g}")
        if self.min_fps is not None and self.max_fps is not None and self.min_fps > self.max_fps:
            raise InputError(f"--min-fps: {self.min_fps:g} is above --max-fps {self.max_fps:g}; exchange them")


def explore_graph(
    graph: HardwareGraph,
    boards: Sequence[Board],
    options: ExploreOptions,
    *,
    folder: Path | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    finished: Finished = lambda outcome, kept: None,
) -> Exploration:
    """Plan ``graph`` (unfolded) for every board at every rate and rank what comes out.

    Parameters
    ----------
    folder
        Keeps each finished point; what it holds already is not planned again. None keeps nothing.
    jobs, cluster
        Where points are planned; see ``r2b_hw.tools.parallel.call_each``.

    Raises
    ------
    InputError
        An option makes no sense, or a board lacks a resource altogether.
    ToolError
        The cluster does not answer, or has another version of r2b-hw; a process was killed.
    """
    options.check()
    by_name = {board.name: board for board in boards}
    if len(by_name) != len(boards) or not boards:
        names = ", ".join(board.name for board in boards) or "none"
        raise InputError(f"--board: expected boards of different names, got {names}")
    clocks = {board.name: options.clock_mhz or board.clock_mhz for board in boards}
    for clock in clocks.values():
        for option, rate in (("--min-fps", options.min_fps), ("--max-fps", options.max_fps)):
            check_rate(rate, clock, input_words(graph), option)
    explorer = _Explorer(graph, by_name, PointFiles(folder), jobs, cluster, finished)

    def goal(board: str, interval: int | None) -> Goal:
        return Goal(board=board, clock_mhz=clocks[board], interval=interval)

    def cycles(board: str, fps: float | None, otherwise: int | None) -> int | None:
        return otherwise if fps is None else cycles_a_frame(fps, clocks[board])

    # The fastest point of each board comes first: where the rate asked for does not fit, the fastest that does.
    outcomes = list(explorer.outcomes([goal(name, cycles(name, options.max_fps, None)) for name in clocks]))
    refused = [each.goal for each in outcomes if each.design is None and each.goal.interval is not None]
    outcomes += explorer.outcomes([goal(each.board, None) for each in refused])
    slowest = slowest_useful(graph)
    rest: list[Goal] = []
    for outcome in outcomes:
        if outcome.design is not None:
            name, fast = outcome.goal.board, outcome.design.interval_target
            slow = cycles(name, options.min_fps, slowest) or slowest
            rest += [goal(name, each) for each in intervals(fast, slow, options.points) if each != fast]
    known = [outcome.goal for outcome in outcomes]
    outcomes += explorer.outcomes([each for each in rest if each not in known])
    # Points end in any order, and several may be planned at once: the order of the result is that of the boards.
    order = {board.name: place for place, board in enumerate(boards)}
    return Exploration(name=graph.name, points=ranked(sorted(outcomes, key=lambda each: order[each.goal.board])))


class _Explorer:
    def __init__(
        self,
        graph: HardwareGraph,
        boards: dict[str, Board],
        files: PointFiles,
        jobs: int | None,
        cluster: str | None,
        finished: Finished,
    ) -> None:
        self._graph = graph
        self._digest = graph_digest(graph)
        self._boards = boards
        self._files = files
        self._jobs = jobs
        self._cluster = cluster
        self._finished = finished

    def outcomes(self, goals: Sequence[Goal]) -> Iterator[Outcome]:
        """Yield an outcome for every goal: those kept first, then the others as they end."""
        missing: list[Task] = []
        for goal in goals:
            kept = self._files.read(goal, self._fingerprint(goal))
            if kept is None:
                missing.append(Task(self._boards[goal.board], goal))
            else:
                self._finished(kept, True)
                yield kept
        # Long plans first, so that none is left alone at the end.
        missing.sort(key=lambda task: task.goal.interval or 0, reverse=True)
        for outcome in call_each(evaluate, self._graph, missing, jobs=self._jobs, cluster=self._cluster):
            if outcome.planner != planner_digest():
                raise ToolError(
                    "--cluster: a worker has another version of r2b-hw, Python, numpy or numba than this process; "
                    "install the same there"
                )
            self._files.write(outcome, self._fingerprint(outcome.goal))
            self._finished(outcome, False)
            yield outcome

    def _fingerprint(self, goal: Goal) -> str:
        return point_fingerprint(self._digest, self._boards[goal.board], goal, planner_digest())
