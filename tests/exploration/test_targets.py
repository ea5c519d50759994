"""Rates to plan: both ends, equal factors between."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.exploration.targets import intervals, slowest_useful
from r2b_hw.planning.folding import unit_folds
from tests.planning.hand_built import residual_network


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(1, 40))
def test_intervals(one: int, other: int, points: int) -> None:
    fast, slow = sorted((one, other))
    found = intervals(fast, slow, points)
    assert list(found) == sorted(set(found))
    assert len(found) <= points
    if fast == slow:
        assert found == (slow,)
    elif points == 1:
        assert found == (fast,)
    else:
        assert (found[0], found[-1]) == (fast, slow)
        factor = (slow / fast) ** (1 / (points - 1))
        assert all(b <= (a + 0.5) * factor + 0.5 for a, b in pairwise(found))


def test_a_slow_end_faster_than_the_fast_one_is_asked_for() -> None:
    """A least rate beyond what fits: it is planned, and refused with its reason."""
    assert intervals(5_000, 2_000, 8) == (2_000,)


def test_geometric() -> None:
    assert intervals(100, 1600, 5) == (100, 200, 400, 800, 1600)


@pytest.mark.parametrize("extra", [0, 1, 10**6])
def test_beyond_the_slowest_useful_nothing_is_saved(extra: int) -> None:
    """The block's 16 pixels of 16 x 16 products, and no unit slower."""
    network = residual_network(blocks=((16, 2),))
    slowest = slowest_useful(network)
    assert slowest == max(unit.interval for unit in network.units) == 16 * 16 * 16
    for unit in network.units:
        within = [fold for fold in unit_folds(unit) if fold.interval <= slowest + extra]
        assert len(within) == len(unit_folds(unit))
