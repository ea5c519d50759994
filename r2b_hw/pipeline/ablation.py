"""Runs an ablation and shows its table beside the paper's."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from r2b_hw.ablation import (
    AblationTable,
    Comparison,
    Estimate,
    Outcome,
    Split,
    StageTraining,
    load_ablation,
    run_ablation,
)
from r2b_hw.ablation.trainings import shown_stages
from r2b_hw.pipeline.console import Console

_NONE = "-"


def ablate(
    name: str,
    output: Path | None,
    *,
    seed: int,
    seeds: int | None,
    rows: tuple[str, ...],
    jobs: int,
    device: str,
    split: Split = "test",
    console: Console,
) -> AblationTable:
    """Run the ablation of this name or file, with a line for each training that ends.

    ``seeds`` seeds from ``seed`` on are run, as many as the ablation asks for without it. The output folder is
    build/NAME-ablation without ``output``; what it holds is not trained again.
    """
    options = load_ablation(name)
    folder = output or Path("build") / f"{options.name}-ablation"
    numbers = range(seed, seed + (options.seeds if seeds is None else seeds))

    def finished(training: StageTraining, outcome: Outcome, left: int) -> None:
        console.say(_line(training, outcome, left))

    with console.step(f"ablation {options.name}, {len(numbers)} seeds"):
        return run_ablation(
            options, folder, seeds=numbers, rows=rows, jobs=jobs, device=device, split=split, finished=finished
        )


def ablation_table(found: AblationTable) -> RenderableType:
    """The table: test accuracy of both stages in percent, the paper's beside it, then the differences."""
    table = Table("row", box=None, pad_edge=False)
    for column in ("stage 1", "paper", "stage 2", "paper", "as built"):
        table.add_column(column, justify="right")
    for row in found.rows:
        cells: list[str] = []
        for index, estimate in enumerate(row.stages):
            cells.append(_mean(estimate))
            if index < len(row.options.stages):
                cells.append(f"{row.options.paper[index]:.1f}" if row.options.paper else _NONE)
        if row.options.quantised and len(row.options.stages) == 1:
            cells[2:2] = ["", ""]
        table.add_row(row.options.title, *cells)
    differences = Table("difference after the last stage, in points", box=None, pad_edge=False)
    for column in ("mean", f"{found.confidence:.0%} interval", "paper"):
        differences.add_column(column, justify="right")
    for comparison in found.comparisons:
        differences.add_row(*_difference(comparison))
    n = len(found.seeds)
    note = Text(
        f"{found.split.capitalize()} accuracy in percent, mean ± standard deviation over {n} seed{'s' * (n != 1)} "
        f"({', '.join(map(str, found.seeds))}).\nStage 1: binary activations. Stage 2: binary weights as well. "
        "A single stage stands in the first column. As built: quantised, as an accelerator computes it.\n"
        "Paper: top-1 accuracy on CIFAR-100. Intervals: paired by seed, Student's t, each by itself.",
    )
    return Group(table, Text(), differences, Text(), note)


def ablation_data(found: AblationTable) -> dict[str, object]:
    """The same as JSON types; accuracies are in [0, 1], the paper's in percent."""
    return {
        "ablation": found.name,
        "seeds": list(found.seeds),
        "split": found.split,
        "confidence": found.confidence,
        "rows": [
            {
                "name": row.options.name,
                "title": row.options.title,
                "stages": [
                    {
                        "stage": stage,
                        "accuracies": list(accuracies),
                        **_estimate_data(estimate),
                        "paper": row.options.paper[index] if index < len(row.options.paper) else None,
                    }
                    for index, (stage, accuracies, estimate) in enumerate(
                        zip(shown_stages(row.options), row.accuracies, row.stages, strict=True)
                    )
                ],
            }
            for row in found.rows
        ],
        "comparisons": [
            {
                "first": comparison.first.name,
                "second": comparison.second.name,
                **_estimate_data(comparison.difference),
                "paper": comparison.paper,
            }
            for comparison in found.comparisons
        ],
    }


def _line(training: StageTraining, outcome: Outcome, left: int) -> str:
    accuracy = f"validation {outcome.accuracy('validation'):.2%}, test {outcome.test:.2%}"
    return f"  seed {training.seed}, {training.stage.name}: {accuracy} [{outcome.seconds:.1f} s], {left} left"


def _mean(estimate: Estimate) -> str:
    spread = "" if estimate.deviation is None else f" ± {100 * estimate.deviation:.2f}"
    return f"{100 * estimate.mean:.2f}{spread}"


def _difference(comparison: Comparison) -> tuple[str, str, str, str]:
    found = comparison.difference
    interval = _NONE
    if found.low is not None and found.high is not None:
        interval = f"[{100 * found.low:+.2f}, {100 * found.high:+.2f}]"
    paper = _NONE if comparison.paper is None else f"{comparison.paper:+.1f}"
    return f"{comparison.first.title} - {comparison.second.title}", f"{100 * found.mean:+.2f}", interval, paper


def _estimate_data(estimate: Estimate) -> dict[str, object]:
    return {
        "n": estimate.n,
        "mean": estimate.mean,
        "standard_deviation": estimate.deviation,
        "interval": None if estimate.low is None else [estimate.low, estimate.high],
    }
