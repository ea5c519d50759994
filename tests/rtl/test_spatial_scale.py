import pytest
from hypothesis import given

from tests.rtl.harness import assert_verilates_exactly, long_rtl_settings, rtl_settings
from tests.units.harness import chain, random_input
from tests.units.test_spatial_scale import spatial_scales


def equals_simulation(case) -> None:
    generator, unit = case
    graph = chain(unit, depth=int(generator.integers(1, 9)))
    assert_verilates_exactly(graph, random_input(generator, graph, 3), generator)


@rtl_settings
@given(spatial_scales())
def test_equals_simulation(case) -> None:
    equals_simulation(case)


@pytest.mark.long
@long_rtl_settings
@given(spatial_scales())
def test_many_equal_simulation(case) -> None:
    equals_simulation(case)
