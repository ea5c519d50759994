"""``r2b-hw export``."""

from pathlib import Path

import typer

NAME = "export"
HELP = "Export a trained checkpoint to a QONNX file, and prove that its execution equals PyTorch."
EXAMPLE = "Example: r2b-hw export build/digits-pynq-z2/checkpoint.pt model.onnx"


def command(
    checkpoint: Path = typer.Argument(..., help="A checkpoint.pt that train or build wrote."),
    output: Path = typer.Argument(..., help="The QONNX file to write."),
    exporter: str = typer.Option("torchscript", help="torchscript (hierarchical node names) or dynamo."),
    images: int = typer.Option(20, min=1, help="Test images on which the file is compared with PyTorch."),
) -> None:
    """Export and compare."""
    from r2b_hw.pipeline.console import Console
    from r2b_hw.pipeline.export import export_checkpoint

    export_checkpoint(checkpoint, output, exporter=exporter, images=images, console=Console())
