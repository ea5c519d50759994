"""Pass: every fully connected layer becomes Gemm with the weights as (outputs, inputs)."""

# pyright: basic
import numpy as np
from onnx import helper
from qonnx.transformation.base import Transformation

from r2b_hw.frontend.onnx_types import OnnxModel, OnnxNode


class NormaliseProducts(Transformation):
    """Turn MatMul by a constant, and Gemm with untransposed weights, into Gemm(transB=1).

    MatMul comes from a Linear without bias. Node names, metadata and output tensors stay.
    """

    def apply(self, model: OnnxModel) -> tuple[OnnxModel, bool]:
        """Return the model; never asks to be run again."""
        for node in model.graph.node:
            if len(node.input) < 2 or not node.output:
                continue
            weights = model.get_initializer(node.input[1])
            if weights is None or weights.ndim != 2:
                continue
            if node.op_type == "MatMul":
                node.op_type = "Gemm"
                node.attribute.extend([helper.make_attribute("alpha", 1.0), helper.make_attribute("beta", 1.0)])
                _transpose(node, model, weights)
            elif node.op_type == "Gemm" and not _attribute(node, "transB"):
                _transpose(node, model, weights)
        return model, False


def _attribute(node: OnnxNode, name: str) -> int:
    return next((helper.get_attribute_value(entry) for entry in node.attribute if entry.name == name), 0)


def _transpose(node: OnnxNode, model: OnnxModel, weights: np.ndarray) -> None:
    name = f"{node.output[0]}.weights"
    model.set_initializer(name, np.ascontiguousarray(weights.T))
    node.input[1] = name
    kept = [entry for entry in node.attribute if entry.name != "transB"]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute("transB", 1)])
