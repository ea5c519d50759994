"""Plans a graph for a board: the fastest design that fits, or the one a target rate asks for, or a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from r2b_hw.boards import Board
from r2b_hw.errors import DoesNotFitError, InputError
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning.folding import Parallelism
from r2b_hw.planning.goal import check_rate, check_resources, cycles_a_frame, input_words
from r2b_hw.planning.planner import Design, Misfit, Search
from r2b_hw.planning.refusal import refuse
from r2b_hw.planning.space import FoldSpace
from r2b_hw.simulation import SimulationResult


@dataclass(frozen=True, eq=False)
class Plan:
    """A design for a board.

    Attributes
    ----------
    graph
        Folded, with width converters, FIFO depths and memories.
    clock_mhz
        Clock the rates refer to, MHz.
    target_fps
        What was asked for, frames a second; None for as fast as fits.
    interval_target
        Cycles a frame that every unit keeps.
    simulation
        Timing of the planned graph with a source that is always ready; stage ``simulated``.
    waiting_streams
        Names of the streams that hold words while another branch of their fork catches up.
    unit_costs, stream_costs, interface
        Resource model by unit name and stream name, and of the way to memory; stage ``model``.
    total, available
        Sum of all, and what the board leaves after the share kept free.
    gap
        How far, relative, a folding of less weighted share could lie below this one; 0: proven that none does.
    interval_bound
        No folding that fits has fewer cycles a frame, proven within the resource model.
    """

    graph: HardwareGraph
    board: Board
    clock_mhz: float
    target_fps: float | None
    interval_target: int
    simulation: SimulationResult
    waiting_streams: tuple[str, ...]
    unit_costs: Mapping[str, Cost]
    stream_costs: Mapping[str, Cost]
    interface: Cost
    total: Cost
    available: Cost
    gap: float
    interval_bound: int

    @property
    def interval(self) -> Fraction:
        """Cycles a frame in the steady state, simulated; the target, which is kept, where no state repeats in time."""
        return self.simulation.interval or Fraction(self.interval_target)

    @property
    def proof(self) -> str:
        """What is known of a better plan, within the resource model, in words."""
        if self.target_fps is None:
            known = self.interval_bound == self.interval_target
            return "proven fastest" if known else f"none below {self.interval_bound} fits"
        return "proven smallest" if self.gap == 0 else f"within {self.gap:.1%} of the smallest"

    @property
    def fps(self) -> float:
        """Frames a second at the plan's clock."""
        return self.clock_mhz * 1e6 / float(self.interval)


def plan(
    graph: HardwareGraph,
    board: Board,
    *,
    target_fps: float | None = None,
    clock_mhz: float | None = None,
    parallelism: Mapping[str, Parallelism] | None = None,
) -> Plan:
    """Plan ``graph`` (unfolded: one channel a word everywhere) for ``board``.

    Parameters
    ----------
    target_fps
        Frames a second to reach with the least resources; None for the fastest design that fits.
    clock_mhz
        Overrides the board's clock.
    parallelism
        Channels an (input word, output word) of some units, by name, instead of the planner's choice.

    Raises
    ------
    DoesNotFitError
        Names the resources that bind and by how much, what takes most, and ways out with what each would give.
    InputError
        A rate, clock or override makes no sense; the board has none of a resource that a unit cannot do without.
    """
    check_goal(target_fps, clock_mhz)
    clock = board.clock_mhz if clock_mhz is None else clock_mhz
    overrides = dict(parallelism or {})
    unknown = set(overrides) - set(graph.unit_by_name)
    if unknown:
        raise InputError(f"parallelism: there is no unit {', '.join(sorted(unknown))}")
    check_rate(target_fps, clock, input_words(graph))
    check_resources(graph, board)
    search = Search(graph, FoldSpace(graph, overrides), board)
    design = _fastest(search, clock) if target_fps is None else _at_rate(search, target_fps, clock)
    return _plan(search, design, clock, target_fps)


def _fastest(search: Search, clock_mhz: float) -> Design:
    """Return the fastest design or refuse."""
    design = search.fastest()
    if design is None:
        slowest = search.space.intervals()[-1]
        made = search.design(slowest)
        needed = made.needed if isinstance(made, Misfit) else None
        raise DoesNotFitError(str(refuse(search, slowest, clock_mhz * 1e6 / slowest, clock_mhz, needed)))
    return design


def _at_rate(search: Search, fps: float, clock_mhz: float) -> Design:
    """Return the design for ``fps`` or refuse."""
    target = cycles_a_frame(fps, clock_mhz)
    fastest = search.space.fastest()
    if target < fastest:
        raise DoesNotFitError(
            f"board {search.board.name}: {fps:g} frames a second at {clock_mhz:g} MHz leave {target} cycles a "
            f"frame, and unit {search.space.slowest_unit()} needs {fastest} at any size; ask for at most "
            f"{clock_mhz * 1e6 / fastest:.0f} frames a second or raise the clock"
        )
    design = search.design(target)
    if isinstance(design, Misfit):
        raise DoesNotFitError(str(refuse(search, target, fps, clock_mhz, design.needed)))
    return design


def _plan(search: Search, design: Design, clock_mhz: float, target_fps: float | None) -> Plan:
    return Plan(
        graph=design.graph,
        board=search.board,
        clock_mhz=clock_mhz,
        target_fps=target_fps,
        interval_target=design.target,
        simulation=design.simulation,
        waiting_streams=design.waiting,
        unit_costs=design.units,
        stream_costs=design.streams,
        interface=search.interface,
        total=design.total,
        available=search.available,
        gap=design.gap,
        interval_bound=design.interval_bound,
    )


def check_goal(target_fps: float | None, clock_mhz: float | None) -> None:
    """Raise InputError naming the option where a rate or clock is no positive, finite number."""
    for option, value in (("clock-mhz", clock_mhz), ("target-fps", target_fps)):
        if value is not None and not 0 < value < float("inf"):
            raise InputError(f"--{option}: expected a positive number, got {value}")
