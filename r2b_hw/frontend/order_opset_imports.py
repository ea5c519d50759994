"""Pass: the standard operator set first."""

# pyright: basic
from qonnx.transformation.base import Transformation

from r2b_hw.frontend.onnx_types import OnnxModel


class OrderOpsetImports(Transformation):
    """Put the standard domain first in ``opset_import``.

    The dynamo exporter lists qonnx's domain first, and qonnx takes the first entry for the standard one.
    """

    def apply(self, model: OnnxModel) -> tuple[OnnxModel, bool]:
        """Return the model and whether the order changed; never asks to be run again."""
        imports = model.model.opset_import
        ordered = sorted(imports, key=lambda entry: entry.domain not in ("", "ai.onnx"))
        if list(imports) != ordered:
            del imports[:]
            imports.extend(ordered)
        return model, False
