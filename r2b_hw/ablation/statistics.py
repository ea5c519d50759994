"""Means over seeds and their confidence intervals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import cast

from scipy import stats  # pyright: ignore[reportMissingTypeStubs]


@dataclass(frozen=True)
class Estimate:
    """A mean over ``n`` seeds.

    ``deviation`` is the sample standard deviation (n - 1). ``low`` and ``high`` bound the mean at the ``confidence``
    asked for. All three are None for a single seed.
    """

    n: int
    mean: float
    deviation: float | None
    low: float | None
    high: float | None


def estimate(values: Sequence[float], confidence: float) -> Estimate:
    """The mean and Student's t interval: mean +- t(1/2 + confidence/2; n - 1) * deviation / sqrt(n).

    It takes the values for independent and normally distributed.
    """
    n, mean = len(values), fmean(values)
    if n < 2:
        return Estimate(n, mean, None, None, None)
    deviation = stdev(values)
    half = student_quantile(0.5 + confidence / 2, n - 1) * deviation / math.sqrt(n)
    return Estimate(n, mean, deviation, mean - half, mean + half)


def paired_difference(first: Sequence[float], second: Sequence[float], confidence: float) -> Estimate:
    """The mean of ``first[i] - second[i]`` and its paired t interval."""
    return estimate([one - other for one, other in zip(first, second, strict=True)], confidence)


def student_quantile(probability: float, freedom: int) -> float:
    """The quantile of Student's t distribution with ``freedom`` degrees of freedom."""
    quantile = stats.t.ppf(probability, freedom)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return float(cast(float, quantile))
