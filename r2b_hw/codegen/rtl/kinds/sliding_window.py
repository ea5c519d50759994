"""SystemVerilog instance of a sliding window."""

from r2b_hw.codegen.nest_code import Counter, NestCode
from r2b_hw.codegen.rtl.constants import memory_style
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.schedule.loop_nest import last
from r2b_hw.units.sliding_window import SlidingWindow


def unit_rtl(unit: SlidingWindow) -> UnitRtl:
    """Return the instance; its memories are banks, map row r in bank r modulo their number."""
    fill, window = unit.nests()
    rows, stride, padding = unit.memory_rows, unit.stride[0], unit.padding[0]
    padded = any(unit.padding)
    kept = unit.folds > 1 and unit.kernel[1] > 1
    shown = (("row", padded), ("column", padded), ("fold", kept))
    unused = tuple((f"window_{loop}", f"{_bits(unit, loop)}'d0") for loop, used in shown if not used)
    first_column = unit.kernel[1] - 1 - unit.padding[1]
    ends_row = (last("column"), last("fold"))
    return UnitRtl(
        nests=(
            NestCode(fill, ("x",)),
            NestCode(window, ("y",), (("ends_row", ends_row), ("ends_frame", (last("row"), *ends_row)))),
        ),
        parameters=(
            ("WIDTH", str(unit.inputs[0].word_bits)),
            ("FOLDS", str(unit.folds)),
            ("MAP_HEIGHT", str(unit.height)),
            ("MAP_WIDTH", str(unit.width)),
            ("KERNEL_HEIGHT", str(unit.kernel[0])),
            ("KERNEL_WIDTH", str(unit.kernel[1])),
            ("ROW_STRIDE", str(stride)),
            ("PADDING_ROWS", str(padding)),
            ("MEMORY_ROWS", str(rows)),
            ("FIRST_TOP", str(-padding % rows)),
            ("ROW_STEP", str(stride % rows)),
            ("FRAME_STEP", str((unit.height - stride * (unit.output_height - 1)) % rows)),
            ("LAST_ROW", str(unit.output_height - 1)),
            ("FIRST_COLUMN", str(first_column)),
            ("LAST_COLUMN", str(first_column + unit.stride[1] * (unit.output_width - 1))),
            ("ROW_BITS", str(_bits(unit, "row"))),
            ("COLUMN_BITS", str(_bits(unit, "column"))),
            ("ROW_STYLE", memory_style(unit.width * unit.folds)),
            ("HISTORY_STYLE", memory_style(unit.folds)),
            ("PADDED", f"1'b{int(padded)}"),
            ("VALID_BITS", f"1'b{int(unit.valid_bits)}"),
            ("FILLER", _filler(unit)),
        ),
        counters=tuple(("window", loop) for loop, used in shown if used),
        fires=("fill", "window"),
        connections=(*unused, ("x_data", "x_data"), ("y_data", "y_data")),
    )


def _bits(unit: SlidingWindow, loop: str) -> int:
    """Return the width of a counter of the window nest."""
    return Counter(loop, unit.nests()[1].bounds[loop]).bits


def _filler(unit: SlidingWindow) -> str:
    """Return a word of padding values."""
    bits = unit.integer.bits
    value = (unit.padding_value or 0) & ((1 << bits) - 1)
    word = sum(value << (bits * channel) for channel in range(unit.channels_per_word))
    return f"{unit.inputs[0].word_bits}'h{word:x}"
