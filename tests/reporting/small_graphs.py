"""Graphs whose limit is known by construction, and what a report needs to know of a board."""

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.reporting.headroom import Headroom
from r2b_hw.units.channelwise import Channelwise
from r2b_hw.units.threshold import Threshold
from r2b_hw.units.width_converter import WidthConverter
from r2b_hw.units.xnor_mvu import XnorMvu
from tests.units.harness import chain

BYTE = IntegerType(-128, 127)
WIDE = Headroom(Cost(), Cost(1e6, 1e6, 1e3, 1e3, 0.0), 100.0, None)


def channelwise(name: str, channels: int, channels_per_word: int, pixels: int) -> Channelwise:
    """A unit of one word a cycle and latency 3."""
    ones = np.ones(channels, dtype=np.int64)
    return Channelwise(
        name=name,
        layer=name,
        height=pixels,
        width=1,
        channels=channels,
        channels_per_word=channels_per_word,
        integer=BYTE,
        exponents=(0,),
        biases=0 * ones,
        bias_exponents=(0,),
        slopes=ones,
        slope_exponent=0,
        output_integer=BYTE,
        output_exponent=0,
    )


def two_units(simd: int = 4, pe: int = 2, pixels: int = 6) -> HardwareGraph:
    """Threshold of 16 channels, then a product with 8 outputs: pixels * (8 / pe) * (16 / simd) cycles."""
    random = np.random.default_rng(5)
    threshold = Threshold(
        name="sign",
        layer="sign",
        height=pixels,
        width=1,
        channels=16,
        channels_per_word=simd,
        thresholds=random.integers(-20, 20, 16),
        inverts=random.integers(0, 2, 16),
        integer=BYTE,
        exponent=0,
    )
    product = XnorMvu(
        name="conv",
        layer="conv",
        height=pixels,
        width=1,
        weights=random.integers(0, 2, (8, 1, 1, 16)),
        valid_bits=False,
        simd=simd,
        pe=pe,
    )
    return chain(threshold, product, depth=8)


def meeting_words(pixels: int = 5) -> HardwareGraph:
    """Words of 4 and 6 of 12 channels that meet in words of 2: six words a pixel between the two converters."""

    def converter(name: str, before: int, after: int) -> WidthConverter:
        return WidthConverter(
            name=name,
            layer="first",
            height=pixels,
            width=1,
            channels=12,
            integer=BYTE,
            exponents=(0,),
            input_channels_per_word=before,
            output_channels_per_word=after,
        )

    first, last = channelwise("first", 12, 4, pixels), channelwise("last", 12, 6, pixels)
    return chain(first, converter("narrow", 4, 2), converter("wide", 2, 6), last, depth=16)
