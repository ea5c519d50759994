"""Executes an ONNX graph node by node as qonnx's executor does, keeping what does not change between images.

qonnx builds a session a node and image; here sessions are kept, and nodes that depend on constants only run once.
"""

# pyright: basic
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime
from onnx import helper
from qonnx.core.execute_custom_node import execute_custom_node
from qonnx.custom_op.registry import is_custom_op
from qonnx.util.basic import qonnx_make_model

from r2b_hw.frontend.onnx_types import OnnxModel, OnnxNode

Context = dict[str, np.ndarray | None]
Step = Callable[[Context], None]


class NodeExecutor:
    """Runs ``model``, whose tensors all have shapes, on one input tensor at a time."""

    def __init__(self, model: OnnxModel) -> None:
        self._constants: Context = {entry.name: model.get_initializer(entry.name) for entry in model.graph.initializer}
        opsets = {entry.domain: entry.version for entry in model.model.opset_import}
        entries = [*model.graph.input, *model.graph.value_info, *model.graph.output]
        types = {entry.name: entry for entry in entries}
        self._steps: list[Step] = []
        for node in model.graph.node:
            step = _step(node, model, opsets, types)
            if all(name in self._constants for name in node.input if name):
                step(self._constants)
            else:
                self._steps.append(step)

    def run(self, name: str, value: np.ndarray) -> Context:
        """Return every tensor by name for the graph input ``name``."""
        context = {**self._constants, name: value}
        for step in self._steps:
            step(context)
        return context


def _step(node: OnnxNode, model: OnnxModel, opsets: dict[str, int], types: dict[str, Any]) -> Step:
    version = opsets.get("", opsets.get("ai.onnx", 20))
    if is_custom_op(node.domain, node.op_type):

        def run_custom(context: Context) -> None:
            context.update(dict.fromkeys(node.output))
            execute_custom_node(node, context, model.graph, onnx_opset_version=version)

        return run_custom
    inputs = [name for name in node.input if name]
    outputs = [name for name in node.output if name]
    graph = helper.make_graph(
        [node],
        "one_node",
        [types[name] for name in dict.fromkeys(inputs)],
        [types[name] for name in outputs],
    )
    single = qonnx_make_model(graph)
    single.opset_import[0].version = version
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(single.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def run_standard(context: Context) -> None:
        results = session.run(outputs, {name: context[name] for name in inputs})
        for name, result in zip(outputs, results, strict=True):
            context[name] = np.asarray(result)

    return run_standard
