"""Rules for operators that change shapes: reshapes that move no data, and padding."""

from dataclasses import replace

import numpy as np

from r2b_hw.frontend.context import Context
from r2b_hw.frontend.facts import Form, TensorFacts
from r2b_hw.frontend.graph_view import Node
from r2b_hw.frontend.operations import Operation
from r2b_hw.frontend.refusal import Refusal

Result = tuple[TensorFacts, list[Operation]]


def reshape(context: Context, node: Node) -> Result:
    """Reshape, Flatten, Squeeze, Unsqueeze or Transpose: only between (1, C) and (1, C, 1, 1)."""
    x = context.facts[node.inputs[0]]
    before = context.view.shapes.get(node.inputs[0], ())
    after = context.view.shapes.get(node.outputs[0], ())
    vector = x.shape[1:] == (1, 1) and after[:2] == (1, x.channels) and int(np.prod(after)) == x.channels
    if not vector and (node.op == "Transpose" or before != after):
        wrong = f"it moves data: {'x'.join(map(str, before))} becomes {'x'.join(map(str, after))}"
        raise Refusal(node, wrong, "sum over the pixels before a fully connected layer")
    context.aliases[node.outputs[0]] = context.resolve(node.inputs[0])
    return x, []


def pad(context: Context, node: Node) -> Result:
    """Pad with a constant, equally on both sides; it joins the convolution that follows."""
    x = context.facts[node.inputs[0]]
    if node.attributes.get("mode", "constant") != "constant":
        raise Refusal(node, f"padding mode {node.attributes['mode']}", "pad with a constant")
    if x.form is not Form.QUANTISED:
        raise Refusal(node, f"it pads {x.form.words}", "put a quantiser before the padding")
    rows, columns = _sides(context, node)
    constant = context.constant(node, 2)
    value = 0.0 if constant is None else float(constant.reshape(-1)[0])
    filler = _filler(node, x, value)
    if x.padding != (0, 0):
        raise Refusal(node, "it pads a map that is padded already", "pad once")
    context.aliases[node.outputs[0]] = context.resolve(node.inputs[0])
    return replace(x, padding=(rows, columns), padding_value=filler), []


def _filler(node: Node, x: TensorFacts, value: float) -> int | None:
    if value == 0.0:
        return None
    if x.binary:
        if value not in (-1.0, 1.0):
            raise Refusal(node, f"a binary map is padded with {value:g}", "pad with -1, 0 or 1")
        return int(value > 0)
    integer = float(np.ldexp(value, int(x.exponents[0])))
    if integer != int(integer) or not int(x.lo[0]) <= integer <= int(x.hi[0]):
        raise Refusal(
            node, f"the padding {value:g} is not on the map's grid", "pad with a value the quantiser can give"
        )
    return int(integer)


def _sides(context: Context, node: Node) -> tuple[int, int]:
    pads = context.required(node, 1)
    axes = context.constant(node, 3)
    amounts = [int(amount) for amount in pads.reshape(-1)]
    half = len(amounts) // 2
    chosen = list(range(half)) if axes is None else [int(axis) % 4 for axis in axes.reshape(-1)]
    before, after = [0] * 4, [0] * 4
    for index, axis in enumerate(chosen):
        before[axis], after[axis] = amounts[index], amounts[half + index]
    if before != after or before[:2] != [0, 0] or min(before) < 0:
        raise Refusal(node, f"padding {amounts}", "pad rows and columns equally on both sides")
    return before[2], before[3]
