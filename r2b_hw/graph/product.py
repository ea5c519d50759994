"""Products of two integers in hardware: which are built of LUTs and which of DSP48s."""

LUT_PRODUCT_BITS = 36
"""Products of up to this many bit pairs (such as 6 x 6) are built of LUTs, wider ones of DSP48s."""


def product_in_dsp(one: int, other: int) -> bool:
    """Whether the product of ``one`` by ``other`` bits is built of DSP48s."""
    return one * other > LUT_PRODUCT_BITS
