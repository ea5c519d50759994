"""Export of a frozen network to a QONNX file."""

# pyright: basic
import io
import logging
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np
import onnx
import torch
from brevitas.export import export_qonnx as brevitas_export_qonnx
from numpy.typing import NDArray
from torch import Tensor, nn

from r2b_hw.errors import InputError

Exporter = Literal["torchscript", "dynamo"]
EXPORTERS: tuple[Exporter, ...] = ("torchscript", "dynamo")


def export_qonnx(
    model: nn.Module, example: Tensor | NDArray[np.float32], path: Path | str, exporter: Exporter = "torchscript"
) -> Path:
    """Write ``model`` as one QONNX file without external data.

    Parameters
    ----------
    model
        A frozen network.
    example
        One image, (1, C, H, W) float32, as a tensor or an array.
    path
        The file to write; its folder is created.
    exporter
        ``torchscript`` keeps hierarchical node names; ``dynamo`` keeps module paths in node metadata.

    Raises
    ------
    InputError
        An unknown exporter.
    """
    if exporter not in EXPORTERS:
        raise InputError(f"exporter '{exporter}' is unknown; choose one of {', '.join(EXPORTERS)}")
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"dynamo": True, "optimize": True, "verbose": False} if exporter == "dynamo" else {"dynamo": False}
    with TemporaryDirectory() as folder, warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        target = Path(folder) / "model.onnx"
        level = logging.getLogger("torch.onnx").level
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        try:
            with torch.no_grad():
                brevitas_export_qonnx(
                    model.eval(),
                    args=(torch.as_tensor(example),),
                    export_path=str(target),
                    input_names=["images"],
                    output_names=["logits"],
                    keep_initializers_as_inputs=False,
                    **options,
                )
        finally:
            logging.getLogger("torch.onnx").setLevel(level)
        proto = onnx.load(str(target), load_external_data=True)
        onnx.save_model(proto, str(path), save_as_external_data=False)
    return path
