import numpy as np
import pytest

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.simulation import simulate_timing
from r2b_hw.units.fork import Fork
from r2b_hw.units.rescale import Rescale
from tests.units.harness import assert_simulates_exactly, make_graph, random_input

WORD = IntegerType(-5, 6)


def forked(depth: int) -> HardwareGraph:
    """A fork whose two outputs meet again in a sum."""
    shape = {"height": 4, "width": 3, "channels": 6, "channels_per_word": 2}
    fork = Fork(name="fork", layer="fork", copies=2, integer=WORD, exponents=(0,), **shape)
    add = Rescale(
        name="add",
        layer="add",
        integer=WORD,
        exponents=(0,),
        gated=False,
        gate_integer=WORD,
        gate_exponent=0,
        slopes=np.ones(6, dtype=np.int64),
        slope_exponent=0,
        skipped=True,
        skip_integer=WORD,
        skip_exponent=0,
        output_integer=IntegerType(-128, 127),
        output_exponent=0,
        **shape,
    )
    links = [(None, "fork.x", 2), ("fork.y0", "add.x", depth), ("fork.y1", "add.s", depth), ("add.y", None, 5)]
    return make_graph([fork, add], links)


def test_both_copies_arrive() -> None:
    generator = np.random.default_rng(8)
    graph = forked(2)
    frames = random_input(generator, graph, 3)
    result = assert_simulates_exactly(graph, frames, generator)
    np.testing.assert_array_equal(result.outputs, 2 * frames)


@pytest.mark.parametrize(("depth", "interval"), [(1, 2 * 36), (2, 36)])
def test_throughput_is_bounded_by_the_depth(depth: int, interval: int) -> None:
    # depth / (L + 2) words a cycle with L = 0.
    assert simulate_timing(forked(depth)).interval == interval
