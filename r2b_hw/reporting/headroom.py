"""What a finished design takes of the board, and what there is; for asking what a change would come to."""

from collections.abc import Mapping
from dataclasses import dataclass

from r2b_hw.graph.cost import Cost
from r2b_hw.planning.budget import RESOURCES, Prices, amount

_ROUNDING = 0.05
"""Amounts of a report are rounded to tenths."""


@dataclass(frozen=True)
class Headroom:
    """Resources ``used`` by a design and ``available`` to it, ``clock_mhz`` and the rate asked for."""

    used: Cost
    available: Cost
    clock_mhz: float
    target_fps: float | None

    @classmethod
    def of_amounts(
        cls,
        used: Mapping[str, float],
        available: Mapping[str, float],
        clock_mhz: float,
        target_fps: float | None,
    ) -> "Headroom":
        """Return it from amounts by the names of RESOURCES."""

        def cost(amounts: Mapping[str, float]) -> Cost:
            return Cost(amounts["lut"], amounts["ff"], amounts["bram36"], amounts["dsp"], amounts["uram"])

        return cls(cost(used), cost(available), clock_mhz, target_fps)

    def exceeded(self, more: Cost) -> tuple[str, ...]:
        """Return the resources of which there are too few for ``more`` beside what is used."""
        needed = self.used + more
        return tuple(
            name
            for name in RESOURCES
            if amount(more, name) > 0 and amount(needed, name) > amount(self.available, name) + _ROUNDING
        )

    def worth(self, cost: Cost) -> float:
        """Return ``cost`` as one number, every resource priced by its share of the board."""
        return Prices.of_budget(self.available).of(cost)

    def fps(self, interval: float) -> float:
        """Return frames a second at ``interval`` cycles a frame."""
        return self.clock_mhz * 1e6 / interval
