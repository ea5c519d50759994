"""Rules for factors that vary over the pixels: constants (XNOR-Net++'s scales), or one computed value a pixel."""

from dataclasses import replace

import numpy as np

from r2b_hw.frontend.context import Context
from r2b_hw.frontend.facts import Form, TensorFacts
from r2b_hw.frontend.graph_view import Constant, Node
from r2b_hw.frontend.grids import common_grid
from r2b_hw.frontend.operations import Operation, PixelScale, SpatialScale
from r2b_hw.frontend.refusal import Refusal
from r2b_hw.frontend.rules_multipliers import MULTIPLIER_BITS, ORDER, constants_applied

Result = tuple[TensorFacts, list[Operation]]


def varies_over_pixels(context: Context, node: Node) -> bool:
    """Whether the constant operand of Mul or Div has more than one row or column."""
    constants = [context.view.constants[name] for name in node.inputs if name in context.view.constants]
    rank = len(context.view.shapes.get(node.outputs[0], ()))
    return rank == 4 and any(size > 1 for constant in constants for size in constant.shape[-2:])


def spatial_factor(context: Context, node: Node, name: str, constant: Constant) -> Result:
    """Mul of the map ``name`` by a constant of shape (1, C or 1, H or 1, W or 1); Div multiplies by its reciprocal."""
    x, operations, source = constants_applied(context, node, name)
    shape = (1,) * (4 - constant.ndim) + constant.shape
    if shape[0] != 1 or any(size not in (1, own) for size, own in zip(shape[1:], x.shape, strict=True)):
        channels, height, width = x.shape
        raise Refusal(
            node,
            f"its factors have shape {'x'.join(map(str, constant.shape))}",
            f"for this map use 1x{channels}x1x1, 1x1x{height}x{width}, 1x1x{height}x1, 1x1x1x{width} or "
            f"1x{channels}x{height}x{width}",
        )
    _check_form(node, x)
    values = constant.astype(np.float64).reshape(shape[1:])
    if node.op == "Div":
        if bool((values == 0).any()):
            raise Refusal(node, "a division by zero", "remove it")
        values = 1.0 / values
    grid = common_grid(values.reshape(1, -1))
    if grid is None or grid.bits > MULTIPLIER_BITS:
        wrong = f"its factors lie on no common power-of-two grid of {MULTIPLIER_BITS} bits"
        raise Refusal(node, wrong, "quantise them with one power-of-two scale, to 8 bits for example")
    (exponent,) = grid.exponents
    factors = np.ascontiguousarray(grid.integers.reshape(shape[1:]).transpose(1, 2, 0))
    lowest, highest = factors.min(axis=(0, 1)), factors.max(axis=(0, 1))
    operation = SpatialScale(**context.place(node), input=source, factors=factors, exponent=exponent)
    return _scaled(context, node, x, lowest, highest, exponent), [*operations, operation]


def pixel_factor(context: Context, node: Node, name: str, factor_name: str) -> Result:
    """Mul of the map ``name`` (C, H, W) by a quantised tensor (1, H, W)."""
    x, operations, source = constants_applied(context, node, name)
    factor = context.facts[factor_name]
    _check_form(node, x)
    operation = PixelScale(**context.place(node), input=source, factor=context.resolve(factor_name))
    return _scaled(context, node, x, factor.lo, factor.hi, int(factor.exponents[0])), [*operations, operation]


def _check_form(node: Node, x: TensorFacts) -> None:
    if x.form not in (Form.QUANTISED, Form.ACCUMULATOR):
        raise Refusal(node, f"factors of pixels multiply {x.form.words}", ORDER)


def _scaled(
    context: Context, node: Node, x: TensorFacts, lowest: np.ndarray, highest: np.ndarray, exponent: int
) -> TensorFacts:
    corners = np.stack([x.lo * lowest, x.lo * highest, x.hi * lowest, x.hi * highest])
    remedy = "use fewer bits for the factors, or put a quantiser before them"
    context.check_grids(node, x.exponents + exponent)
    context.prove(node, np.abs(corners).max(axis=0), remedy)
    bounds = {"lo": corners.min(axis=0), "hi": corners.max(axis=0), "exponents": x.exponents + exponent}
    return replace(x, form=Form.ACCUMULATOR, scalable=True, **bounds)
