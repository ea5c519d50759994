from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings, rtl_settings
from tests.units.harness import random_input
from tests.units.test_rescale import gated_graph, rescale_units


@st.composite
def cases(draw):
    """Units as they are simulated, with every kind of slopes."""
    generator, unit = draw(rescale_units())
    count = unit.channels
    slopes = {
        "one": np.full(count, 8),
        "zero": np.zeros(count, dtype=np.int64),
        "own": generator.integers(draw(st.sampled_from([-8, 0])), 9, count),
    }
    return generator, replace(unit, slopes=slopes[draw(st.sampled_from(sorted(slopes)))], slope_exponent=3)


def equals_simulation(case) -> None:
    generator, unit = case
    graph = gated_graph(unit, unit.channels_per_word)
    assert_verilates_exactly(graph, random_input(generator, graph, 3), generator)


@rtl_settings
@given(cases())
def test_equals_simulation(case) -> None:
    equals_simulation(case)


@pytest.mark.long
@long_rtl_settings
@given(cases())
def test_many_equal_simulation(case) -> None:
    equals_simulation(case)
