"""The recorder against a plain loop over cycles; the critical path and the critical circle have no gaps."""

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.simulation import layout, simulate_timing
from r2b_hw.simulation.critical_path import Cause, critical_circle, path_to_end
from r2b_hw.simulation.driver import load_driver
from r2b_hw.simulation.recording import RESTS, Recording, record_frame, record_period
from r2b_hw.simulation.world import build_world
from tests.planning.hand_built import residual_network
from tests.simulation.gates import GATE_DELAY, gated_body


def cycle_by_cycle(graph: HardwareGraph, end: int) -> np.ndarray:
    """Codes (cycles, nests) of one frame, read from the nests' records after every cycle."""
    world = build_world(
        graph, np.full((1, *graph.port_of(graph.input_stream).shape), graph.port_of(graph.input_stream).integer.lo)
    )
    w = world.arena
    w[layout.SINK_TARGET] = layout.NEVER
    records = [*world.fifos.values(), *world.credits.values()]
    words = int(w[world.source + layout.HOST_WORDS])
    rows: list[list[int]] = []
    while int(w[layout.NOW]) < end:
        now, sent = int(w[layout.NOW]), int(w[world.source + layout.HOST_DONE])
        w[layout.CYCLE_LIMIT] = now + 1
        load_driver()(w, world.flags)
        row: list[int] = []
        for number, site in enumerate(world.nests):
            stall, waits_for = int(w[site.record + layout.STALL]), int(w[site.record + layout.WAITS_FOR])
            code = 0
            if stall in (layout.STALLED_STARVED, layout.STALLED_BLOCKED):
                code = (1 if stall == layout.STALLED_STARVED else -1) * (1 + records.index(waits_for))
            elif number == 0 and sent == words:
                code = RESTS
            row.append(code)
        rows += [row] * (int(w[layout.NOW]) - now)
    return np.array(rows[:end])


def expanded(recording: Recording) -> np.ndarray:
    columns: list[np.ndarray] = []
    for nest in range(len(recording.nests)):
        times, codes = recording.segments(nest)
        columns.append(np.repeat(codes, np.diff(times)))
    return np.stack(columns, axis=1)


def roomy(graph: HardwareGraph) -> HardwareGraph:
    return graph.with_streams([replace(stream, depth=200) for stream in graph.streams])


NETWORK = roomy(residual_network((4, 4, 1), 4, ((4, 1),)))


@pytest.mark.parametrize("graph", [gated_body(16, 20), NETWORK])
def test_a_recording_is_what_a_plain_loop_sees(graph: HardwareGraph) -> None:
    timing = simulate_timing(graph, 3)
    recording = record_frame(graph, timing)
    assert recording.begin == timing.input_cycles[0]
    assert np.array_equal(expanded(recording), cycle_by_cycle(graph, recording.end)[recording.begin :])


@settings(max_examples=30)
@given(st.integers(4, 60), st.integers(0, 100))
def test_the_circle_of_a_gate_takes_its_interval(frame: int, extra: int) -> None:
    depth = frame + extra
    graph = gated_body(frame, depth)
    timing = simulate_timing(graph)
    recording = record_period(graph, timing)
    assert recording is not None
    assert timing.interval == Fraction(recording.end - recording.begin, recording.frames)
    circle = critical_circle(recording)
    assert all(one.end == other.begin for one, other in itertools.pairwise(circle))
    cycles = sum(step.cycles for step in circle)
    assert cycles % (recording.end - recording.begin) == 0
    room = {recording.waits[step.wait].stream for step in circle if step.cause is Cause.ROOM and step.wait is not None}
    if timing.interval > frame:
        # The gate is in the way: the FIFO beside it lacks max(0, F + D - d) words of room.
        assert room == {"s1"}
        delay = sum(step.cycles for step in circle if step.cause is Cause.WORD)
        assert delay == GATE_DELAY * (
            cycles // (recording.end - recording.begin) * recording.frames // (depth // frame)
        )
    else:
        assert room == set()


def test_the_path_of_a_frame_has_no_gaps_and_takes_its_latency() -> None:
    timing = simulate_timing(NETWORK)
    path = path_to_end(record_frame(NETWORK, timing))
    assert path[0].begin == timing.input_cycles[0]
    assert path[0].nest == 0
    assert path[-1].end == timing.output_cycles[0, -1] + 1
    assert all(one.end == other.begin for one, other in itertools.pairwise(path))
    assert sum(step.cycles for step in path) == timing.latency + 1


def test_a_period_is_found_long_after_the_interval_is_known() -> None:
    """A deep FIFO before the slowest unit fills a few words a frame: until then the units before it run faster."""
    slowest = max(NETWORK.units, key=lambda unit: unit.interval)
    fed = NETWORK.stream_at(slowest.name, slowest.inputs[0].name)
    graph = NETWORK.with_streams([replace(fed, depth=40 * NETWORK.port_of(fed).words)])
    timing = simulate_timing(graph)
    recording = record_period(graph, timing)
    assert recording is not None
    assert recording.begin > timing.cycles
    assert timing.interval == Fraction(recording.end - recording.begin, recording.frames)


def test_without_an_interval_there_is_no_period() -> None:
    graph = gated_body(16, 40)
    assert record_period(graph, simulate_timing(graph, 1)) is None
