"""C++ call of a sliding window: one merged loop in place of the fill and window nests.

The loop walks rows of ``columns`` steps. Row r of a frame's period reads input row r; the window of output row o ends
in row stride * o + (kernel - 1 - padding), so windows run that many rows behind the input and a frame's last windows
overlap the next frame's first rows.
"""

from dataclasses import dataclass

from r2b_hw.codegen.hls.unit_code import UnitCode
from r2b_hw.codegen.nest_code import NestCode
from r2b_hw.errors import InputError
from r2b_hw.schedule.loop_nest import LoopNest, at_least, below, modulo, read, write
from r2b_hw.units.sliding_window import SlidingWindow


@dataclass(frozen=True)
class MergedLoop:
    """The loop that HLS builds.

    Attributes
    ----------
    raster, windows
        Nests of equal loops: reading the map, and emitting windows.
    prologue
        Iterations by which ``windows`` runs behind ``raster``; frames * raster.iterations + prologue in all.
    """

    raster: LoopNest
    windows: LoopNest
    prologue: int


def merged_loop(unit: SlidingWindow) -> MergedLoop:
    """Return the merged loop of ``unit``; its cycles differ from the two coupled nests of the timing model.

    Raises InputError where padding reaches the kernel's size, since such windows see nothing but padding.
    """
    if any(padding >= kernel for padding, kernel in zip(unit.padding, unit.kernel, strict=True)):
        raise InputError(f"layer {unit.layer}: padding {unit.padding} must be smaller than the kernel {unit.kernel}")
    last_row = unit.stride[0] * (unit.output_height - 1)
    first_column = unit.kernel[1] - 1 - unit.padding[1]
    loops = (("row", max(unit.height, last_row + 1)), ("column", unit.columns), ("fold", unit.folds))
    emits = (
        modulo("row", unit.stride[0], 0),
        below("row", last_row + 1),
        at_least("column", first_column),
        below("column", unit.stride[1] * (unit.output_width - 1) + first_column + 1),
        modulo("column", unit.stride[1], first_column % unit.stride[1]),
    )
    return MergedLoop(
        LoopNest("raster", loops, (read("x", below("row", unit.height), below("column", unit.width)),)),
        LoopNest("windows", loops, (write("y", *emits),)),
        (unit.kernel[0] - 1 - unit.padding[0]) * unit.columns * unit.folds,
    )


def unit_code(unit: SlidingWindow) -> UnitCode:
    """Return the call."""
    loop = merged_loop(unit)
    nests = (
        NestCode(loop.raster, ("x",), (("is_inside", (below("column", unit.width),)),)),
        NestCode(loop.windows, ("y",)),
    )
    arguments = (
        ("map height", str(unit.height)),
        ("map width", str(unit.width)),
        ("kernel height", str(unit.kernel[0])),
        ("kernel width", str(unit.kernel[1])),
        ("padding rows", str(unit.padding[0])),
        ("prologue", str(loop.prologue)),
        ("padding value", str(unit.padding_value or 0)),
    )
    note = (
        f"HLS merges the fill and window nests into one loop of {loop.raster.iterations} iterations a frame after a "
        f"prologue of {loop.prologue}; its cycles differ from the model's"
    )
    return UnitCode("sliding_window", nests, arguments, note=note)
