"""Streams alone: every memory and depth, joined by units that add nothing."""

import numpy as np
import pytest

from r2b_hw.graph.stream import Memory
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.width_converter import WidthConverter
from tests.rtl.harness import assert_verilates_exactly
from tests.units.harness import chain, random_input


@pytest.mark.parametrize(
    ("memory", "depth"),
    [
        (Memory.REGISTER, 1),
        (Memory.LUTRAM, 2),
        (Memory.LUTRAM, 3),
        (Memory.LUTRAM, 32),
        (Memory.LUTRAM, 33),
        (Memory.LUTRAM, 64),
        (Memory.BRAM, 2),
        (Memory.BRAM, 65),
        (Memory.URAM, 5),
    ],
)
def test_timing_does_not_depend_on_memory(memory: Memory, depth: int) -> None:
    generator = np.random.default_rng(depth)
    common = {
        "layer": "layer",
        "height": 4,
        "width": 5,
        "channels": 8,
        "integer": IntegerType(-8, 7),
        "exponents": (0,),
    }
    widen = WidthConverter(name="widen", **common, input_channels_per_word=2, output_channels_per_word=8)
    narrow = WidthConverter(name="narrow", **common, input_channels_per_word=8, output_channels_per_word=1)
    graph = chain(widen, narrow, depth=depth)
    graph = graph.with_streams(
        type(stream)(stream.name, stream.producer, stream.consumer, stream.depth, memory) for stream in graph.streams
    )
    assert_verilates_exactly(graph, random_input(generator, graph, 3), generator)
