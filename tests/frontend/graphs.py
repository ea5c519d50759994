"""Builds small QONNX graphs by hand, for the tests of front end and lowering."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

QONNX = "qonnx.custom_op.general"


class GraphBuilder:
    """Adds nodes one by one; every method returns the name of its output tensor."""

    def __init__(self, shape: tuple[int, ...] = (1, 4, 4, 4)) -> None:
        self.shape = shape
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: Any, dtype: Any = np.float32) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), name))
        return name

    def node(self, op: str, *inputs: str, layer: str = "", domain: str = "", **attributes: Any) -> str:
        name = "/" + "/".join([*layer.split("."), op]) if layer else f"{op.lower()}_{len(self.nodes)}"
        output = f"tensor_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [output], name=name, domain=domain, **attributes))
        return output

    def quant(
        self,
        x: str,
        exponent: int = 4,
        bits: float = 8,
        *,
        layer: str = "",
        signed: int = 1,
        narrow: int = 0,
        zero: float = 0.0,
        rounding: str = "ROUND",
        scale: Any = None,
    ) -> str:
        values = [2.0**-exponent if scale is None else scale, zero, bits]
        inputs = [x, *(self.constant(value) for value in values)]
        options = {"signed": signed, "narrow": narrow, "rounding_mode": rounding}
        return self.node("Quant", *inputs, layer=layer, domain=QONNX, **options)

    def sign(self, x: str, *, layer: str = "", scale: float = 1.0) -> str:
        return self.node("BipolarQuant", x, self.constant(scale), layer=layer, domain=QONNX)

    def conv(self, x: str, weights: Any, bias: Any = None, *, layer: str = "", pad: int = 0, **attributes: Any) -> str:
        inputs = [x, self.constant(weights), *([] if bias is None else [self.constant(bias)])]
        options = {"pads": [pad] * 4, **attributes}
        return self.node("Conv", *inputs, layer=layer, **options)

    def sum(self, x: str, *, layer: str = "", keepdims: int = 1) -> str:
        return self.node("ReduceSum", x, self.constant([2, 3], np.int64), layer=layer, keepdims=keepdims)

    def scale(self, x: str, value: Any, *, layer: str = "") -> str:
        return self.node("Mul", x, self.constant(value), layer=layer)

    def model(self, *outputs: str) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes,
            "graph",
            [helper.make_tensor_value_info("images", TensorProto.FLOAT, list(self.shape))],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            self.constants,
        )
        opsets = [helper.make_opsetid(QONNX, 2), helper.make_opsetid("", 20)]
        return helper.make_model(graph, opset_imports=opsets)

    def save(self, folder: Path, *outputs: str) -> Path:
        path = folder / "model.onnx"
        onnx.save_model(self.model(*outputs), str(path))
        return path


def integers(seed: int, *shape: int, lo: int = -7, hi: int = 7, exponent: int = 3) -> Any:
    """Random grid values, float32."""
    return (np.random.default_rng(seed).integers(lo, hi + 1, shape) * 2.0**-exponent).astype(np.float32)


def signs(seed: int, *shape: int) -> Any:
    """Random -1 and +1, float32."""
    return np.random.default_rng(seed).choice(np.array([-1.0, 1.0], dtype=np.float32), shape)
