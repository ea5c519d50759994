"""What the host computes: float operators before the first quantiser and after the last exact tensor."""

from dataclasses import dataclass

import numpy as np

from r2b_hw.frontend.graph_view import GraphView, Node
from r2b_hw.frontend.grids import power_of_two
from r2b_hw.frontend.refusal import Refusal

_HOST_OPERATORS = {"Add": "add", "Sub": "subtract", "Mul": "multiply", "Div": "divide"}
_TAIL = {"Softmax", "LogSoftmax", "Sigmoid", "Tanh", "ArgMax"}


@dataclass(frozen=True)
class Head:
    """Host operators and the input quantiser; ``nodes`` holds all of them."""

    operators: tuple[tuple[str, tuple[float, ...]], ...]
    quantiser: Node
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Tail:
    """``tensor`` leaves the accelerator, ``nodes`` follow it on the host, first to last."""

    tensor: str
    nodes: tuple[Node, ...]


def split_head(view: GraphView) -> Head:
    """Return the chain from the model's input to its quantiser; Refusal where there is none."""
    shape = view.shapes.get(view.input, ())
    operators: list[tuple[str, tuple[float, ...]]] = []
    nodes: list[Node] = []
    tensor = view.input
    while True:
        consumers = view.consumers(tensor)
        if not consumers:
            raise Refusal(view.nodes[-1], f"the output does not depend on the input {tensor}", "export the model again")
        node = consumers[0]
        if len(shape) != 4 or shape[0] != 1 or 0 in shape:
            sizes = "x".join(map(str, shape))
            raise Refusal(node, f"the model's input is {sizes}", "export with one image of shape 1 x C x H x W")
        if len(consumers) > 1:
            raise Refusal(node, "the unquantised input has several consumers", "quantise the input first")
        nodes.append(node)
        if node.op == "Quant":
            return Head(tuple(operators), node, tuple(nodes))
        values = [view.constants[name] for name in node.inputs if name in view.constants]
        if node.op not in _HOST_OPERATORS or len(values) != 1:
            remedy = "put a QuantIdentity of 2 to 12 bits first; before it only + - * / by constants"
            raise Refusal(node, "the model's input is not quantised before it", remedy)
        if node.inputs[0] != tensor and node.op in ("Sub", "Div"):
            raise Refusal(node, "a constant minus or over the input", "normalise as (x - mean) / std")
        if values[0].size != 1 and (values[0].size != shape[1] or values[0].shape[-2:] != (1, 1)):
            raise Refusal(node, f"a constant of shape {values[0].shape}", "use one value, or one a channel")
        operand = tuple(float(value) for value in values[0].reshape(-1).astype(np.float32))
        operators.append((_HOST_OPERATORS[node.op], operand))
        tensor = node.outputs[0]


def split_tail(view: GraphView) -> Tail:
    """Return the float operators at the end of the model and the tensor before them."""
    producers = {output: node for node in view.nodes for output in node.outputs}
    tensor = view.output
    nodes: list[Node] = []
    while tensor in producers:
        node = producers[tensor]
        if node.op not in _TAIL and not _is_float_scale(view, node):
            break
        nodes.append(node)
        tensor = next(name for name in node.inputs if name not in view.constants)
    return Tail(tensor, tuple(reversed(nodes)))


def _is_float_scale(view: GraphView, node: Node) -> bool:
    constants = [view.constants[name] for name in node.inputs if name in view.constants]
    if node.op not in ("Mul", "Div") or len(constants) != 1:
        return False
    return any(power_of_two(float(value)) is None for value in constants[0].reshape(-1))
