"""The QONNX rung of verification: the file as exported, with qonnx's operators and ONNX Runtime."""

# pyright: basic
import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from qonnx.transformation.infer_shapes import InferShapes

from r2b_hw.errors import InputError
from r2b_hw.frontend.head_and_tail import split_tail
from r2b_hw.frontend.load import clean_graph, read_tagged
from r2b_hw.frontend.node_executor import NodeExecutor
from r2b_hw.frontend.tag_layers import MODULES, read_tag

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Executed:
    """What the QONNX file computes.

    Attributes
    ----------
    outputs
        (N, ...) float32: the tensor that leaves the accelerator, before a float tail such as softmax.
    tensors
        Module path -> output of that module, (N, ...) float32; empty unless asked for.
    """

    outputs: Array
    tensors: Mapping[str, Array]


def execute(path: Path | str, images: Array, *, tensors: bool = True) -> Executed:
    """Execute the file at ``path`` on images (N, C, H, W) float32, one at a time, nothing rewritten.

    Each node runs by itself, as in qonnx's own executor.

    Raises
    ------
    InputError
        The file cannot be read, or the images do not have the model's shape and type.
    """
    model = read_tagged(path)
    view = clean_graph(copy.deepcopy(model), Path(path).stem)
    model = model.transform(InferShapes(), make_deepcopy=False, cleanup=False)
    expected = view.shapes[view.input]
    if images.ndim != 4 or images.shape[1:] != expected[1:] or images.dtype != np.float32:
        sizes = "x".join(map(str, expected[1:]))
        raise InputError(f"images: expected N x {sizes} float32 (NCHW), got {images.shape} {images.dtype}")
    output = split_tail(view).tensor
    modules = {
        path: node.output[0]
        for node in model.graph.node
        for path in read_tag(node, MODULES).split("\n")
        if path and tensors
    }
    outputs: list[Array] = []
    captured: dict[str, list[Array]] = {module: [] for module in modules}
    executor = NodeExecutor(model)
    for image in images:
        context = executor.run(view.input, image[None])
        outputs.append(np.array(context[output], dtype=np.float32))
        for module, tensor in modules.items():
            captured[module].append(np.array(context[tensor], dtype=np.float32))
    return Executed(np.concatenate(outputs), {module: np.concatenate(parts) for module, parts in captured.items()})
