"""Clock semantics against a slow, independent model written from the contract's words."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.schedule.loop_nest import Direction, expand_guard
from r2b_hw.simulation import simulate, simulate_timing
from tests.simulation.gates import gated_body
from tests.units.harness import chain
from tests.units.test_pixel_parallel_mvu import dense
from tests.units.test_sliding_window import window


@dataclass
class Fifo:
    depth: int
    held: deque = field(default_factory=deque)
    in_flight: list = field(default_factory=list)
    high: int = 0


def slow_simulation(
    graph: HardwareGraph, frames: int, source_mask, sink_mask, order: np.random.Generator, limit=20_000
):
    """Clock by clock: decide every firing on the state at the start of the cycle, then apply all of them."""
    fifos = {stream.name: Fifo(stream.depth) for stream in graph.streams}
    tokens = {(u.name, c.name): c.initial for u in graph.units for c in u.credits()}
    nests = []
    for unit in graph.units:
        for nest in unit.nests():
            accesses = [(a, expand_guard(nest, a.guard)) for a in nest.accesses]
            nests.append([unit, nest, accesses, 0])
    words_in = graph.port_of(graph.input_stream).words * frames
    words_out = graph.port_of(graph.output_stream).words * frames
    sent, offering, times, now = 0, False, [], 0
    while len(times) < words_out:
        effects = []
        for position in order.permutation(len(nests)):
            unit, nest, accesses, iteration = entry = nests[position]
            taken = [a for a, holds in accesses if holds[iteration]]
            fires = True
            need: dict = {}
            for access in taken:
                key = (unit.name, access.port)
                if key in tokens:
                    if access.direction is Direction.READ:
                        need[key] = need.get(key, 0) + access.count
                    continue
                fifo = fifos[graph.stream_at(unit.name, access.port).name]
                if access.direction is Direction.READ:
                    fires &= bool(fifo.held)
                else:
                    fires &= len(fifo.held) + len(fifo.in_flight) < fifo.depth
            fires &= all(tokens[key] >= count for key, count in need.items())
            if fires:
                effects.append((entry, taken))
        inlet, outlet = fifos[graph.input_stream.name], fifos[graph.output_stream.name]
        offering = sent < words_in and (offering or not source_mask[now % len(source_mask)])
        accepted = offering and len(inlet.held) + len(inlet.in_flight) < inlet.depth
        delivered = bool(outlet.held) and not sink_mask[now % len(sink_mask)]
        pops, pushes, deltas = [], [], []
        for entry, taken in effects:
            unit, nest = entry[0], entry[1]
            entry[3] = (entry[3] + 1) % nest.iterations
            for access in taken:
                key = (unit.name, access.port)
                if key in tokens:
                    deltas.append((key, access.count * (-1 if access.direction is Direction.READ else 1)))
                elif access.direction is Direction.READ:
                    pops.append(graph.stream_at(*key).name)
                else:
                    pushes.append((graph.stream_at(*key).name, access.latency))
        for name in pops:
            fifos[name].held.popleft()
        if delivered:
            outlet.held.popleft()
            times.append(now)
        for name, latency in pushes:
            fifos[name].in_flight.append(now + latency)
        if accepted:
            inlet.in_flight.append(now)
            sent += 1
            offering = False
        for key, delta in deltas:
            tokens[key] += delta
        for fifo in fifos.values():
            arriving = [t for t in fifo.in_flight if t == now]
            fifo.in_flight = [t for t in fifo.in_flight if t != now]
            fifo.held.extend(arriving)
            fifo.high = max(fifo.high, len(fifo.held))
        now += 1
        assert now < limit
    return times, {name: fifo.high for name, fifo in fifos.items()}


masks = st.lists(st.booleans(), max_size=6).map(lambda bits: np.array([*bits, False]))


@settings(max_examples=32)
@given(st.integers(0, 1000), masks, masks, st.sampled_from(["gate", "window", "strided", "pixels"]))
def test_every_output_cycle_and_high_water_mark(seed: int, source_mask, sink_mask, which: str) -> None:
    graph = {
        "gate": lambda: gated_body(12, 14 + seed % 30),
        "window": lambda: chain(window(5, 4, 3, 1, 1, simd=2), depth=1 + seed % 4),
        "strided": lambda: chain(window(6, 7, 3, 2, 1), depth=1 + seed % 4),
        "pixels": lambda: chain(dense(3, 1 + seed % 3, 1 + seed % 4, height=3, width=4), depth=1 + seed % 4),
    }[which]()
    times, high = slow_simulation(graph, 3, source_mask, sink_mask, np.random.default_rng(seed))
    result = simulate_timing(graph, 3, source_stalls=source_mask, sink_stalls=sink_mask)
    assert result.output_cycles.reshape(-1).tolist() == times
    # The slow model stops at the last output word; words that arrive afterwards are in neither.
    assert result.high_water == high


def test_data_does_not_change_the_clock() -> None:
    graph = gated_body(16, 30)
    frames = np.random.default_rng(0).integers(-128, 128, (5, 16, 1, 1))
    np.testing.assert_array_equal(simulate(graph, frames).output_cycles, simulate_timing(graph, 5).output_cycles)


def test_pace_holds_the_source_back() -> None:
    result = simulate_timing(gated_body(16, 64), 6, pace=50)
    np.testing.assert_array_equal(result.input_cycles, np.arange(6) * 50)
    assert simulate_timing(gated_body(16, 64), pace=50).interval == 50
