"""Copies a model file so that the copy stands alone."""

from pathlib import Path

import onnx
from onnx.external_data_helper import uses_external_data


def copy_model(path: Path, target: Path) -> None:
    """Copy ``path`` to ``target``; weights that lie beside the file go into the copy."""
    bare = onnx.load(str(path), load_external_data=False)
    if any(uses_external_data(tensor) for tensor in bare.graph.initializer):
        onnx.save(onnx.load(str(path)), str(target))
    else:
        target.write_bytes(path.read_bytes())
