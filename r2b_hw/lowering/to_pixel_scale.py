"""Product with a quantised tensor of one channel -> pixel scale."""

from r2b_hw.frontend.operations import PixelScale as PixelScaleOperation
from r2b_hw.graph.port import Port
from r2b_hw.lowering.expression import exponent_tuple, spread
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.pixel_scale import PixelScale


def to_pixel_scale(operation: PixelScaleOperation, x: Port, factor: Port, name: str, shifts: Integers) -> PixelScale:
    """Return the unit; ``shifts`` (C,) are powers of two that follow the product."""
    height, width, channels = x.shape
    return PixelScale(
        name=name,
        layer=operation.layer or name,
        height=height,
        width=width,
        channels=channels,
        integer=x.integer,
        exponents=x.exponents,
        factor_integer=factor.integer,
        factor_exponent=factor.exponents[0],
        output_exponents=exponent_tuple(spread(x.exponents, channels) + factor.exponents[0] + shifts),
    )
