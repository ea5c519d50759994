"""SystemVerilog instance of a max pool."""

from r2b_hw.codegen.nest_code import single_nest
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.units.max_pool import MaxPool


def unit_rtl(unit: MaxPool) -> UnitRtl:
    """Return the instance."""
    bits = unit.integer.bits
    return UnitRtl(
        single_nest(unit),
        parameters=(
            ("BITS", str(bits)),
            ("IS_SIGNED", f"1'b{int(unit.integer.signed)}"),
            ("CHANNELS", str(unit.channels_per_word)),
            ("KERNEL_HEIGHT", str(unit.kernel[0])),
            ("KERNEL_WIDTH", str(unit.kernel[1])),
            ("VALID_BITS", f"1'b{int(unit.valid_bits)}"),
            ("LOWEST", f"{bits}'d{unit.integer.lo & ((1 << bits) - 1)}"),
        ),
        fires=(),
    )
