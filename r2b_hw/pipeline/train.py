"""Trains a flow for one or several seeds and tells what came out."""

from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from r2b_hw.flow import load_flow
from r2b_hw.pipeline.console import Console

if TYPE_CHECKING:
    from r2b_hw.training import Execution, StageHistory


def train_seeds(
    flow_name: str,
    output: Path | None,
    *,
    seed: int | None,
    seeds: int,
    console: Console,
    execution: "Execution | None" = None,
) -> None:
    """Train ``seeds`` seeds from ``seed`` (the flow's own without one) on; print accuracies and, for several, the mean.

    Each checkpoint lies in the output folder, those of further seeds in subfolders; one that fits is reused. Of the
    processes that torchrun started, the first prints.
    """
    flow = load_flow(flow_name)
    from r2b_hw.training import Execution, train_to_folder
    from r2b_hw.training.runtime import runtime

    folder = output or Path("build") / f"{flow.name}-training"
    first = flow.training.seed if seed is None else seed
    execution = execution or Execution()
    quantised: list[float] = []
    floating: list[float] = []
    with runtime(execution) as place:
        if not place.processes.first:
            console = Console(quiet=True)
        if not place.processes.alone:
            console.say(f"{place.processes.world_size} processes, {place.device.type}")
        for number in range(first, first + seeds):
            target = folder if number == first else folder / f"seed-{number}"
            with console.step(f"train {flow.name}, seed {number}") as found:
                result = train_to_folder(flow, target, seed=number, progress=console.progress, execution=execution)
                for stage in result.history:
                    console.say(stage_line(stage))
                found.append(f"test accuracy {result.quantised_accuracy.test:.2%} as the accelerator computes it")
                found.append(f"{result.float_accuracy.test:.2%} before quantisation")
            quantised.append(result.quantised_accuracy.test)
            floating.append(result.float_accuracy.test)
    if seeds > 1:
        console.say(
            f"mean over {seeds} seeds: {mean(quantised):.2%} as the accelerator computes it, "
            f"{mean(floating):.2%} before quantisation"
        )
    console.say(f"checkpoint: {folder / 'checkpoint.pt'}")


def stage_line(stage: "StageHistory") -> str:
    """One line: a stage's accuracies, and what re-estimating batch normalisation did where it began."""
    line = f"  {stage.stage}:"
    if stage.switch is not None:
        line += f" from {stage.switch.before:.2%}, statistics re-estimated {stage.switch.after:.2%}, to"
    last = stage.validation[-1] if stage.validation else None
    if stage.averaged is not None:
        line += f" weights averaged {stage.averaged.before:.2%}, statistics re-estimated"
        last = stage.averaged.after
    line += " validation " + ("-" if last is None else f"{last:.2%}")
    return line if stage.test is None else f"{line}, test {stage.test:.2%}"
