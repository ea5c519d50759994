import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.fork import Fork
from r2b_hw.units.rescale import Rescale
from tests.rtl.harness import assert_verilates_exactly, rtl_settings
from tests.units.harness import make_graph, random_input


@rtl_settings
@given(depths=st.tuples(*[st.integers(1, 4)] * 3), p=st.sampled_from([1, 3]), seed=st.integers(0, 2**32))
def test_copies_stay_in_step(depths: tuple[int, int, int], p: int, seed: int) -> None:
    """Three copies of a word meet again: two are added, and the sum is added to the third."""
    generator = np.random.default_rng(seed)
    integer = IntegerType(-8, 7)
    shape = {"height": 3, "width": 4, "channels": 6, "channels_per_word": p}
    fork = Fork(name="fork", layer="fork", **shape, copies=3, integer=integer, exponents=(0,))

    def add(name: str, left: IntegerType, right: IntegerType) -> Rescale:
        return Rescale(
            name=name,
            layer=name,
            **shape,
            integer=left,
            exponents=(0,),
            gated=False,
            gate_integer=integer,
            gate_exponent=0,
            slopes=np.ones(6, dtype=np.int64),
            slope_exponent=0,
            skipped=True,
            skip_integer=right,
            skip_exponent=0,
            output_integer=IntegerType(left.lo + right.lo, left.hi + right.hi),
            output_exponent=0,
        )

    two = add("two", integer, integer)
    three = add("three", two.output_integer, integer)
    latency = three.nests()[0].accesses[-1].latency
    links = [
        (None, "fork.x", 2),
        ("fork.y0", "two.x", depths[0]),
        ("fork.y1", "two.s", depths[1]),
        ("fork.y2", "three.s", depths[2] + 2 * latency),
        ("two.y", "three.x", 3),
        ("three.y", None, 2),
    ]
    graph = make_graph((fork, two, three), links)
    frames = random_input(generator, graph, 3)
    np.testing.assert_array_equal(graph.evaluate(frames)["s5"], 3 * frames)
    assert_verilates_exactly(graph, frames, generator)
