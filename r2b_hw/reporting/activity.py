"""Busy, starved and blocked cycles of every unit in a frame of the steady state, FIFO by FIFO."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Stream
from r2b_hw.numeric.rounding import Integers
from r2b_hw.reporting.activity_names import INPUT, OUTPUT
from r2b_hw.reporting.bottleneck_schema import UnitActivity, Wait
from r2b_hw.simulation.recording import WORKS, Recording

_ITSELF = None


def unit_name(recording: Recording, nest: int) -> str:
    """Return the name of the nest's unit, or of the host's end."""
    site = recording.nests[nest]
    return site.unit or {"source": INPUT, "sink": OUTPUT}[site.nest]


def busiest_nests(recording: Recording) -> Mapping[str, int]:
    """Return each unit's nest of most iterations a frame, which the unit's figures are those of."""
    result: dict[str, int] = {}
    for number, nest in enumerate(recording.nests):
        name = unit_name(recording, number)
        if name not in result or nest.iterations > recording.nests[result[name]].iterations:
            result[name] = number
    return result


def unit_order(graph: HardwareGraph) -> tuple[str, ...]:
    """Return the units in pipeline order between the host's two ends."""
    return (INPUT, *(unit.name for unit in graph.units), OUTPUT)


def other_end(stream: Stream, *, room: bool) -> str:
    """Return who must act where a unit waits at ``stream``: whoever takes words from it, or puts them in."""
    end = stream.consumer if room else stream.producer
    return end.unit if end else OUTPUT if room else INPUT


def unit_activities(graph: HardwareGraph, recording: Recording) -> tuple[UnitActivity, ...]:
    """Return what every unit does in a frame of ``recording``, averaged over its frames."""
    nests = busiest_nests(recording)
    return tuple(_activity(graph, recording, name, nests[name]) for name in unit_order(graph))


def _activity(graph: HardwareGraph, recording: Recording, name: str, nest: int) -> UnitActivity:
    busy = 0
    waits: Counter[tuple[str | None, bool]] = Counter()
    starved = blocked = 0
    times, codes = recording.segments(nest)
    lengths = np.diff(times)
    for code in np.unique(codes).tolist():
        chosen = codes == code
        cycles = int(lengths[chosen].sum())
        if code == WORKS:
            busy += cycles
            continue
        if code < 0:
            blocked += cycles
        else:
            starved += cycles
        for key, part in _waited_at(recording, nest, code, times[:-1][chosen], times[1:][chosen]).items():
            waits[key] += part
    frames = recording.frames
    streams = graph.stream_by_name
    return UnitActivity(
        name=name,
        busy=busy / frames,
        starved=starved / frames,
        blocked=blocked / frames,
        waits=tuple(
            Wait(
                fifo=fifo,
                unit=(None if (end := other_end(streams[fifo], room=room)) in (INPUT, OUTPUT) else end)
                if fifo
                else name,
                room=room,
                cycles=cycles / frames,
            )
            for (fifo, room), cycles in waits.most_common()
            if cycles
        ),
    )


def _waited_at(
    recording: Recording, nest: int, code: int, begins: Integers, ends: Integers
) -> Counter[tuple[str | None, bool]]:
    """Return the cycles by (FIFO, room) that a nest's stretches of ``code`` are spent at.

    Behind a credit stands another nest of the same unit: what that one waits for meanwhile counts, and where it works
    the unit waits for itself.
    """
    wait = recording.waits[abs(code) - 1]
    total = int((ends - begins).sum())
    if wait.stream is not None:
        return Counter({(wait.stream, code < 0): total})
    result: Counter[tuple[str | None, bool]] = Counter()
    giver_codes = recording.segments(wait.giver)[1]
    others: list[int] = np.unique(giver_codes).tolist()
    for other in others:
        met = cycles_before(recording, wait.giver, other, ends) - cycles_before(recording, wait.giver, other, begins)
        behind = recording.waits[abs(other) - 1] if other != WORKS else None
        if behind is not None and behind.stream is not None:
            result[behind.stream, other < 0] += int(met.sum())
        else:
            result[_ITSELF, code < 0] += int(met.sum())
    return result


def cycles_before(recording: Recording, nest: int, code: int, times: Integers) -> Integers:
    """Return, for each of ``times``, the cycles between the recording's begin and it in which ``nest`` did ``code``.

    Times outside a periodic recording are those of its repetitions; before the begin the count is negative.
    """
    edges, codes = recording.segments(nest)
    lengths = np.where(codes == code, np.diff(edges), 0)
    before = np.concatenate([[0], np.cumsum(lengths)])
    turns = np.zeros_like(times)
    places = times
    if recording.periodic:
        turns, places = np.divmod(times - recording.begin, recording.end - recording.begin)
        places = places + recording.begin
    places = np.clip(places, recording.begin, recording.end)
    at = np.clip(np.searchsorted(edges, places, side="right") - 1, 0, codes.size - 1)
    within = np.where(codes[at] == code, places - edges[at], 0)
    return before[at] + within + turns * before[-1]
