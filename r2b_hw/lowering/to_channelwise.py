"""Accumulator [x multiplier] [+ bias] [PReLU] -> quantiser, without gate and skip -> channelwise unit."""

import numpy as np

from r2b_hw.graph.port import Port
from r2b_hw.lowering.affine_fields import affine_fields
from r2b_hw.lowering.expression import Expression
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.channelwise import Channelwise


def to_channelwise(
    expression: Expression, x: Port, name: str, layer: str, integer: IntegerType, exponent: int
) -> Channelwise:
    """Return the unit that turns ``x``, the expression's source, into the quantiser's output."""
    height, width, channels = x.shape
    return Channelwise(
        name=name,
        layer=layer,
        height=height,
        width=width,
        channels=channels,
        integer=x.integer,
        exponents=x.exponents,
        **affine_fields(expression),
        slopes=np.ones(channels, dtype=np.int64) if expression.slopes is None else expression.slopes,
        slope_exponent=expression.slope_exponent,
        output_integer=integer,
        output_exponent=exponent,
    )
