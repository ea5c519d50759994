"""Axes of a chart: from values to pixels, with round ticks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Axis:
    """An axis from ``low`` to ``high`` over the pixels from ``start`` to ``end``, logarithmic or from zero on."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool

    def place(self, value: float) -> float:
        """Return the pixel of ``value``."""
        if self.logarithmic:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Return pixel and label of the round values on the axis."""
        return tuple((self.place(value), short(value)) for value in self._round_values())

    def _round_values(self) -> list[float]:
        if not self.logarithmic:
            step = _round_step(self.high - self.low)
            return [step * index for index in range(math.floor(self.high / step) + 1)]
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        values = [factor * 10.0**decade for decade in decades for factor in (1, 2, 5)]
        inside = [value for value in values if self.low <= value <= self.high]
        if len(inside) < 3:
            step = _round_step(self.high - self.low)
            return [step * index for index in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        whole = [value for value in inside if _is_decade(value)]
        return whole if len(inside) > 7 and len(whole) > 1 else inside


def log_axis(values: Sequence[float], start: float, end: float) -> Axis:
    """Return a logarithmic axis a little wider than ``values``, which are positive."""
    low, high = min(values), max(values)
    margin = max((high / low) ** 0.06, 1.1)
    return Axis(low / margin, high * margin, start, end, logarithmic=True)


def linear_axis(values: Sequence[float], start: float, end: float) -> Axis:
    """Return an axis from zero to a little above ``values``."""
    return Axis(0.0, max(*values, 1.0) * 1.08, start, end, logarithmic=False)


def short(value: float) -> str:
    """Return ``value`` with k, M or G for thousands, millions, milliards."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.4g}{letter}"
    return f"{value:.4g}"


def _round_step(reach: float) -> float:
    rough = reach / 6
    size = 10.0 ** math.floor(math.log10(rough))
    return next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= rough * (1 - 1e-9))


def _is_decade(value: float) -> bool:
    return math.isclose(math.log10(value), round(math.log10(value)))
