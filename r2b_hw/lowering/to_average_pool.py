"""AveragePool -> average pool; the division joins the exponent."""

from r2b_hw.frontend.operations import AveragePool as AveragePoolOperation
from r2b_hw.graph.port import Port
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.average_pool import AveragePool


def to_average_pool(operation: AveragePoolOperation, x: Port, name: str, shifts: Integers) -> AveragePool:
    """Return the unit; ``shifts`` (C,), all equal, are powers of two that follow the pool."""
    height, width, channels = x.shape
    return AveragePool(
        name=name,
        layer=operation.layer or name,
        height=height,
        width=width,
        channels=channels,
        kernel=operation.kernel,
        integer=x.integer,
        exponent=x.exponents[0],
        output_exponent=x.exponents[0] + operation.shift + int(shifts[0]),
    )
