"""Pass: Identity, and Dropout at inference, vanish."""

# pyright: basic
from qonnx.transformation.base import Transformation

from r2b_hw.frontend.onnx_types import OnnxModel


class SkipIdentities(Transformation):
    """Join the consumers of Identity and Dropout to the nodes' inputs; one that gives the model's output stays."""

    def apply(self, model: OnnxModel) -> tuple[OnnxModel, bool]:
        """Return the model; never asks to be run again."""
        outputs = {entry.name for entry in model.graph.output}
        replaced: dict[str, str] = {}
        skipped = []
        for node in model.graph.node:
            for index, name in enumerate(node.input):
                node.input[index] = replaced.get(name, name)
            if node.op_type in ("Identity", "Dropout") and node.output[0] not in outputs:
                replaced[node.output[0]] = node.input[0]
                skipped.append(node)
        for node in skipped:
            model.graph.node.remove(node)
        return model, False
