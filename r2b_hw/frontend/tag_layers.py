"""Pass: every node gets the path of its layer, and of the modules whose output it gives."""

# pyright: basic
from qonnx.transformation.base import Transformation

from r2b_hw.frontend.layer_paths import layer_path
from r2b_hw.frontend.onnx_types import OnnxModel, OnnxNode

LAYER = "r2b_hw.layer"
MODULES = "r2b_hw.modules"


class TagLayers(Transformation):
    """Write layer and module paths into the nodes' metadata; run it before anything renames or removes nodes.

    A module's output is the output of the last node of the data path that lies in the module or below it.
    """

    def apply(self, model: OnnxModel) -> tuple[OnnxModel, bool]:
        """Return the model; never asks to be run again."""
        constants = {initializer.name for initializer in model.graph.initializer}
        data = {entry.name for entry in model.graph.input} - constants
        last: dict[str, OnnxNode] = {}
        for node in model.graph.node:
            path = layer_path(node)
            _set(node, LAYER, path)
            if not data.intersection(node.input):
                continue
            data.update(node.output)
            parts = path.split(".") if path else []
            for length in range(1, len(parts) + 1):
                last[".".join(parts[:length])] = node
        for node in model.graph.node:
            _set(node, MODULES, "\n".join(path for path in sorted(last, key=len) if last[path] is node))
        return model, False


def read_tag(node: OnnxNode, key: str) -> str:
    """Return what the pass wrote under ``key``; empty where it did not run."""
    return next((entry.value for entry in node.metadata_props if entry.key == key), "")


def _set(node: OnnxNode, key: str, value: str) -> None:
    kept = [entry for entry in node.metadata_props if entry.key != key]
    del node.metadata_props[:]
    node.metadata_props.extend(kept)
    entry = node.metadata_props.add()
    entry.key, entry.value = key, value
