"""Names of the untyped onnx and qonnx classes that the passes handle."""

from typing import Any, TypeAlias

OnnxModel: TypeAlias = Any
"""A qonnx ``ModelWrapper``; qonnx carries no types."""

OnnxNode: TypeAlias = Any
"""An onnx ``NodeProto``."""
