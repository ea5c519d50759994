"""Rules for convolutions and fully connected layers: integer weights, padding, bias, the budget of partial sums."""

from dataclasses import replace
from typing import Any

import numpy as np

from r2b_hw.frontend.budget import EXACT_BITS, bits_of
from r2b_hw.frontend.context import Context
from r2b_hw.frontend.facts import Form, TensorFacts
from r2b_hw.frontend.graph_view import Node
from r2b_hw.frontend.grids import Grid, Reals, channel_grids, common_grid, power_of_two, weight_grid
from r2b_hw.frontend.operations import Bias, Operation, Product
from r2b_hw.frontend.refusal import Refusal
from r2b_hw.numeric.rounding import Integers

Result = tuple[TensorFacts, list[Operation]]

_WEIGHT_BITS = 16
BIAS_BITS = 24
_BUDGET_REMEDY = "use fewer weight, activation or bias bits, a coarser bias grid, or fewer inputs"

MOST_TAPS = 63
"""A word carries one valid bit a tap in a single 64-bit lane."""


def convolution(context: Context, node: Node) -> Result:
    """Conv: groups, dilation, automatic or one-sided padding are refused."""
    attributes = node.attributes
    weights = _weights(context, node)
    if weights.ndim != 4:
        raise Refusal(node, f"{weights.ndim - 2} spatial axes", "only two-dimensional convolutions are supported")
    if int(attributes.get("group", 1)) != 1:
        raise Refusal(node, f"{attributes['group']} groups", "use a convolution without groups")
    if any(int(step) != 1 for step in attributes.get("dilations", [1, 1])):
        raise Refusal(node, f"dilation {list(attributes['dilations'])}", "use a convolution without dilation")
    if attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise Refusal(node, f"auto_pad {attributes['auto_pad']}", "give the padding explicitly")
    top, left, bottom, right = (int(pad) for pad in attributes.get("pads", [0, 0, 0, 0]))
    if (top, left) != (bottom, right):
        raise Refusal(node, f"padding {[top, left, bottom, right]} differs by side", "pad both sides equally")
    down, across = (int(step) for step in attributes.get("strides", [1, 1]))
    x = _operand(context, node)
    padding, value = (top, left), None
    if x.padding != (0, 0):
        if padding != (0, 0):
            raise Refusal(node, "it pads a map that is padded already", "pad once")
        padding, value = x.padding, x.padding_value
    height = (x.shape[1] + 2 * padding[0] - weights.shape[2]) // down + 1
    width = (x.shape[2] + 2 * padding[1] - weights.shape[3]) // across + 1
    if height < 1 or width < 1:
        raise Refusal(node, "the kernel is larger than the padded map", "use a smaller kernel or a larger input")
    taps = weights.shape[2] * weights.shape[3]
    if padding != (0, 0) and value is None and taps > MOST_TAPS:
        raise Refusal(
            node, f"a zero-padded kernel of {taps} taps", f"at most {MOST_TAPS} taps can be padded with zeros"
        )
    filters = np.ascontiguousarray(weights.transpose(0, 2, 3, 1))
    options = {"stride": (down, across), "padding": padding, "padding_value": value}
    return _product(context, node, x, filters, (height, width), options)


def fully_connected(context: Context, node: Node) -> Result:
    """Gemm with weights (outputs, inputs), on a vector."""
    attributes = node.attributes
    if attributes.get("transA", 0) or attributes.get("alpha", 1.0) != 1.0 or attributes.get("beta", 1.0) != 1.0:
        raise Refusal(node, "alpha, beta or transA is set", "export a plain linear layer")
    weights = _weights(context, node)
    x = _operand(context, node)
    if x.shape[1:] != (1, 1):
        raise Refusal(node, f"it takes a map of {x.shape[1]}x{x.shape[2]}", "sum over the pixels first")
    return _product(context, node, x, weights[:, None, None, :], (1, 1), {})


def refuse_product(context: Context, node: Node) -> Result:
    """MatMul of two computed tensors."""
    raise Refusal(node, "both factors are computed at run time", "only constant weights are supported")


def _weights(context: Context, node: Node) -> Reals:
    weights = context.required(node, 1)
    return weights.astype(np.float64)


def _operand(context: Context, node: Node) -> TensorFacts:
    x = context.facts[node.inputs[0]]
    if x.form > Form.POOLED or x.exponent is None:
        raise Refusal(node, f"its input is {x.form.words}", "put a QuantIdentity before it")
    return x


def _product(
    context: Context,
    node: Node,
    x: TensorFacts,
    filters: Reals,
    size: tuple[int, int],
    options: dict[str, Any],
) -> Result:
    if filters.shape[3] != x.channels:
        raise Refusal(node, f"{filters.shape[3]} weights meet {x.channels} channels", "export the model again")
    grid = _weight_grid(node, filters, x.binary)
    integers = np.abs(grid.integers).reshape(len(filters), -1)
    positive = np.maximum(grid.integers, 0).sum(axis=(1, 2))
    negative = np.minimum(grid.integers, 0).sum(axis=(1, 2))
    lo, hi = np.minimum(x.lo, 0), np.maximum(x.hi, 0)
    channels = len(filters)
    exponents = grid.per_channel + np.int64(x.exponent or 0)
    context.check_grids(node, exponents)
    facts = TensorFacts(
        Form.ACCUMULATOR,
        (channels, *size),
        (positive * lo + negative * hi).sum(axis=1),
        (positive * hi + negative * lo).sum(axis=1),
        exponents,
    )
    partial = (integers.reshape(channels, -1, x.channels) * x.magnitude).sum(axis=(1, 2))
    bias = context.constant(node, 2)
    weights = (grid.integers > 0).astype(np.int64) if x.binary else grid.integers
    place = context.place(node)
    if bias is not None:
        place |= {"output": f"{node.outputs[0]}.sum", "module": None}
    operation = Product(
        **place,
        input=context.resolve(node.inputs[0]),
        weights=weights,
        weight_exponents=grid.exponents,
        binary=x.binary,
        **options,
    )
    if bias is None:
        context.prove(node, partial, _BUDGET_REMEDY)
        return facts, [operation]
    column = context.channel_values(node, bias.reshape(1, -1, *[1] * (len(_shape(context, node)) - 2)), facts)
    context.facts[operation.output] = facts
    biased, bias_operation = add_bias(context, node, facts, column, operation.output, partial)
    return biased, [operation, bias_operation]


def _shape(context: Context, node: Node) -> tuple[int, ...]:
    return context.view.shapes[node.outputs[0]]


def _weight_grid(node: Node, filters: Reals, binary: bool) -> Grid:
    if binary:
        sizes = np.abs(filters).reshape(len(filters), -1)
        if not (sizes == sizes[:, :1]).all() or not sizes.any():
            raise Refusal(node, "binary inputs meet weights that are not binary", "binarise the weights too")
        if any(power_of_two(float(size)) is None for size in sizes[:, 0]):
            remedy = "use scaling_const = 1.0, and multiply by a power of two after the layer"
            raise Refusal(node, f"its binary weights have the scale {float(sizes[0, 0]):g}", remedy)
        grid = weight_grid(filters, free_bits=1)
    else:
        grid = weight_grid(filters)
    if grid is None or grid.bits > _WEIGHT_BITS:
        remedy = "use fixed-point weight quantisers, with power-of-two scales"
        raise Refusal(node, f"its weights lie on no power-of-two grid of {_WEIGHT_BITS} bits", remedy)
    return grid


def has_bias_grid(values: Reals) -> bool:
    """Whether ``values`` (C,) lie on power-of-two grids of :data:`BIAS_BITS` bits."""
    grid = channel_grids(values)
    return grid is not None and grid.bits <= BIAS_BITS


def add_bias(
    context: Context, node: Node, facts: TensorFacts, values: Reals, source: str, partial: Integers | None = None
) -> tuple[TensorFacts, Bias]:
    """Return the facts and operation of ``values`` (C,) added to ``facts``; the sum lies on the finer of both grids."""
    before = facts.magnitude if partial is None else partial
    common, separate = common_grid(values), channel_grids(values)
    if separate is None or separate.bits > BIAS_BITS:
        remedy = "use a bias quantiser with a constant power-of-two scale"
        raise Refusal(node, f"its bias lies on no power-of-two grid of {BIAS_BITS} bits", remedy)
    context.check_grids(node, facts.exponents, separate.per_channel)
    grid = separate if common is None or common.bits > BIAS_BITS else common
    exponents, biases, worst = _bias_sum(facts, before, grid)
    if bits_of(worst) > EXACT_BITS:
        grid = separate
        exponents, biases, worst = _bias_sum(facts, before, grid)
    grids = f"the product's grid is 2**-{int(facts.exponents.max())}, the bias's 2**-{max(grid.exponents)}"
    context.prove(node, worst, f"{grids}: {_BUDGET_REMEDY}")
    aligned = facts.aligned(exponents)
    result = replace(aligned, form=Form.BIASED, lo=aligned.lo + biases, hi=aligned.hi + biases)
    operation = Bias(
        **context.place(node),
        input=source,
        biases=grid.integers,
        exponents=grid.exponents,
    )
    return result, operation


def _bias_sum(facts: TensorFacts, before: Integers, grid: Grid) -> tuple[Integers, Integers, Integers]:
    """Return exponents of the sum, biases on them, and the worst case magnitudes, (C,) each."""
    exponents = np.maximum(facts.exponents, grid.per_channel)
    biases = grid.integers << (exponents - grid.per_channel)
    return exponents, biases, (before << (exponents - facts.exponents)) + np.abs(biases)
