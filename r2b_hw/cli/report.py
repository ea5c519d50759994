"""``r2b-hw report``."""

from pathlib import Path

import typer

NAME = "report"
HELP = "Show a built folder's report, and write its HTML page again."
EXAMPLE = "Example: r2b-hw report build/digits-pynq-z2"


def command(
    folder: Path = typer.Argument(..., metavar="DIR", help="Output folder of r2b-hw build."),
    json: bool = typer.Option(False, "--json", help="Print report.json."),
) -> None:
    """Report."""
    from rich.console import Console

    from r2b_hw.reporting import load_report, summary, write_report

    report = load_report(folder)
    if json:
        typer.echo(report.model_dump_json(indent=1))
        return
    write_report(report, folder / "report")
    Console().print(summary(report))
