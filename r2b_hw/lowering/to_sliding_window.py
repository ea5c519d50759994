"""Windows for products and max pools that see more than one pixel, skip pixels, or pad."""

from r2b_hw.frontend.operations import MaxPool, Product
from r2b_hw.lowering.netlist import Netlist, Wire
from r2b_hw.units.sliding_window import SlidingWindow


def to_sliding_window(netlist: Netlist, operation: Product | MaxPool, wire: Wire, name: str) -> Wire:
    """Return the wire of ``operation``'s windows; ``wire`` itself for a 1x1 kernel at stride 1."""
    kernel, padding_value = _kernel(operation)
    if kernel == (1, 1) and operation.stride == (1, 1) and operation.padding == (0, 0):
        return wire
    height, width, channels = wire.port.shape
    unit = SlidingWindow(
        name=netlist.unique(f"{name}.window"),
        layer=operation.layer or name,
        height=height,
        width=width,
        channels=channels,
        integer=wire.port.integer,
        exponent=wire.port.exponents[0],
        kernel=kernel,
        stride=operation.stride,
        padding=operation.padding,
        padding_value=padding_value,
    )
    return netlist.add(unit, {"x": wire}, None)


def _kernel(operation: Product | MaxPool) -> tuple[tuple[int, int], int | None]:
    """Return kernel height and width, and the value that padding holds."""
    if isinstance(operation, MaxPool):
        return operation.kernel, None
    return (int(operation.weights.shape[1]), int(operation.weights.shape[2])), operation.padding_value
