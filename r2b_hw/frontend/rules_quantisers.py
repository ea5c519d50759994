"""Rules for quantisers and what stands right before them: sign, and the sigmoid between two quantisers."""

from dataclasses import replace

import numpy as np

from r2b_hw.frontend.context import Context
from r2b_hw.frontend.facts import Form, TensorFacts, per_channel
from r2b_hw.frontend.graph_view import Node
from r2b_hw.frontend.grids import power_of_two
from r2b_hw.frontend.operations import Binarise, Operation, Quantise, SigmoidTable
from r2b_hw.frontend.refusal import Refusal
from r2b_hw.frontend.rules_multipliers import QUANTISE_AFFINE, constants_applied
from r2b_hw.frontend.sigmoid import sigmoid_steps
from r2b_hw.numeric.integer_type import IntegerType

Result = tuple[TensorFacts, list[Operation]]

SMALLEST_MARGIN = 0.001
"""Distance from a rounding boundary, in output steps, below which two correct sigmoids may round differently."""


def quantiser_grid(context: Context, node: Node) -> tuple[IntegerType, int]:
    """Return integer type and exponent of a Quant node; Refusal where it is no plain power-of-two quantiser."""
    scale, zero, bits = (context.required(node, index) for index in (1, 2, 3))
    if scale.size != 1:
        remedy = "use a per-tensor activation quantiser"
        raise Refusal(node, f"an activation scale for each of {scale.size} channels", remedy)
    exponent = power_of_two(float(scale.reshape(-1)[0]))
    if exponent is None:
        remedy = "use a fixed-point activation quantiser"
        raise Refusal(node, f"scale {float(scale.reshape(-1)[0]):g} is no power of two", remedy)
    if np.any(zero != 0):
        raise Refusal(node, f"zero point {float(zero.reshape(-1)[0]):g}", "use a symmetric quantiser, zero point 0")
    rounding = str(node.attributes.get("rounding_mode", "ROUND")).upper()
    if rounding not in ("ROUND", "HALF_EVEN"):
        raise Refusal(node, f"rounding mode {rounding}", "use ROUND, which rounds half to even")
    width = float(bits.reshape(-1)[0])
    signed, narrow = bool(node.attributes.get("signed", 1)), bool(node.attributes.get("narrow", 0))
    if bits.size != 1 or width != int(width) or not (2 if signed else 1) <= width <= 24:
        raise Refusal(node, f"a width of {width:g} bits", "use one whole width, 2 to 24 bits")
    full = IntegerType.of_bits(int(width), signed=signed)
    if narrow:
        full = IntegerType(full.lo + 1, full.hi) if signed else IntegerType(full.lo, full.hi - 1)
    return full, -exponent


def quantiser(context: Context, node: Node) -> Result:
    """Quant of a chain, or of a sigmoid."""
    integer, exponent = quantiser_grid(context, node)
    x = context.facts[node.inputs[0]]
    result = quantised_facts(x.shape, integer, exponent)
    if x.form is Form.SIGMOID:
        values = sigmoid_steps(int(x.lo[0]), int(x.hi[0]), x.exponent or 0, exponent)
        # Beyond the range both neighbours of a boundary saturate to the same integer.
        inside = (np.floor(values) >= integer.lo) & (np.floor(values) < integer.hi)
        margin = np.abs(values - np.floor(values) - 0.5).min(initial=0.5, where=inside)
        if margin < SMALLEST_MARGIN:
            remedy = "use other quantiser widths or scales around the sigmoid"
            raise Refusal(node, f"a sigmoid lies {margin:.1e} steps from a rounding boundary", remedy)
        table = np.clip(np.rint(values), integer.lo, integer.hi).astype(np.int64)
        lookup = SigmoidTable(**context.place(node), input=x.base, table=table, integer=integer, exponent=exponent)
        return result, [lookup]
    x, operations, source = constants_applied(context, node, node.inputs[0])
    if x.form is Form.AFFINE:
        raise Refusal(node, f"its input is {x.form.words}, which float32 does not evaluate exactly", QUANTISE_AFFINE)
    operation = Quantise(**context.place(node), input=source, integer=integer, exponent=exponent)
    return result, [*operations, operation]


def quantised_facts(shape: tuple[int, int, int], integer: IntegerType, exponent: int) -> TensorFacts:
    """Return the facts of a quantiser's output."""
    lo, hi, exponents = (per_channel(value, shape[0]) for value in (integer.lo, integer.hi, exponent))
    return TensorFacts(Form.QUANTISED, shape, lo, hi, exponents, scalable=False)


def sign(context: Context, node: Node) -> Result:
    """BipolarQuant of an integer tensor, or of an affine of one."""
    scale = context.required(node, 1)
    if scale.size != 1 or float(scale.reshape(-1)[0]) != 1.0:
        raise Refusal(node, f"a binary activation scale of {float(scale.reshape(-1)[0]):g}", "use scaling_const = 1.0")
    x = context.facts[node.inputs[0]]
    if x.form is Form.SIGMOID:
        raise Refusal(node, "the sign of a sigmoid", "quantise the sigmoid, or remove it")
    source = x.base if x.form is Form.AFFINE else context.resolve(node.inputs[0])
    channels = x.channels
    operation = Binarise(
        **context.place(node),
        input=source,
        steps=x.steps,
    )
    plus, zero = per_channel(1, channels), per_channel(0, channels)
    return TensorFacts(Form.QUANTISED, x.shape, -plus, plus, zero, binary=True, scalable=False), [operation]


def sigmoid(context: Context, node: Node) -> Result:
    """Sigmoid of a quantised tensor; its own quantiser makes it a table."""
    x = context.facts[node.inputs[0]]
    if x.form is not Form.QUANTISED:
        raise Refusal(node, f"its input is {x.form.words}", "put a quantiser of at most 8 bits before the sigmoid")
    if int(x.hi[0] - x.lo[0]) >= 1 << 12:
        raise Refusal(node, f"a table of {int(x.hi[0] - x.lo[0]) + 1} entries", "quantise to at most 12 bits before it")
    return replace(x, form=Form.SIGMOID, base=context.resolve(node.inputs[0])), []
