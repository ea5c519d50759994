"""The QONNX rung executes the file as exported, as qonnx's own executor would."""

# pyright: basic
from pathlib import Path

import numpy as np
import onnx
import pytest
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from r2b_hw.errors import InputError
from r2b_hw.frontend import execute

from .graphs import GraphBuilder, integers, signs


def network(folder: Path) -> Path:
    g = GraphBuilder()
    x = g.quant("images", layer="input.act_quant.export_handler")
    bits = g.sign(x, layer="block.sign")
    weights = g.sign(g.constant(signs(1, 4, 4, 3, 3) * 0.3), layer="block.conv.weight_quant")
    branch = g.node("Conv", bits, weights, layer="block.conv", pads=[1] * 4)
    y = g.quant(g.node("Add", branch, x, layer="block"), exponent=2, bits=6, layer="block.out")
    vector = g.sum(y, keepdims=0)
    logits = g.node("Gemm", vector, g.constant(integers(2, 3, 4)), transB=1, layer="classifier")
    return g.save(folder, g.node("Softmax", logits, axis=1))


def test_equals_the_executor_of_qonnx_on_every_tensor(tmp_path: Path) -> None:
    path = network(tmp_path)
    images = np.random.default_rng(0).normal(0, 3, (3, 4, 4, 4)).astype(np.float32)
    executed = execute(path, images)
    proto = onnx.load(str(path))
    proto.opset_import.sort(key=lambda entry: entry.domain)
    model = ModelWrapper(proto).transform(InferShapes())
    names = {"input": "Quant", "block.sign": "BipolarQuant", "block.conv": "Conv", "classifier": "Gemm"}
    assert set(executed.tensors) == {"input", "block.sign", "block.conv", "block", "block.out", "classifier"}
    for index in range(len(images)):
        context = execute_onnx(model, {"images": images[index : index + 1]}, return_full_exec_context=True)
        for module, op in names.items():
            node = next(n for n in proto.graph.node if n.op_type == op and f"/{module.replace('.', '/')}" in n.name)
            assert np.array_equal(executed.tensors[module][index : index + 1], context[node.output[0]])
        # Before the softmax.
        assert np.array_equal(executed.outputs[index : index + 1], context[proto.graph.node[-1].input[0]])
    assert np.array_equal(executed.tensors["block"], executed.tensors["block.out"])


def test_captures_nothing_unless_asked(tmp_path: Path) -> None:
    assert execute(network(tmp_path), np.zeros((1, 4, 4, 4), dtype=np.float32), tensors=False).tensors == {}


@pytest.mark.parametrize("images", [np.zeros((1, 4, 4, 5), np.float32), np.zeros((1, 4, 4, 4)), np.zeros((4, 4, 4))])
def test_refuses_other_images(images: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected N x 4x4x4 float32"):
        execute(network(tmp_path), images)
