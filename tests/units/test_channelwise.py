from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.graph.affine_unit import AffineUnit
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.channelwise import Channelwise
from tests.units.harness import assert_simulates_exactly, chain, random_input


def exact(value: Fraction, exponent: int, integer: IntegerType) -> int:
    """Python's round is half to even, on exact fractions."""
    return min(max(round(value * Fraction(2) ** exponent), integer.lo), integer.hi)


def multiplier(unit: AffineUnit, channel: int) -> Fraction:
    """An empty array stands for ones."""
    if not unit.multipliers.size:
        return Fraction(1)
    exponent = unit.multiplier_exponents[channel % len(unit.multiplier_exponents)]
    return Fraction(int(unit.multipliers[channel])) / Fraction(2) ** exponent


@st.composite
def channelwise_units(draw):
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    channels = 4
    slope_exponent = draw(st.integers(0, 4))
    prelu = draw(st.booleans())
    return generator, Channelwise(
        name="unit",
        layer="unit",
        height=3,
        width=2,
        channels=channels,
        channels_per_word=draw(st.sampled_from([1, 2, 4])),
        integer=IntegerType(-900, 1000),
        exponents=tuple(int(e) for e in generator.integers(-2, 9, channels)),
        multipliers=generator.integers(-9, 10, draw(st.sampled_from([0, channels]))),
        multiplier_exponents=tuple(int(e) for e in generator.integers(-2, 5, draw(st.sampled_from([1, channels])))),
        biases=generator.integers(-500, 500, channels),
        bias_exponents=tuple(int(e) for e in generator.integers(-2, 9, draw(st.sampled_from([1, channels])))),
        slopes=generator.integers(-8, 8, channels) if prelu else np.ones(channels, dtype=np.int64),
        slope_exponent=slope_exponent if prelu else 0,
        output_integer=draw(st.sampled_from([IntegerType(-128, 127), IntegerType(0, 255), IntegerType(-8, 7)])),
        output_exponent=draw(st.integers(-3, 14)),
    )


@settings(max_examples=60)
@given(channelwise_units())
def test_equals_exact_fractions_and_simulates_exactly(case) -> None:
    generator, unit = case
    graph = chain(unit)
    frames = random_input(generator, graph, 2)
    result = assert_simulates_exactly(graph, frames, generator)
    for index in np.ndindex(*frames.shape):
        c = index[3]
        bias_exponent = unit.bias_exponents[c % len(unit.bias_exponents)]
        value = Fraction(int(frames[index])) / Fraction(2) ** unit.exponents[c] * multiplier(unit, c)
        value += Fraction(int(unit.biases[c])) / Fraction(2) ** bias_exponent
        if value < 0:
            value *= Fraction(int(unit.slopes[c])) / Fraction(2) ** unit.slope_exponent
        assert result.outputs[index] == exact(value, unit.output_exponent, unit.output_integer)
