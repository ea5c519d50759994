"""FIFO depths: the contract's oracle for gates, and which streams must wait."""

from dataclasses import replace
from fractions import Fraction

import pytest

from r2b_hw.boards import load_board
from r2b_hw.errors import DeadlockError
from r2b_hw.planning import plan
from r2b_hw.planning.reconvergence import UnitDependencies, waiting_streams
from r2b_hw.simulation import simulate_timing
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


@pytest.mark.parametrize(("interval", "least"), [(64, 88), (80, 72), (88, 64)])
def test_the_planner_finds_the_oracles_depth(interval: int, least: int) -> None:
    board = load_board("pynq-z2")
    made = plan(gated_map(), board, target_fps=100e6 / interval)
    depth = made.graph.stream_by_name["out.x"].depth
    assert made.interval == 64 + max(0, 64 + 24 - depth) <= interval
    # At most two words over what is needed (the step of the trimming), or the frame with words in flight and slack.
    assert least <= depth <= max(least + 2, 64 + 2 + 8)
    assert made.waiting_streams == ("out.x",)


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
