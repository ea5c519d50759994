"""``r2b-hw compare``."""

from pathlib import Path

import typer

NAME = "compare"
HELP = "Lay built folders side by side: speed, resources, accuracy, foldings that differ."
EXAMPLE = "Example: r2b-hw compare build/digits-pynq-z2 build/digits-zcu104"


def command(
    folders: list[Path] = typer.Argument(..., metavar="DIR...", help="Output folders of r2b-hw build, two or more."),
    json: bool = typer.Option(False, "--json", help="Print the figures as JSON, by folder."),
    markdown: bool = typer.Option(False, "--markdown", help="Print the tables as Markdown."),
) -> None:
    """Compare."""
    import json as document

    from rich.console import Console

    from r2b_hw.errors import InputError
    from r2b_hw.reporting import compare, comparison_markdown, comparison_tables, load_report

    if json and markdown:
        raise InputError("--json and --markdown: choose one of them")
    if len({folder.resolve() for folder in folders}) < max(2, len(folders)):
        raise InputError(f"{folders[-1]}: name two folders or more, each once")
    found = compare({str(folder): load_report(folder) for folder in folders})
    if json:
        typer.echo(document.dumps(found.document(), indent=1, ensure_ascii=False))
    elif markdown:
        typer.echo(comparison_markdown(found), nl=False)
    else:
        Console().print(comparison_tables(found))
