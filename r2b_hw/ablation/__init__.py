"""Ablations: the rows of a paper's table, trained with several seeds and compared seed by seed.

Stable API
----------
``load_ablation(name_or_file)`` -> ``AblationOptions``
    Rows and stages of ``flows/ablations/NAME.toml``.
``run_ablation(options, folder, seeds=None, rows=(), jobs=1, device="auto", finished=None)`` -> ``AblationTable``
    Trains what the folder lacks.
"""

from r2b_hw.ablation.options import AblationOptions, RowOptions, load_ablation
from r2b_hw.ablation.outcome import Outcome, Split
from r2b_hw.ablation.run import run_ablation
from r2b_hw.ablation.statistics import Estimate
from r2b_hw.ablation.table import AblationTable, Comparison, TableRow
from r2b_hw.ablation.trainings import StageTraining

__all__ = [
    "AblationOptions",
    "AblationTable",
    "Comparison",
    "Estimate",
    "Outcome",
    "RowOptions",
    "Split",
    "StageTraining",
    "TableRow",
    "load_ablation",
    "run_ablation",
]
