"""What a board leaves for the accelerator, and how much of it a cost takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from r2b_hw.boards import Board
from r2b_hw.graph.cost import Cost

RESOURCES = ("lut", "ff", "bram36", "uram", "dsp")

WEIGHTS: Mapping[str, float] = {"lut": 2.0, "ff": 0.5, "bram36": 1.0, "uram": 0.5, "dsp": 0.5}
"""What a share of each resource counts when designs are compared. LUTs count double: designs that fill them are those
that routing fails on, while a block RAM or DSP in use takes nothing from its neighbours."""


def available(board: Board) -> Cost:
    """Return what the accelerator and its interface may take: the device less the share kept free."""
    share = 1.0 - board.kept_free
    device = board.resources
    return Cost(
        lut=device.lut * share,
        ff=device.ff * share,
        bram36=device.bram36 * share,
        dsp=device.dsp * share,
        uram=device.uram * share,
    )


def interface_cost(board: Board) -> Cost:
    """Return what DMA, interconnect and reset take, as the board's file assumes."""
    interface = board.interface
    return Cost(lut=interface.lut, ff=interface.ff, bram36=interface.bram36)


def amount(cost: Cost, resource: str) -> float:
    """Return how much of ``resource`` (a name in RESOURCES) ``cost`` takes."""
    return float(getattr(cost, resource))


def weighted_share(cost: Cost, budget: Cost) -> float:
    """Return the shares of the budget that ``cost`` takes, each times its weight, without resources the board lacks."""
    return sum(
        weight * amount(cost, name) / amount(budget, name) for name, weight in WEIGHTS.items() if amount(budget, name)
    )


def worst_share(cost: Cost, budget: Cost) -> float:
    """Return the largest share of one resource that ``cost`` takes of ``budget``."""
    shares = (amount(cost, name) / max(amount(budget, name), 1e-9) for name in RESOURCES if amount(cost, name))
    return max(shares, default=0.0)


def exceeded(needed: Cost, budget: Cost) -> tuple[str, ...]:
    """Return the resources of which ``needed`` takes more than ``budget`` has, the worst first."""

    def excess(resource: str) -> float:
        limit = amount(budget, resource)
        return amount(needed, resource) / limit if limit else float("inf")

    over = [resource for resource in RESOURCES if amount(needed, resource) > amount(budget, resource)]
    return tuple(sorted(over, key=excess, reverse=True))


@dataclass(frozen=True)
class Prices:
    """What one of each resource is worth, so that costs can be compared as one number."""

    price: Mapping[str, float]

    @classmethod
    def of_budget(cls, budget: Cost) -> "Prices":
        """Price every resource by its weighted share of the budget; what the board has none of is priced out."""
        return cls(
            {name: WEIGHTS[name] / amount(budget, name) if amount(budget, name) > 0 else 1e9 for name in RESOURCES}
        )

    def of(self, cost: Cost) -> float:
        """Return the worth of ``cost``."""
        price = self.price
        return (
            cost.lut * price["lut"]
            + cost.ff * price["ff"]
            + cost.bram36 * price["bram36"]
            + cost.uram * price["uram"]
            + cost.dsp * price["dsp"]
        )

    def raised(self, factors: Mapping[str, float]) -> "Prices":
        """Return prices with those of ``factors`` multiplied."""
        return Prices({name: value * factors.get(name, 1.0) for name, value in self.price.items()})
