"""``r2b-hw explore``."""

from pathlib import Path

import typer

NAME = "explore"
HELP = "Plan a network for many rates and boards: what a frame a second costs, and which designs no other one beats."
EXAMPLE = (
    "Example: r2b-hw explore digits --board all --untrained          "
    "Example: r2b-hw explore net.onnx --board zcu104 --points 12"
)


def command(
    source: str = typer.Argument(
        "digits",
        metavar="[FLOW|MODEL.onnx|DIR]",
        help="A flow's name or file, a QONNX file, or a folder that was built.",
    ),
    board: list[str] = typer.Option(
        ["pynq-z2"], "--board", help="A board's name or TOML file; may be repeated. all: every known board."
    ),
    points: int = typer.Option(8, help="Rates a board."),
    min_fps: float | None = typer.Option(
        None, help="The slowest rate; where folding further saves nothing, without it."
    ),
    max_fps: float | None = typer.Option(None, help="The fastest rate; as fast as fits each board without it."),
    clock_mhz: float | None = typer.Option(None, help="Clock in MHz; each board's default without it."),
    budget: float | None = typer.Option(
        None,
        metavar="PERCENT",
        help="Share of a device the design may take; 100 less what the board's file keeps free.",
    ),
    untrained: bool = typer.Option(False, "--untrained", help="Random weights: explore a flow before it is trained."),
    output: Path | None = typer.Option(None, help="Folder of points and page; build/NAME-explore without it."),
    seed: int | None = typer.Option(None, help="Training seed; the flow's without it."),
    exporter: str = typer.Option("torchscript", help="QONNX exporter: torchscript or dynamo."),
    jobs: int | None = typer.Option(
        None, help="Points at a time, each in a process of its own; one a core without it."
    ),
    cluster: str | None = typer.Option(
        None, metavar="ADDRESS", help="A Dask scheduler whose workers plan the points, such as tcp://host:8786."
    ),
    json: bool = typer.Option(False, "--json", help="Print the points as JSON instead of the table."),
) -> None:
    """Explore what is missing, then print the table."""
    from r2b_hw.exploration import ExploreOptions
    from r2b_hw.pipeline.console import Console
    from r2b_hw.pipeline.explore import (
        ModelOptions,
        default_folder,
        explore_folder,
        refuse_where_nothing_fits,
        show,
    )

    folder = output or default_folder(source)
    console = Console(quiet=json)
    found = explore_folder(
        source,
        folder,
        board,
        ExploreOptions(points, min_fps, max_fps, clock_mhz),
        ModelOptions(seed=seed, exporter=exporter, untrained=untrained),
        budget=budget,
        jobs=jobs,
        cluster=cluster,
        console=console,
    )
    if json:
        typer.echo(found.model_dump_json(indent=1))
        refuse_where_nothing_fits(found)
        return
    show(found, folder, console)
