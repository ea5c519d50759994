"""The simulation without data against the one with data: the same cycles, high-water marks and stalls, everywhere."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.boards import load_board
from r2b_hw.errors import DeadlockError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning import plan
from r2b_hw.simulation import prepare, simulate, simulate_timing
from r2b_hw.storage import load_graph
from tests.conftest import Small
from tests.planning.hand_built import gated_map, residual_network
from tests.simulation.gates import gated_body
from tests.units.harness import chain, random_mask
from tests.units.test_pixel_parallel_mvu import dense
from tests.units.test_sliding_window import window

sys.path.append(str(Path(__file__).parent.parent / "codegen"))

from mixed_graph import mixed_graph


def at_depths(graph: HardwareGraph, generator: np.random.Generator, most: int) -> HardwareGraph:
    """``graph`` with FIFOs of 1 to ``most`` words, and now and then a frame more."""
    return graph.with_streams(
        replace(
            stream,
            depth=int(generator.integers(1, most + 1)) + graph.port_of(stream).words * int(generator.integers(0, 2)),
        )
        for stream in graph.streams
    )


def assert_equal(graph: HardwareGraph, frames: int, **host: object) -> None:
    """Both simulations agree in everything but the data, or deadlock with the same words."""
    port = graph.port_of(graph.input_stream)
    data = np.zeros((frames, *port.shape), dtype=np.int64)
    try:
        expected = simulate(graph, data, **host)
    except DeadlockError as error:
        with pytest.raises(DeadlockError) as caught:
            simulate_timing(graph, frames, **host)
        assert str(caught.value) == str(error)
        return
    timed = simulate_timing(graph, frames, **host)
    np.testing.assert_array_equal(timed.output_cycles, expected.output_cycles)
    np.testing.assert_array_equal(timed.input_cycles, expected.input_cycles)
    assert timed.cycles == expected.cycles
    assert timed.latencies == expected.latencies
    assert timed.high_water == expected.high_water
    assert timed.stalls == expected.stalls


GRAPHS: dict[str, Callable[[], HardwareGraph]] = {
    "gate": lambda: gated_body(12, 20),
    "gated map": gated_map,
    "window": lambda: chain(window(5, 4, 3, 1, 1, simd=2)),
    "strided": lambda: chain(window(6, 7, 3, 2, 1)),
    "pixels": lambda: chain(dense(3, 2, 2, height=3, width=4)),
    "residual": lambda: residual_network(blocks=((16, 1), (32, 2))),
    "planned": lambda: plan(residual_network(blocks=((16, 2),)), load_board("pynq-z2"), target_fps=20_000).graph,
    "mixed": lambda: mixed_graph("mixed", 0, 5, 5, 2),
}


@pytest.fixture(scope="module", params=sorted(GRAPHS))
def graph(request: pytest.FixtureRequest) -> HardwareGraph:
    return GRAPHS[request.param]()


@settings(max_examples=6)
@given(
    seed=st.integers(0, 1 << 30), frames=st.integers(1, 9), most=st.sampled_from([1, 3, 9]), pace=st.integers(0, 3000)
)
def test_everything_but_the_data_is_equal(graph: HardwareGraph, seed: int, frames: int, most: int, pace: int) -> None:
    generator = np.random.default_rng(seed)
    masks = {"source_stalls": random_mask(generator), "sink_stalls": random_mask(generator)}
    host = masks if seed % 2 else {}
    assert_equal(at_depths(graph, generator, most), frames, pace=pace, **host)


@pytest.mark.parametrize("seed", range(3))
def test_random_graphs_of_all_kinds(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size = generator.integers(3, 8, 2)
    mixed = mixed_graph("mixed", seed, int(size[0]), int(size[1]), 3)
    assert_equal(at_depths(mixed, generator, 5), 3)
    roomy = [replace(stream, depth=mixed.port_of(stream).words + 9) for stream in mixed.streams]
    assert_equal(mixed.with_streams(roomy), 7)


def test_a_built_accelerator(small: Small) -> None:
    built = load_graph(small.folder)
    assert_equal(built, 1)
    assert_equal(built, 8)
    assert_equal(built, 7, pace=2_000, sink_stalls=np.array([True, False]))
    assert_equal(built, 4, source_stalls=np.array([True, False, True]), sink_stalls=np.array([False, True]))


def test_depths_are_those_of_the_call() -> None:
    graph = residual_network(blocks=((16, 1),))
    depths = {stream.name: 1300 + index for index, stream in enumerate(graph.streams)}
    deep = graph.with_streams(replace(stream, depth=depths[stream.name]) for stream in graph.streams)
    timed, expected = simulate_timing(prepare(graph), 3, depths=depths), simulate_timing(deep, 3)
    assert timed.cycles == expected.cycles
    assert timed.high_water == expected.high_water


@settings(max_examples=20)
@given(frame=st.integers(4, 40), extra=st.integers(0, 90), pace=st.sampled_from([0, 0, 50, 77]))
def test_the_interval_is_that_of_many_frames(frame: int, extra: int, pace: int) -> None:
    graph = gated_body(frame, frame + extra)
    interval = simulate_timing(graph, pace=pace).interval
    assert interval is not None
    # Where the frames that the FIFO holds take turns, their intervals repeat together.
    held = (frame + extra) // frame
    repeats = held * np.arange(1, 4)
    ends = simulate_timing(graph, 60 + 3 * held, pace=pace).output_cycles[:, -1]
    assert [int(x) for x in ends[-1] - ends[-1 - repeats]] == [interval * int(n) for n in repeats]


@settings(max_examples=10)
@given(seed=st.integers(0, 1 << 30))
def test_at_the_words_under_way_nothing_comes_later(seed: int) -> None:
    generator = np.random.default_rng(seed)
    graph = residual_network(blocks=((16, 1),))
    roomy = {stream.name: int(generator.integers(1, 9)) + graph.port_of(stream).words for stream in graph.streams}
    free = simulate_timing(prepare(graph), 3, depths=roomy)
    depths = simulate_timing(prepare(graph), 3, depths=roomy, under_way=True).high_water
    again = simulate_timing(prepare(graph), 3, depths=depths)
    assert sum(depths.values()) < sum(roomy.values())
    np.testing.assert_array_equal(again.output_cycles, free.output_cycles)
    assert again.stalls == free.stalls
    assert again.high_water == free.high_water


@pytest.mark.parametrize("stream", ["out.x", "sum.x", "output"])
def test_one_word_less_changes_something(stream: str) -> None:
    graph = gated_map()
    depths = {s.name: 200 for s in graph.streams}
    marks = simulate_timing(prepare(graph), 6, depths=depths, under_way=True).high_water
    free = simulate_timing(prepare(graph), 6, depths=depths)
    less = simulate_timing(prepare(graph), 6, depths=depths | {stream: marks[stream] - 1})
    assert less.stalls != free.stalls
