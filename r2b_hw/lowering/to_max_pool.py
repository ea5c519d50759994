"""MaxPool -> sliding window and max pool; padded taps are invalid and never win."""

from r2b_hw.frontend.operations import MaxPool as MaxPoolOperation
from r2b_hw.graph.port import Port
from r2b_hw.units.max_pool import MaxPool


def to_max_pool(operation: MaxPoolOperation, windows: Port, name: str) -> MaxPool:
    """Return the unit behind ``windows``."""
    height, width, channels = windows.shape
    return MaxPool(
        name=name,
        layer=operation.layer or name,
        height=height,
        width=width,
        channels=channels,
        kernel=operation.kernel,
        valid_bits=windows.valid_bits,
        integer=windows.integer,
        exponent=windows.exponents[0],
    )
