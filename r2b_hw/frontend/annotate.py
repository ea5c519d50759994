"""Walk a cleaned graph once: facts for every tensor, operations for lowering, every refusal."""

from collections.abc import Callable, Mapping

from r2b_hw.errors import UnsupportedModelError
from r2b_hw.frontend import (
    rules_channels,
    rules_elementwise,
    rules_pooling,
    rules_products,
    rules_quantisers,
    rules_shapes,
)
from r2b_hw.frontend.checked_model import CheckedModel
from r2b_hw.frontend.context import Context
from r2b_hw.frontend.facts import Form, TensorFacts
from r2b_hw.frontend.graph_view import GraphView, Node
from r2b_hw.frontend.head_and_tail import Head, Tail, split_head, split_tail
from r2b_hw.frontend.operations import Operation, Quantise
from r2b_hw.frontend.refusal import Refusal

Rule = Callable[[Context, Node], tuple[TensorFacts, list[Operation]]]

RULES: Mapping[str, Rule] = {
    "Abs": rules_channels.magnitude,
    "Add": rules_elementwise.add,
    "AveragePool": rules_pooling.average_pool,
    "BatchNormalization": rules_elementwise.batch_normalisation,
    "BipolarQuant": rules_quantisers.sign,
    "Conv": rules_products.convolution,
    "Div": rules_elementwise.multiply,
    "Flatten": rules_shapes.reshape,
    "Gemm": rules_products.fully_connected,
    "GlobalAveragePool": rules_pooling.global_mean,
    "LeakyRelu": rules_elementwise.activation,
    "MatMul": rules_products.refuse_product,
    "MaxPool": rules_pooling.max_pool,
    "Mul": rules_elementwise.multiply,
    "PRelu": rules_elementwise.activation,
    "Pad": rules_shapes.pad,
    "Quant": rules_quantisers.quantiser,
    "ReduceMean": rules_channels.reduction,
    "ReduceSum": rules_channels.reduction,
    "Relu": rules_elementwise.activation,
    "Reshape": rules_shapes.reshape,
    "Sigmoid": rules_quantisers.sigmoid,
    "Squeeze": rules_shapes.reshape,
    "Sub": rules_elementwise.add,
    "Transpose": rules_shapes.reshape,
    "Unsqueeze": rules_shapes.reshape,
}

_REMEDIES = {
    "GlobalMaxPool": "use a global sum",
    "Tanh": "use PReLU, ReLU or a sigmoid between two quantisers",
    "HardSigmoid": "use a sigmoid between two quantisers",
    "Clip": "use QuantReLU or QuantIdentity, which saturate",
    "Sign": "use a Brevitas binary QuantIdentity, exported as BipolarQuant",
    "Trunc": "use a quantiser with rounding mode ROUND",
    "IntQuant": "export with a Brevitas version that writes Quant nodes",
}
_BINARY_CONSUMERS = {
    "Conv",
    "Gemm",
    "MatMul",
    "MaxPool",
    "Pad",
    "Reshape",
    "Flatten",
    "Squeeze",
    "Unsqueeze",
    "Transpose",
}


def annotate(view: GraphView) -> CheckedModel:
    """Return the checked model, or raise UnsupportedModelError with every construct that cannot be lowered."""
    problems: list[str] = []
    tail = split_tail(view)
    context = Context(view)
    head: Head | None = None
    quantise: Quantise | None = None
    if not view.nodes:
        raise UnsupportedModelError([f"{view.name}: the model holds no operator; export the whole model"])
    try:
        head = split_head(view)
        quantise = _input_quantiser(context, head)
    except Refusal as refusal:
        problems.append(str(refusal))
    outside = {node.name for node in (*tail.nodes, *(head.nodes if head else ()))}
    for node in view.nodes:
        if node.name in outside:
            continue
        try:
            _step(context, node, tail)
        except Refusal as refusal:
            problems.append(str(refusal))
    result = context.facts.get(tail.tensor)
    if result is not None and result.form in (Form.AFFINE, Form.SIGMOID, Form.ABSOLUTE):
        problems.append(f"{tail.tensor}: the model's output is {result.form.words}; end with a layer or a quantiser")
    if result is not None and result.binary:
        problems.append(f"{tail.tensor}: the model's output is binary; end with a fully connected layer")
    if not problems and not context.operations:
        problems.append(f"{tail.tensor}: nothing is computed between input and output; export the whole model")
    if problems or result is None or head is None or quantise is None:
        raise UnsupportedModelError(list(dict.fromkeys(problems)))
    channels, height, width = context.facts[head.quantiser.outputs[0]].shape
    return CheckedModel(
        name=view.name,
        image_shape=(channels, height, width),
        host_operators=head.operators,
        input=quantise,
        operations=tuple(context.operations),
        output=context.resolve(tail.tensor),
        tail=tuple(node.op for node in tail.nodes),
        vector=len(view.shapes.get(tail.tensor, ())) == 2,
        facts=context.facts,
        budget=context.budget,
    )


def _input_quantiser(context: Context, head: Head) -> Quantise:
    node = head.quantiser
    integer, exponent = rules_quantisers.quantiser_grid(context, node)
    _, channels, height, width = context.view.shapes[context.view.input]
    context.facts[node.outputs[0]] = rules_quantisers.quantised_facts((channels, height, width), integer, exponent)
    return Quantise(
        **context.place(node),
        input=context.view.input,
        integer=integer,
        exponent=exponent,
    )


def _step(context: Context, node: Node, tail: Tail) -> None:
    rule = RULES.get(node.op)
    if rule is None:
        remedy = _REMEDIES.get(node.op, f"supported are {', '.join(RULES)}")
        raise Refusal(node, "this operator is not supported", remedy)
    inputs = context.data_inputs(node)
    if any(name not in context.facts for name in inputs):
        return
    for name in inputs:
        facts = context.facts[name]
        if facts.binary and node.op not in _BINARY_CONSUMERS:
            raise Refusal(
                node, "it reads a binary tensor", "only convolutions, fully connected layers and max pools may"
            )
        if facts.form is Form.ABSOLUTE and node.op not in ("ReduceSum", "ReduceMean"):
            raise Refusal(node, f"it reads {facts.form.words}", "sum it over the channels first")
        if facts.padding != (0, 0) and node.op != "Conv":
            raise Refusal(node, "it reads a padded map", "only a convolution may follow padding")
    facts, operations = rule(context, node)
    readers = [reader for reader in context.view.consumers(node.outputs[0]) if reader not in tail.nodes]
    consumers = len(readers) + (node.outputs[0] == tail.tensor)
    reusable = facts.form is Form.QUANTISED or _is_affine_of_quantised(context, facts)
    if consumers > 1 and not reusable:
        raise Refusal(node, f"{facts.form.words} is used {consumers} times", "put a QuantIdentity after it")
    context.facts[node.outputs[0]] = facts
    context.operations.extend(operations)


def _is_affine_of_quantised(context: Context, facts: TensorFacts) -> bool:
    return facts.form is Form.AFFINE and context.facts[facts.base].form is Form.QUANTISED
