"""``r2b-hw verify``."""

from pathlib import Path

import typer

NAME = "verify"
HELP = "Climb the verification ladder over a built folder; exit 4 and the layer's name where a rung differs."
EXAMPLE = "Example: r2b-hw verify build/digits-pynq-z2          Example: r2b-hw verify DIR --rung c-simulation"


def command(
    folder: Path = typer.Argument(..., metavar="DIR", help="Output folder of r2b-hw build."),
    rung: list[str] | None = typer.Option(None, help="Only this rung; may be repeated. All of them without it."),
) -> None:
    """Verify."""
    from r2b_hw.pipeline.console import Console
    from r2b_hw.pipeline.verify import verify_folder

    verify_folder(folder, rungs=rung, console=Console())
