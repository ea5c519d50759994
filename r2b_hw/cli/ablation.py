"""``r2b-hw ablation``."""

from pathlib import Path

import typer

NAME = "ablation"
HELP = "Train the rows of the paper's Table 3 with several seeds and compare them seed by seed."
EXAMPLE = "Example: r2b-hw ablation digits --jobs 8          Example: r2b-hw ablation digits --rows full-precision"


def command(
    ablation: str = typer.Argument("digits", help="An ablation's name or TOML file."),
    output: Path | None = typer.Option(None, help="Folder of networks and results; build/NAME-ablation without it."),
    seed: int = typer.Option(0, min=0, help="The first seed."),
    seeds: int | None = typer.Option(None, min=1, help="How many seeds; the ablation's own number without it."),
    rows: str = typer.Option("", help="Names of rows, separated by commas; all without it."),
    jobs: int = typer.Option(1, min=1, help="Trainings at a time, each in a process of its own."),
    device: str = typer.Option("auto", help="auto, cpu or cuda."),
    validation: bool = typer.Option(False, "--validation", help="Show validation accuracies, to choose options by."),
    json: bool = typer.Option(False, "--json", help="Print nothing but the table as JSON."),
) -> None:
    """Run what is missing, then print the table."""
    from r2b_hw.pipeline.ablation import ablate, ablation_data, ablation_table
    from r2b_hw.pipeline.console import Console

    console = Console(quiet=json)
    names = tuple(name.strip() for name in rows.split(",") if name.strip())
    found = ablate(
        ablation,
        output,
        seed=seed,
        seeds=seeds,
        rows=names,
        jobs=jobs,
        device=device,
        split="validation" if validation else "test",
        console=console,
    )
    if json:
        from json import dumps

        typer.echo(dumps(ablation_data(found), indent=1))
        return
    console.show(ablation_table(found))
