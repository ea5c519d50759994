"""Plans a graph for a board: the fastest design that fits, or the one a target rate asks for, or a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from r2b_hw.boards import Board
from r2b_hw.errors import DoesNotFitError, InputError
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Stream
from r2b_hw.planning.budget import Prices, amount, available, exceeded, interface_cost
from r2b_hw.planning.fifos import size_fifos
from r2b_hw.planning.folding import Parallelism
from r2b_hw.planning.goal import check_rate, check_resources, cycles_a_frame, input_words
from r2b_hw.planning.memories import fifo_moves, moved, relieve, weight_moves
from r2b_hw.planning.parallelism import FoldSpace
from r2b_hw.planning.stores import find_stores, in_memories
from r2b_hw.planning.width import fold_graph
from r2b_hw.schedule.loop_nest import Direction
from r2b_hw.simulation import SimulationResult
from r2b_hw.units.memory import fifo_cost


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

    @property
    def interval(self) -> Fraction:
        """Cycles a frame in the steady state, simulated."""
        return self.simulation.interval or Fraction(self.interval_target)

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
        Names the resource that binds, needed and available amounts, and the fastest design that would fit.
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
    planner = _Planner(graph, board, clock, target_fps, FoldSpace(graph, overrides))
    if target_fps is None:
        return planner.fastest()
    return planner.at_rate(target_fps)


def check_goal(target_fps: float | None, clock_mhz: float | None) -> None:
    """Raise InputError naming the option where a rate or clock is no positive, finite number."""
    for option, value in (("clock-mhz", clock_mhz), ("target-fps", target_fps)):
        if value is not None and not 0 < value < float("inf"):
            raise InputError(f"--{option}: expected a positive number, got {value}")


def _costs(graph: HardwareGraph) -> tuple[dict[str, Cost], dict[str, Cost]]:
    """Return what units and streams cost, by name."""
    streams = {
        stream.name: fifo_cost(
            graph.port_of(stream).word_bits, stream.depth, stream.memory, _latency_into(graph, stream)
        )
        for stream in graph.streams
    }
    return {unit.name: unit.cost() for unit in graph.units}, streams


def _latency_into(graph: HardwareGraph, stream: Stream) -> int:
    """Return the cycles between a reservation in ``stream`` and its word."""
    end = stream.producer
    if end is None:
        return 0
    accesses = [access for nest in graph.unit_by_name[end.unit].nests() for access in nest.accesses]
    return next(a.latency for a in accesses if a.port == end.port and a.direction is Direction.WRITE)


class TooSmallError(DoesNotFitError):
    """The board is too small before any FIFO is sized."""


class _Planner:
    def __init__(
        self, graph: HardwareGraph, board: Board, clock_mhz: float, target_fps: float | None, space: FoldSpace
    ) -> None:
        self._graph = graph
        self._board = board
        self._clock_mhz = clock_mhz
        self._target_fps = target_fps
        self._space = space
        self._available = available(board)
        self._interface = interface_cost(board)
        self._budget = self._available + self._interface * -1

    def at_rate(self, fps: float) -> Plan:
        """Plan for ``fps`` or refuse."""
        target = cycles_a_frame(fps, self._clock_mhz)
        fastest = self._space.fastest()
        if target < fastest:
            raise DoesNotFitError(
                f"board {self._board.name}: {fps:g} frames a second at {self._clock_mhz:g} MHz leave {target} cycles a "
                f"frame, and unit {self._space.slowest_unit()} needs {fastest} at any size; ask for at most "
                f"{self._fps(fastest):.0f} frames a second or raise the clock"
            )
        try:
            made = self._make(target)
            if not exceeded(made.total, self._available):
                return made
            shortage = self._shortage(made.total)
        except TooSmallError as error:
            shortage = str(error)
        try:
            fitting = self.fastest(slower_than=target)
        except DoesNotFitError:
            raise DoesNotFitError(f"{shortage}; no slower design fits either: take a larger board") from None
        raise DoesNotFitError(
            f"{shortage}; {self._fps(fitting.interval_target):.0f} frames a second "
            f"({fitting.interval_target} cycles a frame) would fit"
        )

    def fastest(self, slower_than: int = 0) -> Plan:
        """Plan for the least interval above ``slower_than`` that fits, or refuse."""
        targets = [target for target in self._space.intervals() if target > slower_than]
        if not targets:
            targets = [max(slower_than + 1, self._space.fastest())]
        low, high = 0, len(targets) - 1
        while low < high:
            middle = (low + high) // 2
            if exceeded(self._space.choose(targets[middle], self._budget).cost, self._budget):
                low = middle + 1
            else:
                high = middle
        # Frame FIFOs are known only now; the next slower foldings follow until they fit as well.
        refusal = ""
        for target in targets[low:]:
            try:
                made = self._make(target)
            except DoesNotFitError as error:
                refusal = str(error)
                continue
            if not exceeded(made.total, self._available):
                return made
            refusal = self._shortage(made.total)
        raise DoesNotFitError(f"{refusal}, at its slowest; take a larger board or a smaller network")

    def _make(self, target: int) -> Plan:
        """Plan for ``target`` cycles a frame; TooSmallError where the least depths of FIFOs are too much already."""
        choice = self._space.choose(target, self._budget)
        folded = fold_graph(self._graph, choice.parallelism, target)
        worth = Prices.of_budget(self._budget).of
        stores = find_stores(folded, target, worth)
        least = self._total(self._relieved(in_memories(stores.graph, {**stores.least, **stores.floors}, worth)))
        if exceeded(least, self._available):
            raise TooSmallError(self._shortage(least))
        sized = size_fifos(stores, target, worth)
        graph = self._relieved(sized.graph)
        unit_costs, stream_costs = _costs(graph)
        return Plan(
            graph=graph,
            board=self._board,
            clock_mhz=self._clock_mhz,
            target_fps=self._target_fps,
            interval_target=target,
            simulation=sized.simulation,
            waiting_streams=sized.waiting,
            unit_costs=unit_costs,
            stream_costs=stream_costs,
            interface=self._interface,
            total=self._total(graph),
            available=self._available,
        )

    def _relieved(self, graph: HardwareGraph) -> HardwareGraph:
        """Return ``graph`` with things moved out of memories that overflow."""
        total = self._total(graph)
        if not exceeded(total, self._available):
            return graph
        return moved(graph, relieve(total, self._available, [*weight_moves(graph.units), *fifo_moves(graph)])[0])

    def _total(self, graph: HardwareGraph) -> Cost:
        unit_costs, stream_costs = _costs(graph)
        return reduce(Cost.__add__, [*unit_costs.values(), *stream_costs.values()], self._interface)

    def _shortage(self, needed: Cost) -> str:
        resource = exceeded(needed, self._available)[0]
        return (
            f"board {self._board.name}: the design needs {amount(needed, resource):,.0f} {resource.upper()} and "
            f"{amount(self._available, resource):,.0f} are available "
            f"({self._board.kept_free:.0%} of the device is kept free)"
        )

    def _fps(self, interval: int) -> float:
        return self._clock_mhz * 1e6 / interval
