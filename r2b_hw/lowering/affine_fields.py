"""The fields that units take from a chain's multipliers and biases."""

from typing import TypedDict

import numpy as np

from r2b_hw.lowering.expression import Expression, exponent_tuple
from r2b_hw.numeric.rounding import Integers


class AffineFields(TypedDict):
    """Fields of :class:`r2b_hw.graph.affine_unit.AffineUnit`; empty arrays where the chain has none."""

    multipliers: Integers
    multiplier_exponents: tuple[int, ...]
    biases: Integers
    bias_exponents: tuple[int, ...]


def affine_fields(expression: Expression) -> AffineFields:
    """Return the multipliers and biases of ``expression``."""
    multipliers, multiplier_exponents = _constants(expression.multipliers, expression.multiplier_exponents)
    biases, bias_exponents = _constants(expression.biases, expression.bias_exponents)
    return AffineFields(
        multipliers=multipliers,
        multiplier_exponents=multiplier_exponents,
        biases=biases,
        bias_exponents=bias_exponents,
    )


def _constants(values: Integers | None, exponents: Integers | None) -> tuple[Integers, tuple[int, ...]]:
    if values is None or exponents is None:
        return np.zeros(0, dtype=np.int64), (0,)
    return values, exponent_tuple(exponents)
