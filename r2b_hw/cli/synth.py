"""``r2b-hw synth``."""

from pathlib import Path

import typer

NAME = "synth"
HELP = "Synthesise a built folder's units and FIFOs with Yosys; the report gets what each takes of the device."
EXAMPLE = "Example: r2b-hw synth build/digits-pynq-z2          Example: r2b-hw synth DIR --unit stem.conv --family xcup"


def command(
    folder: Path = typer.Argument(..., metavar="DIR", help="Output folder of r2b-hw build."),
    family: str | None = typer.Option(None, help="xc7 (7-series) or xcup (UltraScale+); the board's without it."),
    jobs: int | None = typer.Option(None, help="Processes at once; one a core without it."),
    unit: str | None = typer.Option(None, help="Only this unit; the report stays as it is."),
) -> None:
    """Synthesise."""
    from r2b_hw.pipeline.console import Console
    from r2b_hw.pipeline.synth import synth_folder

    synth_folder(folder, family=family, jobs=jobs, unit=unit, console=Console())
