"""ReduceSum, ReduceMean or GlobalAveragePool -> global sum; the mean's power of two joins the exponent."""

from r2b_hw.frontend.operations import GlobalSum as GlobalSumOperation
from r2b_hw.graph.port import Port
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.global_sum import GlobalSum


def to_global_sum(operation: GlobalSumOperation, x: Port, name: str, shifts: Integers) -> GlobalSum:
    """Return the unit; ``shifts`` (C,), all equal, are powers of two that follow the sum."""
    height, width, channels = x.shape
    return GlobalSum(
        name=name,
        layer=operation.layer or name,
        height=height,
        width=width,
        channels=channels,
        integer=x.integer,
        exponent=x.exponents[0],
        output_exponent=x.exponents[0] + operation.shift + int(shifts[0]),
    )
