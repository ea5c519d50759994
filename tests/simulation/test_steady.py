"""Trials frame by frame, from reset and from other depths, against simulations until the state repeats."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.errors import DeadlockError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.simulation import prepare, simulate_timing, steady
from tests.planning.hand_built import gated_map, residual_network
from tests.simulation.gates import gated_body


def keeps(graph: HardwareGraph, depths: dict[str, int], interval: int) -> bool:
    try:
        found = simulate_timing(graph, depths=depths).interval
    except DeadlockError:
        return False
    return found is not None and found <= interval


@settings(max_examples=40)
@given(st.integers(4, 60), st.integers(-3, 120), st.integers(-3, 40))
def test_a_gate_keeps_what_its_oracle_says(frame: int, extra: int, slack: int) -> None:
    depth, interval = frame + extra, frame + slack
    found = steady(prepare(gated_body(frame, max(1, depth))), {}, interval, 1)
    repeats = depth // frame
    expected = repeats > 0 and repeats * frame + max(0, frame + 24 - depth) <= repeats * interval
    assert (found is not None) == expected


NETWORKS = {"map": gated_map(), "network": residual_network(blocks=((16, 1), (32, 2)))}


@pytest.mark.parametrize("name", sorted(NETWORKS))
@settings(max_examples=10)
@given(seed=st.integers(0, 1 << 30), share=st.floats(0.9, 1.4))
def test_lower_depths_are_judged_as_from_reset(name: str, seed: int, share: float) -> None:
    graph = NETWORKS[name]
    world = prepare(graph)
    generator = np.random.default_rng(seed)
    roomy = {stream.name: 3 * graph.port_of(stream).words + 64 for stream in graph.streams}
    interval = int(share * float(simulate_timing(world, depths=roomy).interval or 0))
    found = steady(world, roomy, interval, 1)
    assert (found is not None) == (share >= 1)
    if found is None:
        return
    for _ in range(6):
        chosen = generator.permutation(list(roomy))[: generator.integers(1, 6)].tolist()
        depths = {stream: int(generator.integers(1, found.depths[stream] + 1)) for stream in chosen}
        lower = found.shortened(depths)
        assert (lower is not None) == keeps(graph, {**found.depths, **depths}, interval)
        if lower is not None:
            found = lower


def test_what_is_used_is_enough_and_less() -> None:
    graph = residual_network(blocks=((16, 1), (16, 1)))
    roomy = {stream.name: 3 * graph.port_of(stream).words + 64 for stream in graph.streams}
    found = steady(prepare(graph), roomy, 20_000, 5)
    assert found is not None
    used = found.used()
    assert all(used[name] <= roomy[name] for name in roomy)
    assert sum(used.values()) < sum(roomy.values()) / 2
    assert keeps(graph, used, 20_000)


def test_a_fifo_does_not_grow() -> None:
    found = steady(prepare(gated_map()), {stream.name: 100 for stream in gated_map().streams}, 64, 1)
    assert found is not None
    with pytest.raises(ValueError, match=r"stream out\.x: a depth of 101 is not within the 100 it has"):
        found.shortened({"out.x": 101})
