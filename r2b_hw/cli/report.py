"""``r2b-hw report``."""

from pathlib import Path

import typer

NAME = "report"
HELP = "Show a built folder's report, and write its HTML page again."
EXAMPLE = "Example: r2b-hw report build/digits-pynq-z2"


def command(
    folder: Path = typer.Argument(..., metavar="DIR", help="Output folder of r2b-hw build."),
    json: bool = typer.Option(False, "--json", help="Print report.json."),
    markdown: bool = typer.Option(False, "--markdown", help="Print the figures as Markdown."),
    show: bool = typer.Option(False, "--open", help="Open the page in the browser."),
) -> None:
    """Report."""
    from rich.console import Console

    from r2b_hw.reporting import load_report, markdown_text, summary, write_report
    from r2b_hw.tools.browser import open_page

    report = load_report(folder)
    if json or markdown:
        typer.echo(report.model_dump_json(indent=1) if json else markdown_text(report))
        return
    write_report(report, folder / "report")
    Console().print(summary(report))
    if show:
        open_page(folder / "report" / "report.html")
