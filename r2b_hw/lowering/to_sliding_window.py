"""Windows for products that see more than one pixel, skip pixels, or pad."""

from r2b_hw.frontend.operations import Product
from r2b_hw.lowering.netlist import Netlist, Wire
from r2b_hw.units.sliding_window import SlidingWindow


def to_sliding_window(netlist: Netlist, product: Product, wire: Wire, name: str) -> Wire:
    """Return the wire of ``product``'s windows; ``wire`` itself for a 1x1 product at stride 1."""
    kernel = (int(product.weights.shape[1]), int(product.weights.shape[2]))
    if kernel == (1, 1) and product.stride == (1, 1) and product.padding == (0, 0):
        return wire
    height, width, channels = wire.port.shape
    unit = SlidingWindow(
        name=netlist.unique(f"{name}.window"),
        layer=product.layer or name,
        height=height,
        width=width,
        channels=channels,
        integer=wire.port.integer,
        exponent=wire.port.exponents[0],
        kernel=kernel,
        stride=product.stride,
        padding=product.padding,
        padding_value=product.padding_value,
    )
    return netlist.add(unit, {"x": wire}, None)
