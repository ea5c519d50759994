"""What the rules share while a graph is walked."""

from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np

from r2b_hw.frontend.budget import EXACT_BITS, WIDEST_SHIFT, bits_of
from r2b_hw.frontend.facts import TensorFacts
from r2b_hw.frontend.graph_view import Constant, GraphView, Node
from r2b_hw.frontend.grids import Reals
from r2b_hw.frontend.operations import Operation
from r2b_hw.frontend.refusal import Refusal
from r2b_hw.numeric.rounding import Integers


class Place(TypedDict):
    """The fields of an operation that come from its node."""

    node: str
    layer: str
    output: str
    module: str | None


@dataclass(eq=False)
class Context:
    """Facts of the tensors seen so far and the operations found; a tensor without facts is the result of a refusal."""

    view: GraphView
    facts: dict[str, TensorFacts] = field(default_factory=dict[str, TensorFacts])
    operations: list[Operation] = field(default_factory=list[Operation])
    budget: dict[str, int] = field(default_factory=dict[str, int])
    aliases: dict[str, str] = field(default_factory=dict[str, str])

    def data_inputs(self, node: Node) -> list[str]:
        """Return the inputs of ``node`` that are no constants."""
        return [name for name in node.inputs if name and name not in self.view.constants]

    def resolve(self, tensor: str) -> str:
        """Return the tensor an operation gives for ``tensor``, through reshapes that move no data."""
        return self.aliases.get(tensor, tensor)

    def constant(self, node: Node, index: int) -> Constant | None:
        """Return the constant at input ``index``, None where there is no such input; Refusal where it is computed."""
        if index >= len(node.inputs) or not node.inputs[index]:
            return None
        value = self.view.constants.get(node.inputs[index])
        if value is None:
            wrong = f"input {index} is computed at run time"
            raise Refusal(node, wrong, "only constant weights and parameters are supported")
        return value

    def required(self, node: Node, index: int) -> Constant:
        """Return the constant at input ``index``; Refusal where it is missing or computed."""
        value = self.constant(node, index)
        if value is None:
            raise Refusal(node, f"input {index} is missing", "export the model again")
        return value

    def channel_values(self, node: Node, value: Constant, facts: TensorFacts) -> Reals:
        """Return a constant operand of a map as (C,) float64; Refusal where it varies over pixels."""
        rank = len(self.view.shapes.get(node.outputs[0], ()))
        shape = (1,) * (rank - value.ndim) + value.shape
        if value.size == 1:
            return np.full(facts.channels, float(value.reshape(-1)[0]))
        if len(shape) < 2 or shape[1] != facts.channels or value.size != facts.channels:
            wrong = f"its constant has shape {tuple(value.shape)}"
            raise Refusal(node, wrong, f"only one value, or one a channel ({facts.channels}), is supported")
        return value.reshape(-1).astype(np.float64)

    def prove(self, node: Node, magnitudes: Integers, remedy: str) -> None:
        """Record the worst case ``magnitudes`` (C,) over the common grid; Refusal where one reaches 2**24."""
        bits = bits_of(magnitudes)
        if bits > EXACT_BITS:
            wrong = f"its worst case needs {bits} bits and float32 is exact up to {EXACT_BITS}"
            raise Refusal(node, wrong, remedy)
        place = node.layer or node.name
        self.budget[place] = max(self.budget.get(place, 0), bits)

    def check_grids(self, node: Node, *grids: Integers) -> None:
        """Refuse ``node`` where two of the exponents that meet in it, (C,) each, are too far apart to be aligned."""
        exponents = np.concatenate(grids)
        distance = int(exponents.max() - exponents.min())
        if distance > WIDEST_SHIFT:
            wrong = f"grids that differ by a factor of 2**{distance} meet"
            raise Refusal(node, wrong, "bring the scales closer together")

    def place(self, node: Node) -> Place:
        """Return what an operation takes from ``node``; its module is the innermost whose output ``node`` gives."""
        module = node.modules[-1] if node.modules else None
        return Place(node=node.name, layer=node.layer, output=node.outputs[0], module=module)
