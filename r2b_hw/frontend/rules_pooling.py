"""Rules for sums and means over pixels."""

import math
from dataclasses import replace

import numpy as np

from r2b_hw.frontend.context import Context
from r2b_hw.frontend.facts import Form, TensorFacts
from r2b_hw.frontend.graph_view import Node
from r2b_hw.frontend.operations import AveragePool, GlobalSum, Operation
from r2b_hw.frontend.refusal import Refusal

Result = tuple[TensorFacts, list[Operation]]

_MEAN_REMEDY = "sum, multiply by 2**-ceil(log2 area), and move the rest into the next weights"


def global_sum(context: Context, node: Node) -> Result:
    """ReduceSum over both spatial axes."""
    _check_axes(context, node)
    return _sum(context, node, 0)


def global_mean(context: Context, node: Node) -> Result:
    """ReduceMean over both spatial axes, or GlobalAveragePool; the area must be a power of two."""
    if node.op == "ReduceMean":
        _check_axes(context, node)
    x = context.facts[node.inputs[0]]
    return _sum(context, node, _shift(node, x.shape[1] * x.shape[2]))


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
    shift = _shift(node, area)
    operation = AveragePool(
        **context.place(node),
        input=context.resolve(node.inputs[0]),
        kernel=(kernel[0], kernel[1]),
        shift=shift,
    )
    return _pooled(context, node, x, shape, area, shift), [operation]


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


def _shift(node: Node, area: int) -> int:
    if area & (area - 1):
        raise Refusal(node, f"a mean over {area} pixels, which is no power of two", _MEAN_REMEDY)
    return int(math.log2(area))


def _check_axes(context: Context, node: Node) -> None:
    rank = len(context.view.shapes.get(node.inputs[0], ()))
    constant = context.constant(node, 1)
    given = node.attributes.get("axes", ()) if constant is None else constant.reshape(-1).tolist()
    axes = sorted(int(axis) % max(rank, 1) for axis in given)
    if rank != 4 or axes != [2, 3]:
        raise Refusal(node, f"a sum over axes {axes} of {rank}", "only sums over both spatial axes are supported")
