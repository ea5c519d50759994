"""Accumulator [x multiplier] [+ bias] [x gate] [PReLU] [+ skip] -> quantiser, with gate or skip -> rescale unit."""

import numpy as np

from r2b_hw.graph.port import Port
from r2b_hw.lowering.affine_fields import affine_fields
from r2b_hw.lowering.expression import Expression
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.rescale import Rescale

_ABSENT = IntegerType(0, 0)


def to_rescale(expression: Expression, x: Port, name: str, layer: str, integer: IntegerType, exponent: int) -> Rescale:
    """Return the unit that turns ``x``, gate and skip into the quantiser's output."""
    height, width, channels = x.shape
    gate = None if expression.gate is None else expression.gate.port
    skip = None if expression.skip is None else expression.skip.port
    return Rescale(
        name=name,
        layer=layer,
        height=height,
        width=width,
        channels=channels,
        integer=x.integer,
        exponents=x.exponents,
        **affine_fields(expression),
        gated=gate is not None,
        gate_integer=_ABSENT if gate is None else gate.integer,
        gate_exponent=0 if gate is None else gate.exponents[0],
        slopes=np.ones(channels, dtype=np.int64) if expression.slopes is None else expression.slopes,
        slope_exponent=expression.slope_exponent,
        skipped=skip is not None,
        skip_integer=_ABSENT if skip is None else skip.integer,
        skip_exponent=0 if skip is None else skip.exponents[0],
        output_integer=integer,
        output_exponent=exponent,
    )
