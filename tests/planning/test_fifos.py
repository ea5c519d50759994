"""FIFO depths: the contract's oracle for gates, the least that keep an interval, and which streams must wait."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from r2b_hw.boards import load_board
from r2b_hw.errors import DeadlockError, DoesNotFitError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning import plan
from r2b_hw.planning.fifos import Outgrown, Sized, size_fifos
from r2b_hw.planning.reconvergence import UnitDependencies, waiting_streams
from r2b_hw.planning.stores import find_stores
from r2b_hw.simulation import prepare, simulate_timing
from tests.planning.hand_built import gated_map, residual_network


def interval_at(depth: int) -> Fraction | None:
    graph = gated_map()
    streams = [replace(stream, depth=depth if stream.name == "out.x" else 8) for stream in graph.streams]
    return simulate_timing(graph.with_streams(streams)).interval


def test_a_frame_fifo_obeys_the_oracle() -> None:
    # F + max(0, F + D - d) with F = 64, D = 24.
    assert interval_at(64) == 88
    assert interval_at(72) == 80
    assert interval_at(88) == 64
    assert interval_at(100) == 64


def test_a_frame_fifo_below_a_frame_deadlocks_and_is_named() -> None:
    with pytest.raises(DeadlockError, match=r"out\.x"):
        interval_at(63)


FLOOR = 64 + 2 + 8
"""A frame, the words in flight, and the slack of waiting streams."""


@pytest.mark.parametrize(("interval", "least"), [(64, 88), (70, 82), (77, 75), (78, 74), (80, 72), (88, 64)])
def test_the_planner_finds_the_oracles_depth(interval: int, least: int) -> None:
    board = load_board("pynq-z2")
    made = plan(gated_map(), board, target_fps=100e6 / interval)
    assert made.graph.stream_by_name["out.x"].depth == max(least, FLOOR)
    assert made.interval == min(interval, 64 + 64 + 24 - FLOOR)
    assert made.waiting_streams == ("out.x",)


def one_word_less(graph: HardwareGraph, target: int, names: Sequence[str]) -> list[str]:
    """The streams that keep ``target`` with a word less."""
    world = prepare(graph)
    spared: list[str] = []
    for name in names:
        try:
            interval = simulate_timing(world, depths={name: graph.stream_by_name[name].depth - 1}).interval
        except DeadlockError:
            continue
        if interval is None or interval <= target:
            spared.append(name)
    return spared


def assert_least(network: HardwareGraph, interval: int, most: int) -> None:
    """Plan and take a word from up to ``most`` FIFOs, one at a time; waiting streams keep their floor."""
    made = plan(network, load_board("zcu104"), target_fps=200e6 / interval)
    assert made.interval_target == interval
    assert made.interval <= interval
    floors = find_stores(made.graph, interval, {}).floors
    assert set(floors) == set(made.waiting_streams)
    assert all(made.graph.stream_by_name[name].depth >= floor for name, floor in floors.items())
    above = [s.name for s in made.graph.streams if s.depth > max(1, floors.get(s.name, 1))]
    assert above
    chosen = np.random.default_rng(0).permutation(above)[:most].tolist()
    assert one_word_less(made.graph, interval, chosen) == []


DIGITS = residual_network(stem=24, blocks=((24, 1), (24, 1), (48, 2), (48, 1), (96, 2), (96, 1)))


@pytest.mark.parametrize(
    ("network", "interval"),
    [
        (residual_network(blocks=((16, 1), (16, 1))), 1_000),
        (residual_network(), 600),
        (residual_network(shape=(6, 10, 1), blocks=((8, 2), (8, 1))), 1_500),
        (DIGITS, 3_000),
    ],
)
def test_no_fifo_can_lose_a_word(network: HardwareGraph, interval: int) -> None:
    assert_least(network, interval, most=12)


@pytest.mark.long
@pytest.mark.parametrize("interval", [700, 1_000, 2_304, 3_333, 6_666, 20_000])
def test_no_fifo_of_a_large_network_can_lose_a_word(interval: int) -> None:
    assert_least(DIGITS, interval, most=1_000)


def test_a_rate_that_only_a_shallow_gate_keeps_is_refused() -> None:
    """Where no depth helps, the refusal says which interval deep FIFOs keep."""
    graph = gated_map()
    stores = find_stores(graph, 64, {})
    with pytest.raises(DoesNotFitError, match=r"63 cycles a frame cannot be kept even with deep FIFOs \(interval 64\)"):
        size_fifos(stores, 63, lambda cost: cost.lut)


def test_depths_that_may_not_fit_are_not_found_exactly() -> None:
    """What is asked about is no deeper than the least, and what comes back at most a quarter deeper, or a word."""
    stores = find_stores(gated_map(), 64, {})
    asked: list[HardwareGraph] = []

    def refuse(graph: HardwareGraph) -> bool:
        asked.append(graph)
        return False

    least = size_fifos(stores, 64, lambda cost: cost.lut)
    outgrown = size_fifos(stores, 64, lambda cost: cost.lut, refuse)
    assert isinstance(least, Sized)
    assert isinstance(outgrown, Outgrown)
    (bounds,) = asked
    for below, exact, above in zip(bounds.streams, least.graph.streams, outgrown.graph.streams, strict=True):
        assert below.depth <= exact.depth
        assert above.depth - below.depth <= above.depth // 4


def test_the_body_waits_for_the_gate_and_the_skip_for_the_convolution() -> None:
    waiting = {(item.fork, item.stream) for item in waiting_streams(residual_network(blocks=((16, 1), (16, 1))))}
    assert waiting == {
        (f"blocks.{index}.{fork}", f"blocks.{index}.{stream}")
        for index in range(2)
        for fork, stream in (("gate_fork", "skip_fork.x"), ("skip_fork", "out.s"))
    }


def test_words_needed_are_counted_through_credits() -> None:
    graph = residual_network(shape=(8, 10, 1), stem=16, blocks=((16, 1),))

    def needed(unit: str, input_port: str, count: int = 1) -> int:
        return UnitDependencies(graph.unit_by_name[unit]).words_needed(input_port, "y", count)

    # A padded 3x3 window may be given once its row and the next have been claimed up to its right column.
    assert needed("stem.window", "x") == 10 + 2
    assert needed("stem.window", "x", 80) == 80
    assert needed("mean.sum", "x") == 79 * 16 + 1
    assert needed("blocks.0.out", "g") == 1
