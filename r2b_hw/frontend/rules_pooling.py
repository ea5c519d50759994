"""Rules for sums, means and maxima over pixels."""

import math
from dataclasses import replace

import numpy as np

from r2b_hw.frontend.context import Context
from r2b_hw.frontend.facts import Form, TensorFacts
from r2b_hw.frontend.graph_view import Node
from r2b_hw.frontend.operations import AveragePool, GlobalSum, MaxPool, Operation
from r2b_hw.frontend.refusal import Refusal

Result = tuple[TensorFacts, list[Operation]]

_MEAN_REMEDY = "sum, multiply by 2**-ceil(log2 count), and move the rest into the next weights"

_MOST_TAPS = 63
"""A window's valid bits fit one signed 64-bit lane of the simulator."""


def global_sum(context: Context, node: Node) -> Result:
    """ReduceSum over both spatial axes."""
    _check_axes(context, node)
    return _sum(context, node, 0)


def global_mean(context: Context, node: Node) -> Result:
    """ReduceMean over both spatial axes, or GlobalAveragePool; the area must be a power of two."""
    if node.op == "ReduceMean":
        _check_axes(context, node)
    x = context.facts[node.inputs[0]]
    return _sum(context, node, mean_shift(node, x.shape[1] * x.shape[2]))


def average_pool(context: Context, node: Node) -> Result:
    """AveragePool with equal kernel and stride, without padding, over an area that is a power of two."""
    attributes = node.attributes
    kernel = tuple(int(size) for size in attributes["kernel_shape"])
    strides = tuple(int(size) for size in attributes.get("strides", (1, 1)))
    if any(attributes.get("pads", ())) or attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise Refusal(node, "a padded pooling", "pool without padding")
    if len(kernel) != 2 or strides != kernel:
        raise Refusal(node, f"kernel {kernel} and stride {strides}", "use equal kernel and stride")
    x = _operand(context, node)
    shape = (x.channels, x.shape[1] // kernel[0], x.shape[2] // kernel[1])
    partial = attributes.get("ceil_mode", 0) and (x.shape[1] % kernel[0] or x.shape[2] % kernel[1])
    if partial or 0 in shape:
        raise Refusal(node, f"tiles of {kernel} do not fill {x.shape[1]}x{x.shape[2]}", "use a map the kernel divides")
    area = kernel[0] * kernel[1]
    shift = mean_shift(node, area)
    operation = AveragePool(
        **context.place(node),
        input=context.resolve(node.inputs[0]),
        kernel=(kernel[0], kernel[1]),
        shift=shift,
    )
    return _pooled(context, node, x, shape, area, shift), [operation]


def max_pool(context: Context, node: Node) -> Result:
    """MaxPool in floor mode; kernel, stride and padding (equal on both sides, smaller than the kernel) are free."""
    attributes = node.attributes
    kernel = tuple(int(size) for size in attributes["kernel_shape"])
    if len(kernel) != 2:
        raise Refusal(node, f"{len(kernel)} spatial axes", "only two-dimensional pooling is supported")
    if kernel[0] * kernel[1] > _MOST_TAPS:
        raise Refusal(node, f"windows of {kernel[0] * kernel[1]} pixels", f"pool at most {_MOST_TAPS} at once")
    strides = tuple(int(step) for step in attributes.get("strides", (1, 1)))
    if any(int(step) != 1 for step in attributes.get("dilations", (1, 1))):
        raise Refusal(node, f"dilation {list(attributes['dilations'])}", "use a max pool without dilation")
    if attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise Refusal(node, f"auto_pad {attributes['auto_pad']}", "give the padding explicitly")
    if any(context.view.consumers(name) for name in node.outputs[1:] if name):
        raise Refusal(node, "the positions of its maxima are used", "use the maxima only")
    top, left, bottom, right = (int(pad) for pad in attributes.get("pads", (0, 0, 0, 0)))
    if (top, left) != (bottom, right):
        raise Refusal(node, f"padding {[top, left, bottom, right]} differs by side", "pad both sides equally")
    if top >= kernel[0] or left >= kernel[1]:
        raise Refusal(node, f"padding {(top, left)} reaches the kernel {kernel}", "pad less than the kernel")
    x = context.facts[node.inputs[0]]
    if x.form is not Form.QUANTISED:
        raise Refusal(node, f"its input is {x.form.words}", "put a QuantIdentity before it")
    spare = [size + 2 * pad - k for size, pad, k in zip(x.shape[1:], (top, left), kernel, strict=True)]
    if min(spare) < 0:
        raise Refusal(node, "the kernel is larger than the padded map", "use a smaller kernel or a larger input")
    if attributes.get("ceil_mode", 0) and any(left_over % step for left_over, step in zip(spare, strides, strict=True)):
        wrong = f"in ceil mode windows of {kernel} at stride {strides} end outside {x.shape[1]}x{x.shape[2]}"
        raise Refusal(node, wrong, "use ceil_mode=False, or a map that the windows fill")
    height, width = (left_over // step + 1 for left_over, step in zip(spare, strides, strict=True))
    operation = MaxPool(
        **context.place(node),
        input=context.resolve(node.inputs[0]),
        kernel=(kernel[0], kernel[1]),
        stride=(strides[0], strides[1]),
        padding=(top, left),
    )
    return replace(x, shape=(x.channels, height, width)), [operation]


def _sum(context: Context, node: Node, shift: int) -> Result:
    x = _operand(context, node)
    operation = GlobalSum(
        **context.place(node),
        input=context.resolve(node.inputs[0]),
        shift=shift,
    )
    return _pooled(context, node, x, (x.channels, 1, 1), x.shape[1] * x.shape[2], shift), [operation]


def _pooled(
    context: Context, node: Node, x: TensorFacts, shape: tuple[int, int, int], area: int, shift: int
) -> TensorFacts:
    context.prove(node, x.magnitude * area, "use fewer residual bits or a smaller map")
    lo, hi = np.minimum(x.lo * area, 0), np.maximum(x.hi * area, 0)
    return replace(x, form=Form.POOLED, shape=shape, lo=lo, hi=hi, exponents=x.exponents + shift, scalable=True)


def _operand(context: Context, node: Node) -> TensorFacts:
    x = context.facts[node.inputs[0]]
    if x.form is Form.AFFINE:
        remedy = "sum the map itself first; a normalisation after the sum goes into the next weights"
        raise Refusal(node, "a mean or sum of a batch normalisation or float affine", remedy)
    if x.form is not Form.QUANTISED:
        raise Refusal(node, f"its input is {x.form.words}", "put a QuantIdentity before it")
    return x


def mean_shift(node: Node, count: int, what: str = "pixels") -> int:
    """Return log2 of ``count``, by which a mean divides; Refusal where it is no power of two."""
    if count & (count - 1):
        raise Refusal(node, f"a mean over {count} {what}, which is no power of two", _MEAN_REMEDY)
    return int(math.log2(count))


def reduced_axes(context: Context, node: Node) -> tuple[int, list[int]]:
    """Return the rank of ReduceSum's or ReduceMean's input and the axes it reduces, ascending."""
    rank = len(context.view.shapes.get(node.inputs[0], ()))
    constant = context.constant(node, 1)
    given = node.attributes.get("axes", ()) if constant is None else constant.reshape(-1).tolist()
    return rank, sorted(int(axis) % max(rank, 1) for axis in given)


def _check_axes(context: Context, node: Node) -> None:
    rank, axes = reduced_axes(context, node)
    if rank != 4 or axes != [2, 3]:
        remedy = "only sums over both spatial axes, or over the channels alone, are supported"
        raise Refusal(node, f"a sum over axes {axes} of {rank}", remedy)
