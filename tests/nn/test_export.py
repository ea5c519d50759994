"""The exported file, executed by qonnx, equals torch bit for bit."""

# pyright: basic
from pathlib import Path

import numpy as np
import onnx
import pytest
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

from r2b_hw.nn import EXPORTERS, Exporter, evaluate, export_qonnx, random_frozen_network, random_images

from .networks import VARIANTS

CASES = [("gated", exporter) for exporter in EXPORTERS] + [("wide_input", "torchscript"), ("bare", "dynamo")]


@pytest.mark.parametrize(("name", "exporter"), CASES)
def test_exported_file_equals_torch(name: str, exporter: Exporter, tmp_path: Path) -> None:
    options = VARIANTS[name]
    model = random_frozen_network(options, seed=11)
    images = random_images(options, 4, seed=12)
    reference = evaluate(model, images)
    path = export_qonnx(model, images[:1], tmp_path / "model.onnx", exporter)
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]
    proto = onnx.load(str(path), load_external_data=False)
    assert [value.name for value in proto.graph.input] == ["images"]
    operators = {node.op_type for node in proto.graph.node}
    assert "BatchNormalization" not in operators
    assert {"Quant", "BipolarQuant"} <= operators
    # qonnx reads the first opset entry, which has to be the standard domain.
    opsets = sorted(proto.opset_import, key=lambda entry: entry.domain != "")
    del proto.opset_import[:]
    proto.opset_import.extend(opsets)
    wrapper = ModelWrapper(proto).transform(InferShapes())
    for index in range(len(images)):
        outputs = execute_onnx(wrapper, {"images": images[index : index + 1].numpy()})
        assert np.array_equal(outputs["logits"], reference.outputs[index : index + 1])


def test_torchscript_keeps_hierarchical_names(tmp_path: Path) -> None:
    options = VARIANTS["gated"]
    model = random_frozen_network(options, seed=1)
    path = export_qonnx(model, random_images(options, 1, 0), tmp_path / "model.onnx", "torchscript")
    names = [node.name for node in onnx.load(str(path)).graph.node]
    assert any(name.startswith("/blocks.1/gate/fc1/") for name in names)
