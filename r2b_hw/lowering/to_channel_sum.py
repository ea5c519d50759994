"""ReduceSum or ReduceMean over the channels, perhaps of Abs -> channel sum; a mean's power of two joins the
exponent."""

from r2b_hw.frontend.operations import ChannelSum as ChannelSumOperation
from r2b_hw.graph.port import Port
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.channel_sum import ChannelSum


def to_channel_sum(operation: ChannelSumOperation, x: Port, name: str, shifts: Integers) -> ChannelSum:
    """Return the unit; ``shifts`` (1,) is the power of two that follows the sum."""
    height, width, channels = x.shape
    return ChannelSum(
        name=name,
        layer=operation.layer or name,
        height=height,
        width=width,
        channels=channels,
        absolute=operation.absolute,
        integer=x.integer,
        exponent=x.exponents[0],
        output_exponent=x.exponents[0] + operation.shift + int(shifts[0]),
    )
