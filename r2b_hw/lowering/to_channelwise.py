"""Accumulator [+ bias] [PReLU] -> quantiser, without gate and skip -> channelwise unit."""

import numpy as np

from r2b_hw.graph.port import Port
from r2b_hw.lowering.expression import Expression, exponent_tuple
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.channelwise import Channelwise


def to_channelwise(
    expression: Expression, x: Port, name: str, layer: str, integer: IntegerType, exponent: int
) -> Channelwise:
    """Return the unit that turns ``x``, the expression's source, into the quantiser's output."""
    height, width, channels = x.shape
    zeros = np.zeros(channels, dtype=np.int64)
    bias_exponents = expression.bias_exponents
    return Channelwise(
        name=name,
        layer=layer,
        height=height,
        width=width,
        channels=channels,
        integer=x.integer,
        exponents=x.exponents,
        biases=zeros if expression.biases is None else expression.biases,
        bias_exponents=x.exponents if bias_exponents is None else exponent_tuple(bias_exponents),
        slopes=zeros + 1 if expression.slopes is None else expression.slopes,
        slope_exponent=expression.slope_exponent,
        output_integer=integer,
        output_exponent=exponent,
    )
