"""``r2b-hw train``."""

from pathlib import Path

import typer

NAME = "train"
HELP = "Train a flow's network and freeze it; writes checkpoint.pt. Under torchrun, all processes train one network."
EXAMPLE = (
    "Example: r2b-hw train digits          Example: r2b-hw train digits --seeds 5          "
    "Example: torchrun --nproc-per-node 4 --no-python -- r2b-hw train my-flow.toml --precision bfloat16"
)


def command(
    flow: str = typer.Argument("digits", help="A flow's name or TOML file."),
    output: Path | None = typer.Option(None, help="Folder of the checkpoint; build/FLOW-training without it."),
    seed: int | None = typer.Option(None, help="Training seed; the flow's without it."),
    seeds: int = typer.Option(1, min=1, help="Train this many seeds in a row and print the mean."),
    device: str = typer.Option("auto", help="auto (CUDA where there is one), cpu or cuda."),
    precision: str = typer.Option(
        "float32",
        help="float32; bfloat16 or float16 for mixed precision (binary convolutions and the quantised stage stay "
        "float32); float64 for comparisons.",
    ),
    tf32: bool = typer.Option(
        False, "--tf32", help="Let CUDA use TF32 in the float32 products before the quantised stage."
    ),
    accumulate: int = typer.Option(
        1, min=1, help="Compute each batch in this many parts, to save memory; batch normalisation sees a part each."
    ),
    channels_last: bool = typer.Option(False, "--channels-last", help="Keep maps as NHWC in memory."),
    compile: bool = typer.Option(
        False, "--compile", help="torch.compile student and teacher, before the quantised stage."
    ),
    log: str | None = typer.Option(None, help="csv or tensorboard: write losses and accuracies to OUTPUT/log."),
    threads: int = typer.Option(1, min=1, help="CPU threads of a process; results depend on it in their last bits."),
) -> None:
    """Train one or several seeds."""
    from r2b_hw.pipeline.console import Console
    from r2b_hw.pipeline.train import train_seeds
    from r2b_hw.training.execution import make_execution

    execution = make_execution(
        device=device,
        precision=precision,
        tf32=tf32,
        accumulate=accumulate,
        channels_last=channels_last,
        compile=compile,
        log=log,
        threads=threads,
    )
    train_seeds(flow, output, seed=seed, seeds=seeds, console=Console(), execution=execution)
