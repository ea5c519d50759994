"""Convolution or fully connected layer of +-1 inputs and weights -> XNOR-popcount unit."""

from r2b_hw.frontend.operations import Product
from r2b_hw.graph.port import Port
from r2b_hw.lowering.expression import exponent_tuple, spread
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.xnor_mvu import XnorMvu


def to_xnor_mvu(product: Product, windows: Port, name: str, shifts: Integers) -> XnorMvu:
    """Return the unit; ``shifts`` (C,) are powers of two that follow the product."""
    height, width, _ = windows.shape
    channels = len(product.weights)
    return XnorMvu(
        name=name,
        layer=product.layer or name,
        height=height,
        width=width,
        weights=product.weights,
        valid_bits=windows.valid_bits,
        exponents=exponent_tuple(spread(product.weight_exponents, channels) + shifts),
    )
