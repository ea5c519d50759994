"""From a QONNX file to a checked model."""

# pyright: basic
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.general import RemoveStaticGraphInputs
from qonnx.transformation.infer_shapes import InferShapes

from r2b_hw.errors import InputError
from r2b_hw.frontend.annotate import annotate
from r2b_hw.frontend.checked_model import CheckedModel
from r2b_hw.frontend.fold_constants import FoldConstants
from r2b_hw.frontend.graph_view import GraphView, view_graph
from r2b_hw.frontend.normalise_products import NormaliseProducts
from r2b_hw.frontend.onnx_types import OnnxModel
from r2b_hw.frontend.order_opset_imports import OrderOpsetImports
from r2b_hw.frontend.skip_identities import SkipIdentities
from r2b_hw.frontend.tag_layers import TagLayers

_TAGGING = (OrderOpsetImports, TagLayers, RemoveStaticGraphInputs)
_CLEANING = (InferShapes, FoldConstants, SkipIdentities, NormaliseProducts, InferShapes)


def load_model(path: Path | str) -> CheckedModel:
    """Read, clean and check the QONNX file at ``path``.

    Raises
    ------
    InputError
        The file is missing or no ONNX model.
    UnsupportedModelError
        The model breaks the numeric contract or holds constructs that cannot be lowered; all are listed.
    """
    return annotate(clean_graph(read_tagged(path), Path(path).stem))


def read_tagged(path: Path | str) -> OnnxModel:
    """Return the file as exported, its nodes tagged with layer and module paths."""
    try:
        proto = onnx.load(str(path))
        model = ModelWrapper(proto)
        model.graph  # noqa: B018 - a file of other content parses to a model without a graph
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except (DecodeError, OSError, ValueError, onnx.checker.ValidationError) as error:
        raise InputError(f"{path}: not an ONNX model ({error}); export one with r2b-hw export") from None
    if not proto.graph.node:
        raise InputError(f"{path}: not an ONNX model, or an empty one; export one with r2b-hw export")
    return _transformed(model, _TAGGING)


def clean_graph(model: OnnxModel, name: str) -> GraphView:
    """Return the view of a tagged model after constant folding and normalisation; ``model`` is changed."""
    return view_graph(_transformed(model, _CLEANING), name)


def _transformed(model: OnnxModel, passes: tuple[type, ...]) -> OnnxModel:
    # qonnx's own cleaning between passes would reorder nodes and rename parameters.
    for transformation in passes:
        model = model.transform(transformation(), make_deepcopy=False, cleanup=False)
    return model
