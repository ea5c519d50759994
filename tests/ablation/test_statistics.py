"""Means and intervals against values worked out by hand with tables of Student's t."""

import math

import pytest

from r2b_hw.ablation.statistics import estimate, paired_difference, student_quantile


@pytest.mark.parametrize(
    ("probability", "freedom", "quantile"),
    [(0.975, 1, 12.7062), (0.975, 4, 2.77645), (0.95, 4, 2.13185), (0.995, 9, 3.24984), (0.975, 30, 2.04227)],
)
def test_quantiles_are_those_of_the_printed_tables(probability: float, freedom: int, quantile: float) -> None:
    assert student_quantile(probability, freedom) == pytest.approx(quantile, rel=5e-6)


def test_an_interval_by_hand() -> None:
    """Mean 3; squared deviations 4 + 1 + 0 + 1 + 4 = 10, so variance 10 / 4; half width 2.77645 * sqrt(2.5 / 5)."""
    found = estimate([1.0, 2.0, 3.0, 4.0, 5.0], 0.95)
    assert (found.n, found.mean) == (5, 3.0)
    assert found.deviation == pytest.approx(math.sqrt(2.5))
    half = 2.776445 / math.sqrt(2.0)
    assert (found.low, found.high) == (pytest.approx(3.0 - half, abs=1e-5), pytest.approx(3.0 + half, abs=1e-5))


def test_pairing_removes_what_seeds_have_in_common() -> None:
    """Differences 2, 1, 3: mean 2, deviation 1, half width 4.302653 / sqrt(3), although each row varies by 10."""
    found = paired_difference([12.0, 21.0, 33.0], [10.0, 20.0, 30.0], 0.95)
    half = 4.302653 / math.sqrt(3.0)
    assert (found.n, found.mean, found.deviation) == (3, 2.0, 1.0)
    assert (found.low, found.high) == (pytest.approx(2.0 - half, abs=1e-5), pytest.approx(2.0 + half, abs=1e-5))


def test_one_seed_has_no_interval() -> None:
    found = estimate([0.5], 0.95)
    assert (found.mean, found.deviation, found.low, found.high) == (0.5, None, None, None)


def test_rows_of_unequal_length_are_not_paired() -> None:
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        paired_difference([1.0, 2.0], [1.0], 0.95)
