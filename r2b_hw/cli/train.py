"""``r2b-hw train``."""

from pathlib import Path

import typer

NAME = "train"
HELP = "Train a flow's network and freeze it; writes checkpoint.pt."
EXAMPLE = "Example: r2b-hw train digits          Example: r2b-hw train digits --seeds 5"


def command(
    flow: str = typer.Argument("digits", help="A flow's name or TOML file."),
    output: Path | None = typer.Option(None, help="Folder of the checkpoint; build/FLOW-training without it."),
    seed: int | None = typer.Option(None, help="Training seed; the flow's without it."),
    seeds: int = typer.Option(1, min=1, help="Train this many seeds in a row and print the mean."),
) -> None:
    """Train one or several seeds."""
    from r2b_hw.pipeline.console import Console
    from r2b_hw.pipeline.train import train_seeds

    train_seeds(flow, output, seed=seed, seeds=seeds, console=Console())
