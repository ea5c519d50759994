"""``r2b-hw simulate``."""

from pathlib import Path

import typer

NAME = "simulate"
HELP = "Send images through a built accelerator, clock by clock."
EXAMPLE = "Example: r2b-hw simulate build/digits-pynq-z2 --input images.npy --output out.npy"


def command(
    folder: Path = typer.Argument(..., metavar="DIR", help="Output folder of r2b-hw build."),
    images: Path = typer.Option(..., "--input", help="Images as the PyTorch model takes them: .npy, float32, NCHW."),
    output: Path | None = typer.Option(None, help="Where to write the model's outputs, .npy, float32."),
    frames: int | None = typer.Option(
        None, min=1, max=65_535, help="Frames to send; the images repeat if there are fewer."
    ),
    vcd: Path | None = typer.Option(None, help="Where to write waveforms of streams and units, .vcd."),
    json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Simulate."""
    from r2b_hw.cli.files import load_images
    from r2b_hw.pipeline.console import Console
    from r2b_hw.pipeline.simulate import simulate_folder

    simulate_folder(
        folder,
        load_images(images),
        name=str(images),
        output=output,
        vcd=vcd,
        frames=frames,
        console=Console(quiet=json),
        json=json,
    )
