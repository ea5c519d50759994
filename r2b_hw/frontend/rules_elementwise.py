"""Rules for elementwise operators: constant factors, biases, float affines before a sign, activations, gate, skip."""

from dataclasses import replace

import numpy as np

from r2b_hw.frontend.context import Context
from r2b_hw.frontend.facts import Form, TensorFacts
from r2b_hw.frontend.graph_view import Constant, Node
from r2b_hw.frontend.grids import Reals, common_grid, power_of_two
from r2b_hw.frontend.operations import Activate, AffineStep, Gate, Operation, Scale, Skip
from r2b_hw.frontend.refusal import Refusal
from r2b_hw.frontend.rules_multipliers import (
    ORDER,
    QUANTISE_AFFINE,
    channel_multiplier,
    constants_applied,
    exact_normalisation,
    leads_to_sign,
)
from r2b_hw.frontend.rules_pixels import pixel_factor, spatial_factor, varies_over_pixels
from r2b_hw.frontend.rules_products import add_bias, has_bias_grid

Result = tuple[TensorFacts, list[Operation]]

_SLOPE_BITS = 12


def multiply(context: Context, node: Node) -> Result:
    """Mul or Div: by constants, by a gate, or by one computed value a pixel."""
    data = context.data_inputs(node)
    if len(data) == 2:
        if node.op == "Div":
            raise Refusal(node, "a division of two computed tensors", "only constant divisors are supported")
        return _gate(context, node)
    name, constant = _constant_operand(context, node)
    if varies_over_pixels(context, node):
        return spatial_factor(context, node, name, constant)
    x = context.facts[name]
    values = context.channel_values(node, constant, x)
    if node.op == "Div":
        if np.any(values == 0):
            raise Refusal(node, "a division by zero", "remove it")
        values = 1.0 / values
    powers = [power_of_two(float(value)) for value in values]
    shifts = np.array([0 if power is None else -power for power in powers], dtype=np.int64)
    uniform = bool((shifts == shifts[0]).all())
    exact = None not in powers and x.scalable and x.form < Form.SUMMED and (uniform or x.form > Form.POOLED)
    if x.form is Form.POOLED and not exact:
        remedy = "multiply the sum by one power of two, 2**-ceil(log2 area), and move the rest into the next weights"
        raise Refusal(node, "a sum over pixels is scaled by no power of two", remedy)
    if not exact:
        multiplied = None
        if not leads_to_sign(context, node):
            multiplied = channel_multiplier(context, node, x, values, _source(context, node))
        return multiplied or _affine(context, node, x, AffineStep("multiply", (tuple(map(float, values)),)))
    context.check_grids(node, x.exponents + shifts)
    kept = (int(shifts[0]),) if uniform else tuple(map(int, shifts))
    operation = Scale(
        **context.place(node),
        input=_source(context, node),
        shifts=kept,
    )
    return replace(x, exponents=x.exponents + shifts), [operation]


def add(context: Context, node: Node) -> Result:
    """Add or Sub: a constant, or a skip."""
    data = context.data_inputs(node)
    if len(data) == 2:
        if node.op == "Sub":
            raise Refusal(node, "a difference of two computed tensors", "only sums with a skip are supported")
        return _skip(context, node)
    name, constant = _constant_operand(context, node)
    x = context.facts[name]
    values = context.channel_values(node, constant, x)
    values = -values if node.op == "Sub" else values
    if Form.POOLED <= x.form <= Form.BIASED:
        try:
            facts, operation = add_bias(context, node, x, values, _source(context, node))
            return facts, [operation]
        except Refusal:
            # Still legal before a sign; whatever else follows refuses a constant off any grid.
            if has_bias_grid(values) and not leads_to_sign(context, node):
                raise
    return _affine(context, node, x, AffineStep("add", (tuple(map(float, values)),)))


def batch_normalisation(context: Context, node: Node) -> Result:
    """BatchNormalization: legal before a sign, or behind a product on power-of-two grids."""
    parameters: list[tuple[float, ...]] = []
    x = context.facts[node.inputs[0]]
    for index in range(1, 5):
        constant = context.required(node, index)
        parameters.append(tuple(float(value) for value in constant.reshape(-1)))
    epsilon = float(node.attributes.get("epsilon", 1e-5))
    if min(parameters[3]) + epsilon <= 0:
        raise Refusal(node, "a running variance is not positive", "train or re-estimate the statistics")
    exact = None
    if not leads_to_sign(context, node):
        exact = exact_normalisation(context, node, x, tuple(parameters), epsilon, _source(context, node))
    return exact or _affine(context, node, x, AffineStep("normalise", tuple(parameters), epsilon))


def activation(context: Context, node: Node) -> Result:
    """Relu, LeakyRelu or PRelu: slopes of negative values on a power-of-two grid."""
    x, operations, source = constants_applied(context, node, node.inputs[0])
    if x.form in (Form.ACTIVATED, Form.SUMMED) and _saturates(context, node):
        context.aliases[node.outputs[0]] = source
        return x, []
    if x.form > Form.GATED:
        raise Refusal(node, f"its input is {x.form.words}", _remedy(x))
    slopes = _slopes(context, node, x)
    grid = common_grid(slopes)
    if grid is None or grid.bits > _SLOPE_BITS:
        wrong = "its slopes lie on no power-of-two grid (float slopes)"
        raise Refusal(node, wrong, "quantise the slopes, to 4 bits for example")
    exponent = max(grid.exponents[0], 0)
    integers = grid.integers << (exponent - grid.exponents[0])
    positive = np.maximum(x.hi, 0) << exponent
    corners = np.stack([np.minimum(x.lo, 0) * integers, np.minimum(x.hi, 0) * integers, positive])
    remedy = "use fewer slope bits, or put a quantiser before it"
    context.prove(node, np.abs(corners).max(axis=0), remedy)
    operation = Activate(
        **context.place(node),
        input=source,
        slopes=integers,
        slope_exponent=exponent,
    )
    facts = replace(x, form=Form.ACTIVATED, lo=corners.min(axis=0), hi=corners.max(axis=0))
    return replace(facts, exponents=x.exponents + exponent), [*operations, operation]


def _saturates(context: Context, node: Node) -> bool:
    """Whether ``node`` is a ReLU that only unsigned quantisers read: their saturation at 0 is the same."""
    readers = context.view.consumers(node.outputs[0])
    unsigned = [reader.op == "Quant" and not reader.attributes.get("signed", 1) for reader in readers]
    return node.op == "Relu" and bool(readers) and all(unsigned)


def _slopes(context: Context, node: Node, x: TensorFacts) -> Reals:
    if node.op == "Relu":
        return np.zeros(x.channels)
    if node.op == "LeakyRelu":
        return np.full(x.channels, float(node.attributes.get("alpha", 0.01)))
    constant = context.required(node, 1)
    return context.channel_values(node, constant, x)


def _remedy(x: TensorFacts) -> str:
    return QUANTISE_AFFINE if x.form is Form.AFFINE else ORDER


def _source(context: Context, node: Node) -> str:
    return context.resolve(context.data_inputs(node)[0])


def _constant_operand(context: Context, node: Node) -> tuple[str, Constant]:
    """Return the name of the map and the constant."""
    (name,) = context.data_inputs(node)
    position = node.inputs.index(name)
    if position == 1 and node.op in ("Sub", "Div"):
        raise Refusal(node, "a constant minus or over a computed tensor", "negate the weights of the layer before")
    constant = context.constant(node, 1 - position)
    assert constant is not None
    return name, constant


def _affine(context: Context, node: Node, x: TensorFacts, step: AffineStep) -> Result:
    if x.form is Form.SIGMOID:
        raise Refusal(node, f"its input is {x.form.words}", "quantise the sigmoid first")
    base = x.base if x.form is Form.AFFINE else _source(context, node)
    return replace(x, form=Form.AFFINE, base=base, steps=(*x.steps, step)), []


def _gate(context: Context, node: Node) -> Result:
    x_name, gate_name, x, gate = _roles(context, node, "product")
    if gate.shape != (x.channels, 1, 1):
        if gate.shape == (1, *x.shape[1:]):
            return pixel_factor(context, node, x_name, gate_name)
        if x.shape == (1, *gate.shape[1:]):
            raise Refusal(node, f"the factor of a pixel is {x.form.words}", "put a QuantIdentity after it")
        wrong = f"a factor of {'x'.join(map(str, gate.shape))} meets a map of {'x'.join(map(str, x.shape))}"
        raise Refusal(node, wrong, "a gate has one value a channel, a factor of pixels one channel")
    x, operations, source = constants_applied(context, node, x_name)
    if x.form > Form.BIASED:
        raise Refusal(node, f"a gate multiplies {x.form.words}", _remedy(x))
    corners = np.stack([x.lo * gate.lo, x.lo * gate.hi, x.hi * gate.lo, x.hi * gate.hi])
    context.prove(node, np.abs(corners).max(axis=0), "use fewer gate bits, or put a quantiser before the gate")
    operation = Gate(
        **context.place(node),
        input=source,
        gate=context.resolve(gate_name),
    )
    facts = replace(x, form=Form.GATED, lo=corners.min(axis=0), hi=corners.max(axis=0))
    return replace(facts, exponents=x.exponents + gate.exponents), [*operations, operation]


def _skip(context: Context, node: Node) -> Result:
    x_name, skip_name, x, skip = _roles(context, node, "sum")
    if x.shape != skip.shape:
        wrong = f"it adds maps of {'x'.join(map(str, x.shape))} and {'x'.join(map(str, skip.shape))}"
        raise Refusal(node, wrong, "both must have the same shape")
    x, operations, source = constants_applied(context, node, x_name)
    if x.form > Form.ACTIVATED:
        raise Refusal(node, f"a skip is added to {x.form.words}", _remedy(x))
    context.check_grids(node, x.exponents, skip.exponents)
    exponents = np.maximum(x.exponents, skip.exponents)
    fine, fine_skip = x.aligned(exponents), skip.aligned(exponents)
    remedy = "use fewer gate, slope or residual bits"
    context.prove(node, fine.magnitude + fine_skip.magnitude, remedy)
    operation = Skip(
        **context.place(node),
        input=source,
        skip=context.resolve(skip_name),
    )
    facts = replace(fine, form=Form.SUMMED, lo=fine.lo + fine_skip.lo, hi=fine.hi + fine_skip.hi)
    return facts, [*operations, operation]


def _roles(context: Context, node: Node, what: str) -> tuple[str, str, TensorFacts, TensorFacts]:
    """Return names and facts of the chain and of the quantised tensor that joins it."""
    first, second = context.data_inputs(node)
    one, two = context.facts[first], context.facts[second]
    if one.form is not Form.QUANTISED and two.form is not Form.QUANTISED:
        raise Refusal(node, f"a {what} of two unquantised branches", "put a quantiser on one of them")
    # The gate is the one without pixels, a factor of pixels the one of a single channel; of two equal candidates the
    # second joins the first.
    without_pixels = one.shape[1:] == (1, 1) and two.shape[1:] != (1, 1)
    single_channel = one.shape == (1, *two.shape[1:]) and two.channels > 1
    swap = one.form is Form.QUANTISED and (two.form is not Form.QUANTISED or without_pixels or single_channel)
    return (second, first, two, one) if swap else (first, second, one, two)
