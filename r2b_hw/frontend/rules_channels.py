"""Rules for sums over the channels of a pixel, of values or magnitudes; sums over pixels lie in rules_pooling."""

from dataclasses import replace

import numpy as np

from r2b_hw.frontend.context import Context
from r2b_hw.frontend.facts import Form, TensorFacts
from r2b_hw.frontend.graph_view import Node
from r2b_hw.frontend.operations import ChannelSum, Operation
from r2b_hw.frontend.refusal import Refusal
from r2b_hw.frontend.rules_pooling import global_mean, global_sum, mean_shift, reduced_axes

Result = tuple[TensorFacts, list[Operation]]

_CHANNELS = (4, [1])


def magnitude(context: Context, node: Node) -> Result:
    """Abs of a quantised tensor; the sum over its channels that follows takes it in."""
    x = context.facts[node.inputs[0]]
    if x.form is not Form.QUANTISED:
        raise Refusal(node, f"its input is {x.form.words}", "put a QuantIdentity before it")
    base = context.resolve(node.inputs[0])
    return replace(x, form=Form.ABSOLUTE, lo=np.zeros_like(x.lo), hi=x.magnitude, base=base), []


def reduction(context: Context, node: Node) -> Result:
    """ReduceSum or ReduceMean: over the channels, or over both spatial axes."""
    if reduced_axes(context, node) == _CHANNELS:
        return _channel_sum(context, node)
    return global_sum(context, node) if node.op == "ReduceSum" else global_mean(context, node)


def _channel_sum(context: Context, node: Node) -> Result:
    x = context.facts[node.inputs[0]]
    if x.form not in (Form.QUANTISED, Form.ABSOLUTE):
        raise Refusal(node, f"its input is {x.form.words}", "put a QuantIdentity before it")
    if not node.attributes.get("keepdims", 1):
        raise Refusal(node, "a sum over the channels that drops their axis", "sum with keepdim=True")
    shift = mean_shift(node, x.channels, "channels") if node.op == "ReduceMean" else 0
    context.prove(node, np.array([x.magnitude.sum()]), "use fewer bits for its input, or fewer channels")
    operation = ChannelSum(
        **context.place(node),
        input=x.base if x.form is Form.ABSOLUTE else context.resolve(node.inputs[0]),
        absolute=x.form is Form.ABSOLUTE,
        shift=shift,
    )
    lo, hi = np.minimum(x.lo, 0).sum(keepdims=True), np.maximum(x.hi, 0).sum(keepdims=True)
    shape = (1, *x.shape[1:])
    return TensorFacts(Form.POOLED, shape, lo, hi, x.exponents[:1] + shift), [operation]
