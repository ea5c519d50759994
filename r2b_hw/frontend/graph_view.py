"""A typed, read-only view of a cleaned ONNX graph; rules and lowering see no protobuf."""

# pyright: basic
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import helper

from r2b_hw.errors import UnsupportedModelError
from r2b_hw.frontend.onnx_types import OnnxModel, OnnxNode
from r2b_hw.frontend.tag_layers import LAYER, MODULES, read_tag

Constant = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Node:
    """One operator.

    ``layer`` is its module path, ``modules`` the paths of the modules whose output it gives, outermost first.
    """

    op: str
    name: str
    layer: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    modules: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Name, operator and layer, as error messages give them."""
        where = f" of layer {self.layer}" if self.layer and self.layer != self.name else ""
        return f"{self.name} ({self.op}){where}"


@dataclass(frozen=True, eq=False)
class GraphView:
    """A graph with one input and one output.

    Attributes
    ----------
    constants
        Initialisers by tensor name.
    shapes
        Shapes by tensor name, batch first, where known.
    """

    name: str
    input: str
    output: str
    nodes: tuple[Node, ...]
    constants: Mapping[str, Constant]
    shapes: Mapping[str, tuple[int, ...]]

    def consumers(self, tensor: str) -> list[Node]:
        """Return the nodes that read ``tensor``."""
        return [node for node in self.nodes if tensor in node.inputs]


def view_graph(model: OnnxModel, name: str) -> GraphView:
    """Return the view of ``model``; UnsupportedModelError unless it has one input and one output."""
    problems = []
    for what, entries in (("input", model.graph.input), ("output", model.graph.output)):
        if len(entries) != 1:
            names = ", ".join(entry.name for entry in entries)
            problems.append(
                f"{name}: {len(entries)} {what}s ({names}), one is supported; export one image to one result"
            )
    if problems:
        raise UnsupportedModelError(problems)
    live = _live_nodes(model)
    nodes = tuple(
        Node(
            op=node.op_type,
            name=node.name or node.output[0],
            layer=read_tag(node, LAYER),
            inputs=tuple(node.input),
            outputs=tuple(node.output),
            attributes={entry.name: _plain(helper.get_attribute_value(entry)) for entry in node.attribute},
            modules=tuple(path for path in read_tag(node, MODULES).split("\n") if path),
        )
        for node in live
    )
    constants = {entry.name: np.asarray(model.get_initializer(entry.name)) for entry in model.graph.initializer}
    return GraphView(name, model.graph.input[0].name, model.graph.output[0].name, nodes, constants, _shapes(model))


def _live_nodes(model: OnnxModel) -> list[OnnxNode]:
    needed = {entry.name for entry in model.graph.output}
    live: list[OnnxNode] = []
    for node in reversed(model.graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            live.append(node)
    return live[::-1]


def _plain(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


def _shapes(model: OnnxModel) -> dict[str, tuple[int, ...]]:
    entries = [*model.graph.input, *model.graph.value_info, *model.graph.output]
    return {
        entry.name: tuple(int(dim.dim_value) for dim in entry.type.tensor_type.shape.dim)
        for entry in entries
        if entry.type.tensor_type.HasField("shape")
    }
