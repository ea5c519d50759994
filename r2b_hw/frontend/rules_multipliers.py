"""Rules for a multiplier a channel behind a product: learned scales, and normalisations on power-of-two grids."""

from dataclasses import replace

import numpy as np

from r2b_hw.frontend.budget import EXACT_BITS, bits_of
from r2b_hw.frontend.context import Context
from r2b_hw.frontend.facts import Form, TensorFacts
from r2b_hw.frontend.graph_view import Node
from r2b_hw.frontend.grids import Reals, channel_grids, common_grid, power_of_two
from r2b_hw.frontend.operations import AffineStep, Multiply, Operation
from r2b_hw.frontend.rules_products import add_bias, has_bias_grid

Result = tuple[TensorFacts, list[Operation]]

MULTIPLIER_BITS = 16
ORDER = (
    "the supported order is product, multiplier, factors of pixels, bias, gate, PReLU, skip, quantiser: put a "
    "quantiser between"
)
"""Remedy for a chain in another order."""
QUANTISE_AFFINE = (
    "fold it into the layer before, put it before a sign only, or make it a product and a sum with constants that are "
    "quantised to power-of-two grids"
)
"""Remedy for a float affine or batch normalisation that meets something else than a sign."""

_AFFINES = {"Add", "Sub", "Mul", "Div", "BatchNormalization"}


def leads_to_sign(context: Context, node: Node) -> bool:
    """Whether nothing but constant affines stand between ``node`` and a sign: a threshold takes them at no cost."""
    while True:
        readers = context.view.consumers(node.outputs[0])
        if len(readers) != 1:
            return False
        (node,) = readers
        if node.op == "BipolarQuant":
            return True
        if node.op not in _AFFINES or len(context.data_inputs(node)) != 1:
            return False


def channel_multiplier(
    context: Context, node: Node, x: TensorFacts, values: Reals, source: str, output: str | None = None
) -> Result | None:
    """Return ``x`` times ``values`` (C,); None where it is no unquantised product or they lie on no narrow grid.

    A gate lets the multiplier through to the product. ``output`` names the result where it is not the node's.
    """
    if not Form.ACCUMULATOR <= x.form <= Form.GATED:
        return None
    separate, common = channel_grids(values), common_grid(values)
    if separate is None or separate.bits > MULTIPLIER_BITS:
        return None
    # One grid for all channels is simpler to build, but may cost bits that one a channel does not.
    grid = common if common is not None and common.bits <= MULTIPLIER_BITS else separate
    if bits_of(x.magnitude * np.abs(grid.integers)) > EXACT_BITS:
        grid = separate
    context.check_grids(node, x.exponents + grid.per_channel)
    context.prove(node, x.magnitude * np.abs(grid.integers), "use fewer bits for the multipliers")
    operation = Multiply(**context.place(node), input=source, multipliers=grid.integers, exponents=grid.exponents)
    if output is not None:
        operation = replace(operation, output=output, module=None)
    corners = np.stack([x.lo * grid.integers, x.hi * grid.integers])
    exponents = x.exponents + grid.per_channel
    return replace(x, lo=corners.min(axis=0), hi=corners.max(axis=0), exponents=exponents), [operation]


def exact_normalisation(
    context: Context, node: Node, x: TensorFacts, parameters: tuple[tuple[float, ...], ...], epsilon: float, source: str
) -> Result | None:
    """Return a batch normalisation as multiplier and bias; None unless float32 evaluates it exactly in any order.

    Variance plus epsilon must be a power of four in every channel, without rounding; gamma, beta and mean lie on
    narrow grids.
    """
    if not Form.ACCUMULATOR <= x.form <= Form.BIASED:
        return None
    gamma, beta, mean, variance = (np.array(values, dtype=np.float64) for values in parameters)
    powers = [power_of_two(float(value)) for value in variance + float(np.float32(epsilon))]
    halves = [power // 2 for power in powers if power is not None and power % 2 == 0]
    if len(halves) < len(powers):
        return None
    factors = np.ldexp(gamma, -np.array(halves))
    offsets = [common_grid(values) for values in (mean * factors, beta)]
    finest: list[int] = [max(grid.exponents) for grid in offsets if grid and grid.bits <= MULTIPLIER_BITS]
    if len(finest) < len(offsets):
        return None
    scaled_name = f"{node.outputs[0]}.scaled"
    scaled = channel_multiplier(context, node, x, factors, source, scaled_name)
    if scaled is None:
        return None
    facts, operations = scaled
    context.facts[scaled_name] = facts
    # The mean may be subtracted before the product, or times the factor after it: this bounds both.
    context.check_grids(node, facts.exponents, np.array(finest))
    worst = facts.aligned(np.maximum(facts.exponents, max(finest)))
    shifted = np.ldexp(np.abs(mean * factors) + np.abs(beta), worst.exponents)
    context.prove(node, worst.magnitude + shifted.astype(np.int64), "use fewer bits for its parameters")
    biased, bias = add_bias(context, node, facts, beta - mean * factors, scaled_name)
    return biased, [*operations, bias]


def constants_applied(context: Context, node: Node, name: str) -> tuple[TensorFacts, list[Operation], str]:
    """Return facts, operations and tensor of the chain ``name`` that ``node`` reads.

    A float affine of a quantised tensor is only a remark until it is known what reads it: a sign takes it into its
    thresholds. For any other reader it becomes multipliers and biases here. Where its constants lie on no narrow grids
    it stays an affine.
    """
    x = context.facts[name]
    if x.form is not Form.AFFINE or context.facts[x.base].form is not Form.QUANTISED:
        return x, [], context.resolve(name)
    facts = replace(context.facts[x.base], form=Form.ACCUMULATOR)
    source = x.base
    operations: list[Operation] = []
    for number, step in enumerate(x.steps):
        applied = _apply(context, node, facts, step, source)
        if applied is None:
            return x, [], context.resolve(name)
        facts, added = applied
        source = f"{node.outputs[0]}.constant{number}"
        context.facts[source] = facts
        operations += [*added[:-1], replace(added[-1], output=source, module=None)]
    return facts, operations, source


def _apply(context: Context, node: Node, x: TensorFacts, step: AffineStep, source: str) -> Result | None:
    values = np.array(step.operands[0], dtype=np.float64)
    match step.kind:
        case "multiply":
            return channel_multiplier(context, node, x, values, source)
        case "normalise":
            return exact_normalisation(context, node, x, step.operands, step.epsilon, source)
        case _:
            if not has_bias_grid(values):
                return None
            facts, bias = add_bias(context, node, x, values, source)
            return facts, [bias]
