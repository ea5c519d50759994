"""The table of an ablation as data: accuracies by row, and differences between rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from r2b_hw.ablation.options import AblationOptions, RowOptions
from r2b_hw.ablation.outcome import Split
from r2b_hw.ablation.statistics import Estimate, estimate, paired_difference

Accuracies = tuple[tuple[float, ...], ...]
"""By stage, then by seed, in [0, 1]."""


@dataclass(frozen=True)
class TableRow:
    """A row: its options, accuracies by stage and seed, and their mean by stage; fine-tuning comes last, if at all."""

    options: RowOptions
    accuracies: Accuracies
    stages: tuple[Estimate, ...]


@dataclass(frozen=True)
class Comparison:
    """``first`` minus ``second``: accuracy after the last stage, paired by seed; ``paper`` in percent points."""

    first: RowOptions
    second: RowOptions
    difference: Estimate
    paper: float | None


@dataclass(frozen=True)
class AblationTable:
    """Everything that is reported."""

    name: str
    seeds: tuple[int, ...]
    split: Split
    confidence: float
    rows: tuple[TableRow, ...]
    comparisons: tuple[Comparison, ...]


def table(
    options: AblationOptions, seeds: tuple[int, ...], split: Split, accuracies: Mapping[str, Accuracies]
) -> AblationTable:
    """Means and intervals of the rows in ``accuracies``; comparisons whose rows are both there."""
    rows = tuple(
        TableRow(
            row, accuracies[row.name], tuple(estimate(stage, options.confidence) for stage in accuracies[row.name])
        )
        for row in options.rows
        if row.name in accuracies
    )
    comparisons = tuple(
        _comparison(options.row(first), options.row(second), accuracies, options.confidence)
        for first, second in options.comparisons
        if first in accuracies and second in accuracies
    )
    return AblationTable(options.name, seeds, split, options.confidence, rows, comparisons)


def _comparison(
    first: RowOptions, second: RowOptions, accuracies: Mapping[str, Accuracies], confidence: float
) -> Comparison:
    ends = [accuracies[row.name][len(row.stages) - 1] for row in (first, second)]
    difference = paired_difference(ends[0], ends[1], confidence)
    paper = first.paper[-1] - second.paper[-1] if first.paper and second.paper else None
    return Comparison(first, second, difference, paper)
