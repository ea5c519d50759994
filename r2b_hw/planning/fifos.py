"""FIFO depths: the least that keep the target interval, found by simulating the clock, the source paced at the target.

No FIFO can do with less than the words in flight ask for; a stream beside a slower branch of its fork
(``reconvergence``) holds, alone, what that branch needs. Those are floors. Depths above them are given where the
interval asks for it, and then taken away again, the dearest first, until one word less in any FIFO would break the
interval.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from r2b_hw.errors import DeadlockError, DoesNotFitError
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning.stores import Stores, in_memories, memory_for
from r2b_hw.simulation import SimulationResult, Steady, order_of, prepare, simulate_timing, steady
from r2b_hw.units.memory import fifo_cost

_LEVELS = ((0.0, 64), (1.0, 256), (2.0, 1024), (8.0, 1 << 30))
"""Room tried in turn where floors are too low: frames more in waiting streams, words in streams of maps."""
_LOOSE_FRAMES = 3
"""Frames that any other stream may hold."""
_COARSE = 4
"""Depths are known to a quarter before anybody asks whether their memory is there."""


@dataclass(frozen=True)
class Sized:
    """A graph with depths and memories, and its timing with a source that is always ready."""

    graph: HardwareGraph
    simulation: SimulationResult
    waiting: tuple[str, ...]


@dataclass(frozen=True)
class Outgrown:
    """A graph with about the depths that keep the interval, at most a quarter above the least; they do not fit."""

    graph: HardwareGraph


def size_fifos(
    stores: Stores,
    target: int,
    worth: Callable[[Cost], float],
    may_fit: Callable[[HardwareGraph], bool] = lambda _: True,
) -> Sized | Outgrown:
    """Return the graph of ``stores`` with the least FIFOs that keep ``target`` cycles a frame, each in the memory of
    least ``worth``.

    Above its floor (``Stores.floors`` of waiting streams, ``Stores.least`` of others) no FIFO can lose a word.
    ``may_fit`` is asked about a graph whose FIFOs are no deeper than those will be, before the work of finding them
    exactly; where it says no, that is not done. Raises DoesNotFitError when not even deep FIFOs keep the interval.
    """
    graph = stores.graph
    floors = {**stores.least, **stores.floors}
    world = prepare(graph)
    frames = sum(unit.kind == "sigmoid_table" for unit in graph.units) + 3
    depths = floors
    # What passes at the floors passes at all depths above them.
    order = order_of(world, floors)
    found = steady(world, floors, target, frames, order)
    if found is None:
        for depths in _roomier(stores, floors):
            found = steady(world, depths, target, frames, order)
            if found is not None:
                break
        else:
            raise DoesNotFitError(_refusal(graph, depths, target))
        found = _used(found, floors)
        names = _dearest_first(graph, found, stores, worth)
        lowering = _Lowering(floors, _COARSE)
        found = lowering.lowered(found, names)
        if not may_fit(in_memories(graph, lowering.bounds, worth)):
            return Outgrown(in_memories(graph, found.depths, worth))
        found = _exactly(found, names, lowering.bounds)
    sized = in_memories(graph, found.depths, worth)
    # Frames that come earlier never leave later, so this interval is at most the paced one.
    return Sized(sized, simulate_timing(world, depths=found.depths), tuple(sorted(stores.floors)))


def _roomier(stores: Stores, floors: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Yield depths above the floors, roomier each time. Vectors are small: they get all they can use."""
    for frames, elasticity in _LEVELS:
        depths: dict[str, int] = {}
        for stream in stores.graph.streams:
            port = stores.graph.port_of(stream)
            room = elasticity if port.pixels > 1 else 1 << 30
            if stream.name in stores.floors:
                depths[stream.name] = floors[stream.name] + int(frames * port.words)
            else:
                depths[stream.name] = max(floors[stream.name], min(room, _LOOSE_FRAMES * port.words + 64))
        yield depths


def _used(found: Steady, floors: Mapping[str, int]) -> Steady:
    """Return ``found`` without the depth that nothing would use."""
    used = found.used()
    # Nothing waits for room at these depths, so nothing comes later.
    return found.shortened({name: max(floors[name], depth) for name, depth in used.items()}) or found


def _dearest_first(
    graph: HardwareGraph, found: Steady, stores: Stores, worth: Callable[[Cost], float]
) -> Sequence[str]:
    """Return the streams in the order in which they lose depth: those that wait first, then the dearest."""

    def price(name: str) -> tuple[bool, float]:
        width, depth = graph.port_of(graph.stream_by_name[name]).word_bits, found.depths[name]
        return name in stores.floors, worth(fifo_cost(width, depth, memory_for(width, depth, worth)))

    return sorted(found.depths, key=price, reverse=True)


class _Lowering:
    """Lowers FIFOs to their floors or, where that breaks the interval, nearly to the least depth that does not.

    Nearly: by at most a share of one in ``precision``. A depth that breaks the interval breaks it with other FIFOs less
    deep as well, so what was found too low stays a bound.
    """

    def __init__(self, floors: Mapping[str, int], precision: int) -> None:
        self.floors = floors
        self.bounds = dict(floors)
        self._bisection = _Bisection(precision)

    def lowered(self, found: Steady, names: Sequence[str], *, too_low: bool = False) -> Steady:
        """Return ``found`` with the FIFOs ``names`` lowered one after the other; ``too_low``: their floors are.

        Afterwards ``bounds`` holds what no depth can be below.
        """
        # Most can go down to their floors, so many are tried at once, and halved where that fails.
        names = [name for name in names if found.depths[name] > self.floors[name]]
        if not names:
            return found
        if not too_low:
            lowest = found.shortened({name: self.floors[name] for name in names})
            if lowest is not None:
                return lowest
        if len(names) == 1:
            (name,) = names
            found, self.bounds[name] = self._bisection.of(found, name, self.floors[name] + 1)
            return found
        first, second = names[: len(names) // 2], names[len(names) // 2 :]
        half = self.lowered(found, first)
        return self.lowered(half, second, too_low=all(half.depths[name] == self.floors[name] for name in first))


def _exactly(found: Steady, names: Sequence[str], bounds: Mapping[str, int]) -> Steady:
    """Return ``found`` with the least depths of ``names`` one after the other; none is below its bound."""
    bisection = _Bisection()
    for name in names:
        found, _ = bisection.of(found, name, bounds[name])
    return found


class _Bisection:
    """Finds least depths of one FIFO after the other, exactly or to a share of one in ``precision``.

    Blocks that are alike need the same: what was found for one FIFO is tried first for the next with the same limits.
    """

    def __init__(self, precision: int | None = None) -> None:
        self.precision = precision
        self._found: dict[tuple[int, int], tuple[int, int]] = {}

    def of(self, found: Steady, name: str, bound: int) -> tuple[Steady, int]:
        """Return ``found`` with less depth of ``name``, at least ``bound``, and what is then a bound."""
        limits = bound, found.depths[name]
        depth, least = self._found.get(limits, (0, 0))
        guesses = [least - 1, depth]
        while (above := found.depths[name] - bound) > (found.depths[name] // self.precision if self.precision else 0):
            middle = guesses.pop() if guesses else bound + above // 2
            if not bound <= middle < found.depths[name]:
                continue
            trial = found.shortened({name: middle})
            if trial is None:
                bound = middle + 1
            else:
                found = trial
        self._found[limits] = found.depths[name], bound
        return found, bound


def _refusal(graph: HardwareGraph, depths: Mapping[str, int], target: int) -> str:
    """Say that ``target`` cannot be kept, and what can."""
    try:
        interval = simulate_timing(graph, depths=depths).interval
    except DeadlockError as error:
        return f"graph {graph.name}: {error}"
    return (
        f"graph {graph.name}: {target} cycles a frame cannot be kept even with deep FIFOs (interval {interval}); "
        "ask for fewer frames a second"
    )
