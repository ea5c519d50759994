"""Sigmoid between two quantisers -> table."""

from r2b_hw.frontend.operations import SigmoidTable as SigmoidTableOperation
from r2b_hw.graph.port import Port
from r2b_hw.units.sigmoid_table import SigmoidTable


def to_sigmoid_table(operation: SigmoidTableOperation, x: Port, name: str) -> SigmoidTable:
    """Return the unit."""
    height, width, channels = x.shape
    return SigmoidTable(
        name=name,
        layer=operation.layer or name,
        height=height,
        width=width,
        channels=channels,
        table=operation.table,
        integer=x.integer,
        exponent=x.exponents[0],
        output_integer=operation.integer,
        output_exponent=operation.exponent,
    )
