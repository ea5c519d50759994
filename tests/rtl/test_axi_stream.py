"""The AXI-Stream wrapper: words of odd width in whole bytes, TLAST on the last word of a transfer alone."""

import numpy as np
import pytest

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.simulation import simulate
from r2b_hw.units.width_converter import WidthConverter
from r2b_hw.verification.port_words import unpack_port_words
from r2b_hw.verification.rtl_simulation import run_rtl
from tests.rtl.harness import rtl_project
from tests.units.harness import chain, random_input, random_mask


@pytest.mark.parametrize(("near", "far"), [(2, 6), (6, 1)])
def test_words_and_last_marks(near: int, far: int) -> None:
    generator = np.random.default_rng(near)
    unit = WidthConverter(
        name="converter",
        layer="layer",
        height=3,
        width=2,
        channels=6,
        integer=IntegerType(-4, 3),
        exponents=(0,),
        input_channels_per_word=near,
        output_channels_per_word=far,
    )
    graph = chain(unit, depth=3)
    frames = random_input(generator, graph, 3)
    masks = {"source_stalls": random_mask(generator), "sink_stalls": random_mask(generator)}
    expected = simulate(graph, frames, **masks)
    with rtl_project(graph) as folder:
        run = run_rtl(folder, graph, frames, expected_cycles=expected.cycles, axi_stream=True, **masks)
    words = unpack_port_words(graph.port_of(graph.output_stream), run.output_words.words)
    np.testing.assert_array_equal(words, expected.outputs)
