"""Pass: whatever depends on constants only becomes an initialiser."""

# pyright: basic
import numpy as np
from onnx.reference import ReferenceEvaluator
from qonnx.core.execute_custom_node import execute_custom_node
from qonnx.custom_op.registry import is_custom_op
from qonnx.transformation.base import Transformation

from r2b_hw.frontend.onnx_types import OnnxModel, OnnxNode

_RANDOM = {
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
    "Bernoulli",
    "Multinomial",
}


class FoldConstants(Transformation):
    """Evaluate constant nodes, weight and bias quantisers among them, in one sweep.

    This removes most of the differences between the exporters (Unsqueeze against Reshape, Transpose against none). The
    shapes of tensors are constants too: run shape inference before.
    """

    def apply(self, model: OnnxModel) -> tuple[OnnxModel, bool]:
        """Return the model; never asks to be run again."""
        opsets = {entry.domain: entry.version for entry in model.model.opset_import}
        constants = {entry.name: model.get_initializer(entry.name) for entry in model.graph.initializer}
        folded: list[OnnxNode] = []
        for node in model.graph.node:
            if node.op_type == "Shape":
                shape = model.get_tensor_shape(node.input[0])
                if shape and all(shape) and not node.attribute:
                    constants[node.output[0]] = np.array(shape, dtype=np.int64)
                    folded.append(node)
                continue
            if node.op_type in _RANDOM or any(name and name not in constants for name in node.input):
                continue
            if any(attribute.HasField("g") for attribute in node.attribute):
                continue
            constants.update(_evaluate(node, constants, model, opsets))
            folded.append(node)
        for node in folded:
            for name in node.output:
                model.set_initializer(name, constants[name])
            model.graph.node.remove(node)
        return model, False


def _evaluate(
    node: OnnxNode, constants: dict[str, np.ndarray], model: OnnxModel, opsets: dict[str, int]
) -> dict[str, np.ndarray]:
    if is_custom_op(node.domain, node.op_type):
        context = {name: constants[name] for name in node.input if name}
        context.update(dict.fromkeys(node.output))
        execute_custom_node(node, context, model.graph, onnx_opset_version=opsets.get("", 20))
        return {name: np.asarray(context[name], dtype=np.float32) for name in node.output}
    # A node of the standard domain is evaluated alone; the reference evaluator needs only the standard version.
    evaluator = ReferenceEvaluator(node, opsets={"": opsets.get("", opsets.get("ai.onnx", 20))})
    results = evaluator.run(None, {name: constants[name] for name in node.input if name})
    return dict(zip(node.output, (np.asarray(result) for result in results), strict=True))
