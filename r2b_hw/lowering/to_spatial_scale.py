"""Product with a constant that varies over the pixels -> spatial scale."""

from r2b_hw.frontend.operations import SpatialScale as SpatialScaleOperation
from r2b_hw.graph.port import Port
from r2b_hw.lowering.expression import exponent_tuple, spread
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.spatial_scale import SpatialScale


def to_spatial_scale(operation: SpatialScaleOperation, x: Port, name: str, shifts: Integers) -> SpatialScale:
    """Return the unit; ``shifts`` (C,) are powers of two that follow the product."""
    height, width, channels = x.shape
    return SpatialScale(
        name=name,
        layer=operation.layer or name,
        height=height,
        width=width,
        channels=channels,
        integer=x.integer,
        exponents=x.exponents,
        factors=operation.factors,
        output_exponents=exponent_tuple(spread(x.exponents, channels) + operation.exponent + shifts),
    )
