"""Products of two integers in hardware: which are built of LUTs and which of DSP48s, and what they take."""

import math

from r2b_hw.graph.cost import Cost

LUT_PRODUCT_BITS = 36
"""Products of up to this many bit pairs (such as 6 x 6) are built of LUTs, wider ones of DSP48s."""


def product_in_dsp(one: int, other: int) -> bool:
    """Whether the product of ``one`` by ``other`` bits is built of DSP48s."""
    return one * other > LUT_PRODUCT_BITS


def product_cost(one: int, other: int) -> Cost:
    """Return the cost of a registered product of ``one`` by ``other`` bits; nothing where one has no bits.

    Of LUTs it is a row of the wider operand for every two bits of the other (Booth, radix 4). A DSP48E1 multiplies 25
    by 18 bits (UG479); wider operands take several.
    """
    if not one or not other:
        return Cost()
    wide, narrow = max(one, other), min(one, other)
    if product_in_dsp(one, other):
        return Cost(dsp=math.ceil(wide / 25) * math.ceil(narrow / 18))
    return Cost(lut=math.ceil((narrow + 1) / 2) * (wide + 2), ff=one + other)
