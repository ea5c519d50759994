"""Convolution or fully connected layer of integer inputs and weights -> integer MVU."""

from r2b_hw.frontend.operations import Product
from r2b_hw.graph.port import Port
from r2b_hw.lowering.expression import exponent_tuple, spread
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.integer_mvu import IntegerMvu


def to_integer_mvu(product: Product, windows: Port, name: str, shifts: Integers) -> IntegerMvu:
    """Return the unit; ``shifts`` (C,) are powers of two that follow the product."""
    height, width, _ = windows.shape
    channels = len(product.weights)
    return IntegerMvu(
        name=name,
        layer=product.layer or name,
        height=height,
        width=width,
        weights=product.weights,
        weight_exponents=exponent_tuple(spread(product.weight_exponents, channels) + shifts),
        input_integer=windows.integer,
        input_exponent=windows.exponents[0],
        valid_bits=windows.valid_bits,
    )
