"""Plans of the shapes that recur, solved once; every other shape is planned at once by ``greedy``."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from r2b_hw.popcount.greedy import greedy_plan
from r2b_hw.popcount.optimise import Optimum
from r2b_hw.popcount.plan import Plan, Shape

_FILE = Path(__file__).with_name("plans.json")


@cache
def _stored() -> dict[str, list[list[list[int]]]]:
    return {key: entry["layers"] for key, entry in json.loads(_FILE.read_text(encoding="utf-8")).items()}


@cache
def plan_popcount(shape: Shape) -> Plan:
    """Return the tree of ``shape``: the stored optimum, or a greedy plan."""
    layers = _stored().get(shape.name)
    if layers is None:
        return greedy_plan(shape)
    return Plan(shape, tuple(tuple((c, bits, count) for c, bits, count in layer) for layer in layers))


def popcount_luts(width: int, groups: int = 1) -> int:
    """Return the LUTs that xnor and count ``groups`` times ``width`` synapses into two rows, for the resource model.

    ``groups`` is the number of taps where they have valid bits, else 1. The adder that joins the rows is not counted:
    it is the accumulator's, one LUT a bit.
    """
    return plan_popcount(Shape(groups, width)).luts


def popcount_flip_flops(width: int, groups: int = 1) -> int:
    """Return the flip-flops inside the same tree, those of its rows included."""
    return plan_popcount(Shape(groups, width)).flip_flops


def stored_text(optima: Iterable[Optimum]) -> str:
    """Return the contents of the file of plans: a shape a line, with its LUTs and the gap to the proven bound."""
    lines: list[str] = []
    for optimum in sorted(optima, key=lambda each: each.plan.shape):
        shape = optimum.plan.shape
        entry = {"luts": optimum.plan.luts, "gap": round(optimum.gap, 4), "layers": optimum.plan.layers}
        lines.append(f'"{shape.name}": {json.dumps(entry)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"
