"""The cheapest tree of a shape, by integer linear programming (HiGHS)."""

# SciPy has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportArgumentType=false

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from r2b_hw.popcount.plan import COUNTERS, Plan, Shape

_SPARSE = 1e-3
"""Price of a bit in the rows' registers, in LUTs: of equal trees the one that leaves fewer bits."""


@dataclass(frozen=True)
class Optimum:
    """A plan, and how far its LUTs may be from the fewest: 0 where it is proven to be the cheapest."""

    plan: Plan
    gap: float


def optimise(shape: Shape, layers: int, *, seconds: float = 60) -> Optimum | None:
    """Return the cheapest tree of ``shape`` with ``layers`` layers of counters; None where none was found in time.

    Variables are counters of each size in each column of each layer; a column's height after a layer is what it was,
    less the bits taken, and the bits given. Counters of a layer take bits of the layer before.
    """
    columns = shape.columns
    kinds = [(layer, column, bits) for layer in range(layers) for column in range(columns) for bits in COUNTERS]
    index = {kind: i for i, kind in enumerate(kinds)}
    rows: list[int] = []
    places: list[int] = []
    values: list[float] = []
    upper: list[float] = []

    def constrain(terms: dict[int, float], most: float) -> None:
        rows.extend([len(upper)] * len(terms))
        places.extend(terms)
        values.extend(terms.values())
        upper.append(most)

    cost = np.array([float(COUNTERS[bits]) for _, _, bits in kinds])
    change: list[dict[int, float]] = [{} for _ in range(columns)]
    for layer in range(layers):
        for column in range(columns):
            taken = {index[layer, column, bits]: float(bits) for bits in COUNTERS}
            minus = {place: -value for place, value in change[column].items()}
            constrain(taken | minus, shape.heights[column])
        for column in range(columns):
            for bits in COUNTERS:
                place = index[layer, column, bits]
                change[column][place] = change[column].get(place, 0.0) - bits
                for position in range(bits.bit_length()):
                    if column + position < columns:
                        there = change[column + position]
                        there[place] = there.get(place, 0.0) + 1.0
    for column in range(columns):
        constrain(dict(change[column]), shape.most[column] - shape.heights[column])
        for place, value in change[column].items():
            cost[place] += _SPARSE * value
    matrix = coo_matrix((values, (rows, places)), shape=(len(upper), len(kinds)))
    result: Any = milp(
        cost,
        constraints=LinearConstraint(matrix, -np.inf, np.array(upper)),
        integrality=np.ones(len(kinds)),
        bounds=Bounds(0, shape.synapses),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if result.x is None:
        return None
    counts = np.rint(result.x).astype(int)
    plan = Plan(
        shape,
        tuple(
            tuple((c, bits, int(n)) for (at, c, bits), n in zip(kinds, counts, strict=True) if at == layer and n)
            for layer in range(layers)
        ),
    )
    return Optimum(plan, float(result.mip_gap))
