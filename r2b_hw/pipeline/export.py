"""Exports a checkpoint to a QONNX file and holds its execution against PyTorch."""

from pathlib import Path

import numpy as np

from r2b_hw.errors import InputError, MismatchError
from r2b_hw.pipeline.console import Console
from r2b_hw.pipeline.source import known_exporter


def export_checkpoint(checkpoint: Path, output: Path, *, exporter: str, images: int, console: Console) -> None:
    """Write ``output``; raise MismatchError naming the layer if executing it differs from PyTorch anywhere."""
    if not checkpoint.is_file():
        raise InputError(f"{checkpoint}: not found; r2b-hw train writes one")
    from r2b_hw.frontend.executed import execute
    from r2b_hw.nn import evaluate, export_qonnx
    from r2b_hw.training import load_checkpoint, load_dataset

    chosen = known_exporter(exporter)
    trained = load_checkpoint(checkpoint)
    samples, _ = load_dataset(trained.flow.data).test.examples(images)
    with console.step(f"export {output}"):
        export_qonnx(trained.model, samples[:1], output, chosen)
    with console.step("execute it") as found:
        golden = evaluate(trained.model, samples)
        executed = execute(output, samples)
        shared = [name for name in golden.tensors if name in executed.tensors]
        for name in shared:
            expected = golden.tensors[name]
            if not np.array_equal(expected, executed.tensors[name].reshape(expected.shape)):
                raise MismatchError(f"{output}: layer {name} differs between PyTorch and the executed file")
        if not np.array_equal(golden.outputs, executed.outputs.reshape(golden.outputs.shape)):
            raise MismatchError(f"{output}: the outputs differ between PyTorch and the executed file")
        found.append(f"equal to PyTorch on {len(samples)} images, {len(shared)} layers and the outputs")
