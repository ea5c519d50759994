"""Solve the popcount trees of recurring shapes and write them to r2b_hw/popcount/plans.json.

    python benchmarks/popcount_plans.py

Takes some minutes. A shape keeps the number of layers that needs the fewest LUTs, and of equal ones the fewest.
"""

from pathlib import Path

from r2b_hw import popcount
from r2b_hw.popcount.greedy import greedy_plan
from r2b_hw.popcount.optimise import Optimum, optimise
from r2b_hw.popcount.plan import Shape
from r2b_hw.popcount.store import stored_text

SECONDS = 10.0
WIDTHS = (*range(1, 65), *range(72, 129, 8), 144, 160, 192, 256, 288, 576)
WIDTHS_OF_3X3 = (*range(1, 9), 12, 16, 24, 32, 64)


def best(shape: Shape) -> Optimum:
    """Return the cheapest tree found."""
    greedy = greedy_plan(shape)
    found = Optimum(greedy, 1.0)
    for layers in range(1 if greedy.layers else 0, len(greedy.layers) + 1):
        optimum = optimise(shape, layers, seconds=SECONDS) if layers else Optimum(greedy, 0.0)
        if optimum and (optimum.plan.luts, optimum.gap) < (found.plan.luts, found.gap):
            found = optimum
    print(f"{shape.name}: {found.plan.luts} LUT, gap {found.gap:.2%}, greedy {greedy.luts}", flush=True)
    return found


if __name__ == "__main__":
    shapes = [Shape(1, width, inputs) for width in WIDTHS for inputs in (0, 2)]
    shapes += [Shape(9, width, inputs) for width in WIDTHS_OF_3X3 for inputs in (0, 2)]
    target = Path(popcount.__file__).with_name("plans.json")
    target.write_text(stored_text(best(shape) for shape in shapes), encoding="utf-8")
