"""FIFO depths, by simulating the clock paced at the target interval.

Streams beside a slower branch of their fork (see ``reconvergence``) are given far more than they need, every
other stream as little as possible; the high-water marks of a run that keeps the interval become the depths, and
a last run confirms them. A frame FIFO of depth d beside a gate of delay D and F words a frame then satisfies
the contract's max(0, F + D - d).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from r2b_hw.errors import DeadlockError, DoesNotFitError
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning.stores import Stores, in_flight, in_memories, memory_for
from r2b_hw.simulation import SimulationResult, simulate_timing
from r2b_hw.units.memory import fifo_cost

_ELASTICITY = (1, 32, 64, 256, 1024, 1 << 30)
"""Depths allowed to streams of maps that need not wait for another branch, tried in turn until the interval is kept."""
_GENEROUS_FRAMES = 8
"""Frames a waiting stream may hold while it is measured: a gate's delay can be several intervals."""
_LOOSE_FRAMES = 3
"""Frames any other stream may hold in that measurement."""
_QUICK_FRAMES = 8
_SHRINK_CYCLES = 10_000_000
"""Most cycles spent on taking depth from single FIFOs; larger networks keep what all of them need together."""
_SMALL = 32
"""A FIFO of LUTRAM costs the same at every depth up to this."""
_LUTRAM_DEPTH = 64
_TRIM_STEPS = 4
_THOROUGH_WORDS = 20_000_000
"""Words of a trial up to which every step of the search is affordable; larger networks try least depths first."""
_FIRST_ELASTICITY = (1, 64)


@dataclass(frozen=True)
class Sized:
    """A graph with depths and memories, and its timing with a source that is always ready."""

    graph: HardwareGraph
    simulation: SimulationResult
    waiting: tuple[str, ...]


def size_fifos(stores: Stores, target: int, worth: Callable[[Cost], float]) -> Sized:
    """Return the graph of ``stores`` with FIFOs that keep ``target`` cycles a frame, each in the memory of least
    ``worth``.

    Raises DoesNotFitError when not even unbounded FIFOs keep the interval.
    """
    graph, floors, least = stores.graph, stores.floors, stores.least
    waiting = set(floors)
    frame = {stream.name: graph.port_of(stream).words for stream in graph.streams}
    generous = {
        name: (_GENEROUS_FRAMES if name in waiting else _LOOSE_FRAMES) * words + 64 for name, words in frame.items()
    }
    large = sum(frame.values()) * (_gates(graph) + _QUICK_FRAMES) > _THOROUGH_WORDS
    if large:
        vectors = {stream.name for stream in graph.streams if graph.port_of(stream).pixels == 1}
        first = {**least, **{name: generous[name] for name in vectors}, **floors}
        sized = _at_least_depths(graph, first, frozenset(vectors | waiting), waiting, target, worth)
        if sized is not None:
            return sized
    unbounded = simulate_timing(_with_depths(graph, generous), pace=target)
    if not _keeps(unbounded, target):
        raise DoesNotFitError(
            f"graph {graph.name}: {target} cycles a frame cannot be kept even with unbounded FIFOs "
            f"(interval {unbounded.interval}); ask for fewer frames a second"
        )
    marks = _depths_without_loss(graph, unbounded)
    for elasticity in _ELASTICITY:
        depths: dict[str, int] = {}
        for stream in graph.streams:
            name = stream.name
            # Vectors are small: they get all they can use.
            limit = marks[name] if graph.port_of(stream).pixels == 1 else elasticity
            depths[name] = generous[name] if name in waiting else max(least[name], min(marks[name], limit))
        if not _seems_to_keep(graph, depths, target):
            continue
        if not large:
            depths = _shrink(graph, depths, waiting, target, worth)
        trial = _try(graph, depths, target)
        if trial is None:
            continue
        enough = _depths_without_loss(graph, trial)
        settled = depths | {name: max(floors[name], min(generous[name], enough[name])) for name in waiting}
        final = _trim(graph, settled, floors, target)
        if final is not None:
            return _with_memories(graph, final, waiting, worth)
    raise DoesNotFitError(
        f"graph {graph.name}: no FIFO depths keep {target} cycles a frame; ask for fewer frames a second"
    )


def _at_least_depths(
    graph: HardwareGraph,
    depths: Mapping[str, int],
    kept: frozenset[str],
    waiting: set[str],
    target: int,
    worth: Callable[[Cost], float],
) -> Sized | None:
    """Return ``graph`` at ``depths``, or with more elastic streams beside those ``kept``; None where neither keeps
    ``target``.

    One simulation a trial, with a source that is always ready: no paced one is slower.
    """
    for elasticity in _FIRST_ELASTICITY:
        trial = {name: depth if name in kept else max(depth, elasticity) for name, depth in depths.items()}
        try:
            result = simulate_timing(_with_depths(graph, trial), slowest=target)
        except DeadlockError:
            continue
        if _keeps(result, target):
            enough = _depths_without_loss(graph, result)
            least = {name: depth if name in waiting else min(depth, enough[name]) for name, depth in trial.items()}
            return Sized(in_memories(graph, least, worth), result, tuple(sorted(waiting)))
    return None


def _gates(graph: HardwareGraph) -> int:
    return sum(unit.kind == "sigmoid_table" for unit in graph.units)


def _shrink(
    graph: HardwareGraph,
    depths: Mapping[str, int],
    waiting: set[str],
    target: int,
    worth: Callable[[Cost], float],
) -> dict[str, int]:
    """Take depth, one by one, from deep FIFOs that the interval does not need; the waiting streams take over."""
    result = dict(depths)

    def price(name: str) -> float:
        width = graph.port_of(graph.stream_by_name[name]).word_bits
        return worth(fifo_cost(width, result[name], memory_for(width, result[name], worth)))

    deep = [name for name, depth in depths.items() if depth > _SMALL and name not in waiting]
    frames = _QUICK_FRAMES + _gates(graph)
    affordable = _SHRINK_CYCLES // (2 * frames * target)
    for name in sorted(deep, key=price, reverse=True)[:affordable]:
        for depth in (_SMALL, _LUTRAM_DEPTH):
            trial = result | {name: depth}
            if depth < result[name] and _seems_to_keep(graph, trial, target):
                result = trial
                break
    return result


def _depths_without_loss(graph: HardwareGraph, result: SimulationResult) -> dict[str, int]:
    """Return depths at which no producer of that run would have waited: high-water marks and the words in flight."""
    return {stream.name: result.high_water[stream.name] + in_flight(graph, stream) for stream in graph.streams}


def _trim(
    graph: HardwareGraph, depths: Mapping[str, int], floors: Mapping[str, int], target: int
) -> dict[str, int] | None:
    """Confirm ``depths``, then take from FIFOs above their floor what the interval does not miss."""
    if _try(graph, depths, target) is None:
        return None
    best = dict(depths)
    low, high = 0, 1 << _TRIM_STEPS
    while low < high and any(depths[name] > floor for name, floor in floors.items()):
        kept = (low + high) // 2
        trial = {
            name: depth
            if name not in floors or depth <= floors[name]
            else floors[name] + (depth - floors[name]) * kept // (1 << _TRIM_STEPS)
            for name, depth in depths.items()
        }
        if _try(graph, trial, target) is None:
            low = kept + 1
        else:
            best, high = trial, kept
    return best


def _try(graph: HardwareGraph, depths: Mapping[str, int], target: int) -> SimulationResult | None:
    """Return the simulation at ``depths`` until its state repeats; None when it does not keep ``target``."""
    if not _seems_to_keep(graph, depths, target):
        return None
    try:
        result = simulate_timing(_with_depths(graph, depths), pace=target)
    except DeadlockError:
        return None
    return result if _keeps(result, target) else None


def _seems_to_keep(graph: HardwareGraph, depths: Mapping[str, int], target: int) -> bool:
    """Whether the last of a few frames come ``target`` cycles apart: cheap, and wrong only while FIFOs still fill."""
    try:
        quick = simulate_timing(_with_depths(graph, depths), _gates(graph) + _QUICK_FRAMES, pace=target)
    except DeadlockError:
        return False
    ends = quick.output_cycles[:, -1]
    return bool(ends[-1] - ends[-3] <= 2 * target)


def _keeps(result: SimulationResult, target: int) -> bool:
    return result.interval is not None and result.interval <= target


def _with_depths(graph: HardwareGraph, depths: Mapping[str, int]) -> HardwareGraph:
    return graph.with_streams(replace(stream, depth=depths[stream.name]) for stream in graph.streams)


def _with_memories(
    graph: HardwareGraph,
    depths: Mapping[str, int],
    waiting: set[str],
    worth: Callable[[Cost], float],
) -> Sized:
    sized = in_memories(graph, depths, worth)
    # Frames that come earlier never leave later, so this interval is at most the paced one.
    return Sized(sized, simulate_timing(sized), tuple(sorted(waiting)))
