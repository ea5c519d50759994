"""A frame's way through the pipeline, cut into bins of time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.reporting.activity import busiest_nests, cycles_before, unit_name, unit_order
from r2b_hw.reporting.bottleneck_schema import Stretch, Timeline, TimelineRow
from r2b_hw.simulation import SimulationResult
from r2b_hw.simulation.critical_path import Step
from r2b_hw.simulation.recording import RESTS, WORKS, Recording

BINS = 200
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST_STRETCHES = 300

_Part = tuple[str, int, int]
"""A unit on the critical path, from cycle to cycle."""


def frame_alone(graph: HardwareGraph, recording: Recording, path: tuple[Step, ...]) -> Timeline:
    """Return the timeline of a frame in an empty accelerator, with its critical path."""
    return _timeline(graph, recording, recording.begin, recording.end, 0, stretches(recording, path), alone=True)


def frame_among_others(graph: HardwareGraph, recording: Recording, timing: SimulationResult) -> Timeline:
    """Return the timeline of a frame of a periodic ``recording``; ``timing`` is the run that it goes on from.

    The frame is one that enters and leaves in the steady state, whatever lies between.
    """
    frame = len(timing.latencies) - 1
    period = recording.end - recording.begin
    # Frames that all lie in the periodic part enter one interval apart.
    later = -(-(frame + 1) // recording.frames) * recording.frames
    begin, end = _frame_in_steady_state(recording, frame + later, period)
    return _timeline(graph, recording, begin, end, frame + later, (), alone=False)


def _frame_in_steady_state(recording: Recording, frame: int, period: int) -> tuple[int, int]:
    """Return when the source pushes the first word of ``frame``, and the cycle after the sink pops its last one."""
    sink = len(recording.nests) - 1
    begin = _time_of(recording, 0, frame * recording.nests[0].iterations, period)
    end = _time_of(recording, sink, (frame + 1) * recording.nests[sink].iterations - 1, period) + 1
    return begin, end


def _time_of(recording: Recording, nest: int, iteration: int, period: int) -> int:
    """Return the cycle in which ``nest`` of a periodic recording fires ``iteration``, counted from reset."""
    edges, codes = recording.segments(nest)
    works = codes == WORKS
    lengths = np.where(works, np.diff(edges), 0)
    done = np.cumsum(lengths)
    turns, place = divmod(iteration - recording.nests[nest].done, int(done[-1]))
    at = int(np.searchsorted(done, place, side="right"))
    return int(edges[at]) + place - int(done[at] - lengths[at]) + turns * period


def _timeline(
    graph: HardwareGraph,
    recording: Recording,
    begin: int,
    end: int,
    frame: int,
    path: tuple[Stretch, ...],
    *,
    alone: bool,
) -> Timeline:
    edges = begin + bin_edges(end - begin)
    nests = busiest_nests(recording)
    rows: list[TimelineRow] = []
    for name in unit_order(graph):
        nest = nests[name]
        iterations, before = recording.nests[nest].iterations, recording.nests[nest].done
        done = before + cycles_before(recording, nest, WORKS, edges)
        own = np.clip(done, frame * iterations, (frame + 1) * iterations)
        first, last = _span(recording, nest, frame, alone=alone)
        rows.append(
            TimelineRow(
                unit=name,
                begin=None if first is None else first - begin,
                end=None if last is None else last - begin,
                busy=_digits(np.diff(own), np.diff(edges)),
                blocked=_digits(np.diff(_blocked_before(recording, nest, edges)), np.diff(edges)),
                others="" if alone else _digits(np.diff(done) - np.diff(own), np.diff(edges)),
            )
        )
    return Timeline(cycles=end - begin, bins=edges.size - 1, rows=tuple(rows), path=path)


def bin_edges(cycles: int) -> Integers:
    """Return where the bins of ``cycles`` begin, and the end of the last: ``BINS`` of them, or one a cycle."""
    bins = min(BINS, cycles)
    return np.arange(bins + 1) * cycles // bins


def _span(recording: Recording, nest: int, frame: int, *, alone: bool) -> tuple[int | None, int | None]:
    """Return the cycle of the nest's first iteration for ``frame``, and the one behind its last."""
    iterations = recording.nests[nest].iterations
    if not alone:
        period = recording.end - recording.begin
        first, last = (_time_of(recording, nest, frame * iterations + place, period) for place in (0, iterations - 1))
        return first, last + 1
    edges, codes = recording.segments(nest)
    lengths = np.where(codes == WORKS, np.diff(edges), 0)
    done = np.cumsum(lengths)
    if not done[-1]:
        return None, None
    place = min(iterations, int(done[-1])) - 1
    at = int(np.searchsorted(done, place, side="right"))
    return int(edges[np.flatnonzero(lengths)[0]]), int(edges[at]) + place - int(done[at] - lengths[at]) + 1


def _blocked_before(recording: Recording, nest: int, times: Integers) -> Integers:
    codes = np.unique(recording.segments(nest)[1])
    total = np.zeros_like(times)
    for code in codes[(codes < 0) & (codes != RESTS)].tolist():
        total = total + cycles_before(recording, nest, code, times)
    return total


def _digits(cycles: Integers, lengths: Integers) -> str:
    """Return a digit a bin, rounded up so that nothing that happens is lost."""
    shares = np.ceil(35 * cycles / np.maximum(lengths, 1)).astype(int).clip(0, 35)
    return "".join(_DIGITS[share] for share in shares.tolist())


def shares_of(digits: str) -> list[float]:
    """Return the shares that ``digits`` stand for."""
    return [int(digit, 36) / 35 for digit in digits]


def stretches(recording: Recording, path: tuple[Step, ...]) -> tuple[Stretch, ...]:
    """Return ``path`` by unit; where it changes units too often, by what takes most of every bin."""
    merged = _merged((unit_name(recording, step.nest), step.begin, step.end) for step in path)
    if len(merged) > _MOST_STRETCHES:
        merged = _merged(_by_bin(recording, merged))
    begin = recording.begin
    return tuple(Stretch(unit=unit, begin=start - begin, end=end - begin) for unit, start, end in merged)


def _merged(parts: Iterable[_Part]) -> list[_Part]:
    merged: list[_Part] = []
    for unit, begin, end in parts:
        if merged and merged[-1][0] == unit:
            merged[-1] = unit, merged[-1][1], end
        else:
            merged.append((unit, begin, end))
    return merged


def _by_bin(recording: Recording, parts: Sequence[_Part]) -> Iterator[_Part]:
    edges: list[int] = (recording.begin + bin_edges(recording.end - recording.begin)).tolist()
    place = 0
    for begin, end in pairwise(edges):
        cycles: Counter[str] = Counter()
        while place < len(parts):
            unit, start, stop = parts[place]
            cycles[unit] += min(stop, end) - max(start, begin)
            if stop > end:
                break
            place += 1
        if cycles:
            yield cycles.most_common(1)[0][0], begin, end
