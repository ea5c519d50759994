from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.fork import Fork
from r2b_hw.units.global_sum import GlobalSum
from r2b_hw.units.rescale import Rescale
from tests.units.harness import assert_simulates_exactly, make_graph, random_input
from tests.units.test_channelwise import exact, multiplier

INPUT = IntegerType(-20, 30)


def gated_graph(unit: Rescale, channels_per_word: int) -> HardwareGraph:
    """x feeds the unit's sums, its skip, and through a global sum its gate."""
    shape = {"height": unit.height, "width": unit.width, "channels": unit.channels}
    word = {"channels_per_word": channels_per_word}
    copies = 1 + unit.gated + unit.skipped
    units = [Fork(name="fork", layer="fork", copies=copies, integer=INPUT, exponents=(3,), **shape, **word), unit]
    links = [(None, "fork.x", 2), ("fork.y0", "unit.x", 64)]
    if unit.gated:
        units.append(GlobalSum(name="sum", layer="sum", integer=INPUT, exponent=3, output_exponent=7, **shape, **word))
        links += [("fork.y1", "sum.x", 2), ("sum.y", "unit.g", 2)]
    if unit.skipped:
        links.append((f"fork.y{copies - 1}", "unit.s", 64))
    return make_graph(units, [*links, ("unit.y", None, 2)])


@st.composite
def rescale_units(draw):
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    channels, height, width = 4, 3, 2
    gated = draw(st.booleans())
    skipped = draw(st.booleans()) or not gated
    prelu = draw(st.booleans())
    sums = IntegerType(INPUT.lo * height * width, INPUT.hi * height * width)
    return generator, Rescale(
        name="unit",
        layer="unit",
        height=height,
        width=width,
        channels=channels,
        channels_per_word=draw(st.sampled_from([1, 2, 4])),
        integer=INPUT,
        exponents=(3,),
        multipliers=generator.integers(-9, 10, draw(st.sampled_from([0, channels]))),
        multiplier_exponents=tuple(int(e) for e in generator.integers(-2, 5, draw(st.sampled_from([1, channels])))),
        biases=generator.integers(-500, 500, draw(st.sampled_from([0, channels]))),
        bias_exponents=tuple(int(e) for e in generator.integers(-2, 9, draw(st.sampled_from([1, channels])))),
        gated=gated,
        gate_integer=sums,
        gate_exponent=7,
        slopes=generator.integers(-8, 8, channels) if prelu else np.ones(channels, dtype=np.int64),
        slope_exponent=3 if prelu else 0,
        skipped=skipped,
        skip_integer=INPUT,
        skip_exponent=3,
        output_integer=draw(st.sampled_from([IntegerType(-128, 127), IntegerType(-8, 7)])),
        output_exponent=draw(st.integers(-4, 12)),
    )


@settings(max_examples=50)
@given(rescale_units())
def test_equals_exact_fractions_and_simulates_exactly(case) -> None:
    generator, unit = case
    graph = gated_graph(unit, unit.channels_per_word)
    frames = random_input(generator, graph, 3)
    result = assert_simulates_exactly(graph, frames, generator)
    gates = frames.sum(axis=(1, 2))
    for index in np.ndindex(*frames.shape):
        frame, c = index[0], index[3]
        value = Fraction(int(frames[index]), 8) * multiplier(unit, c)
        if unit.biased:
            bias_exponent = unit.bias_exponents[c % len(unit.bias_exponents)]
            value += Fraction(int(unit.biases[c])) / Fraction(2) ** bias_exponent
        if unit.gated:
            value *= Fraction(int(gates[frame, c]), 128)
        if value < 0:
            value *= Fraction(int(unit.slopes[c]), 2**unit.slope_exponent)
        if unit.skipped:
            value += Fraction(int(frames[index]), 8)
        assert result.outputs[index] == exact(value, unit.output_exponent, unit.output_integer)
