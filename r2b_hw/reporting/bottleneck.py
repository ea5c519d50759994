"""Looks into a planned graph for the answer to one question: why is it not faster?"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.reporting.activity import unit_activities, unit_name
from r2b_hw.reporting.activity_names import INPUT
from r2b_hw.reporting.bottleneck_schema import Bottleneck
from r2b_hw.reporting.causes import find_chain, find_limit
from r2b_hw.reporting.changes import find_changes
from r2b_hw.reporting.explanation import explanation, headline, latency_shares, latency_words
from r2b_hw.reporting.headroom import Headroom
from r2b_hw.reporting.timeline import frame_alone, frame_among_others
from r2b_hw.simulation import SimulationResult
from r2b_hw.simulation.critical_path import Step, critical_circle, path_to_end
from r2b_hw.simulation.recording import Recording, record_frame, record_period


def find_bottleneck(
    graph: HardwareGraph, timing: SimulationResult, waiting: Sequence[str], headroom: Headroom
) -> Bottleneck | None:
    """Return why ``graph`` is not faster.

    ``timing`` is a run of it with a source that is always ready, until its state repeated; ``waiting`` are the streams
    that hold words while another branch of their fork catches up. None where the state did not repeat.
    """
    steady = record_period(graph, timing)
    if steady is None or timing.interval is None:
        return None
    alone = record_frame(graph, timing)
    path = path_to_end(alone)
    circle = critical_circle(steady)
    finding = find_limit(graph, steady, circle, timing.interval)
    activities = unit_activities(graph, steady)
    forth, back = find_chain(graph, activities, finding)
    shares = latency_shares(_by_unit(alone, path))
    changes, left = find_changes(graph, timing, finding, waiting, headroom)
    return Bottleneck(
        limit=finding.limit,
        unit=None if finding.unit == INPUT or finding.unit not in graph.unit_by_name else finding.unit,
        fifos=finding.fifos,
        headline=headline(graph, finding, timing.interval),
        text=explanation(graph, finding, activities, waiting, timing.interval),
        frames=steady.frames,
        circle=finding.circle,
        chain=(*forth, *back),
        units=activities,
        latency=shares,
        latency_text=latency_words(graph, shares, Fraction(timing.interval)),
        alone=frame_alone(graph, alone, path),
        steady=frame_among_others(graph, steady, timing),
        changes=changes,
        changes_text=left,
    )


def _by_unit(recording: Recording, path: Sequence[Step]) -> Mapping[str, int]:
    """Return the cycles of ``path`` by unit; the cycle of the last pop itself is no part of the latency."""
    cycles: dict[str, int] = {}
    for step in path[:-1]:
        name = unit_name(recording, step.nest)
        cycles[name] = cycles.get(name, 0) + step.cycles
    return cycles
