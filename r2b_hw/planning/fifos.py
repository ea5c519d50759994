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


@dataclass(frozen=True)
class Sized:
    """A graph with depths and memories, and its timing with a source that is always ready."""

    graph: HardwareGraph
    simulation: SimulationResult
    waiting: tuple[str, ...]


def size_fifos(stores: Stores, target: int, worth: Callable[[Cost], float]) -> Sized:
    """Return the graph of ``stores`` with the least FIFOs that keep ``target`` cycles a frame, each in the memory of
    least ``worth``.

    Above its floor (``Stores.floors`` of waiting streams, ``Stores.least`` of others) no FIFO can lose a word.
    Raises DoesNotFitError when not even deep FIFOs keep the interval.
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
        found = _least(graph, found, stores, floors, worth)
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


def _least(
    graph: HardwareGraph, found: Steady, stores: Stores, floors: Mapping[str, int], worth: Callable[[Cost], float]
) -> Steady:
    """Return ``found`` with depths of which none can lose a word: waiting streams first, then the dearest."""
    used = found.used()
    # Nothing waits for room at these depths, so nothing comes later.
    found = found.shortened({name: max(floors[name], depth) for name, depth in used.items()}) or found

    def price(name: str) -> tuple[bool, float]:
        width, depth = graph.port_of(graph.stream_by_name[name]).word_bits, found.depths[name]
        return name in stores.floors, worth(fifo_cost(width, depth, memory_for(width, depth, worth)))

    return _lowered(found, sorted(floors, key=price, reverse=True), floors)


def _lowered(found: Steady, names: Sequence[str], floors: Mapping[str, int], *, too_low: bool = False) -> Steady:
    """Return ``found`` with the FIFOs ``names`` as low as its interval allows, one after the other.

    Most can go down to their floors, so many are tried at once, and halved where that fails. ``too_low``: it does.
    """
    names = [name for name in names if found.depths[name] > floors[name]]
    if not names:
        return found
    if not too_low:
        lowest = found.shortened({name: floors[name] for name in names})
        if lowest is not None:
            return lowest
    if len(names) == 1:
        return _bisected(found, names[0], floors[names[0]])
    first, second = names[: len(names) // 2], names[len(names) // 2 :]
    half = _lowered(found, first, floors)
    return _lowered(half, second, floors, too_low=all(half.depths[name] == floors[name] for name in first))


def _bisected(found: Steady, name: str, too_low: int) -> Steady:
    """Return ``found`` with the least depth of ``name`` above ``too_low``."""
    while found.depths[name] - too_low > 1:
        middle = (found.depths[name] + too_low) // 2
        trial = found.shortened({name: middle})
        if trial is None:
            too_low = middle
        else:
            found = trial
    return found


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
