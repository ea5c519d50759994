"""Which networks an ablation trains: rows that need the same one share it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from r2b_hw.ablation.options import AblationOptions, RowOptions
from r2b_hw.data_options import HOST_KEYS, DataOptions
from r2b_hw.flow import QUANTISED_ONLY
from r2b_hw.network_options import NetworkOptions
from r2b_hw.recipe import QUANTISED_STAGE, ChainStageOptions

_DIGITS = 12


@dataclass(frozen=True)
class StageTraining:
    """One stage for one network and seed; two with equal fields are the same training.

    With ``calibration_batches`` it is the stage that quantises, fine-tunes and freezes its initialisation.
    """

    data: DataOptions
    network: NetworkOptions
    batch_size: int
    stage: ChainStageOptions
    seed: int
    teacher: "StageTraining | None"
    initialisation: "StageTraining | None"
    calibration_batches: int | None = None

    @cached_property
    def fingerprint(self) -> str:
        """sha256 over everything that determines the trained network; bits do not before it is quantised."""
        hidden = set[str]() if self.calibration_batches is not None else set(QUANTISED_ONLY)
        content = {
            "data": self.data.model_dump(mode="json", exclude=set(HOST_KEYS)),
            "network": self.network.model_dump(mode="json", exclude=hidden),
            "batch_size": self.batch_size,
            "stage": self.stage.model_dump(mode="json"),
            "seed": self.seed,
            "teacher": None if self.teacher is None else self.teacher.fingerprint,
            "initialisation": None if self.initialisation is None else self.initialisation.fingerprint,
            "calibration_batches": self.calibration_batches,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def file(self, folder: Path) -> Path:
        """Where the network lies, as ``.pt``; its accuracies lie beside it, as ``.json``."""
        name = self.stage.name.replace(" ", "-")
        return folder / "stages" / f"seed-{self.seed}" / f"{name}-{self.fingerprint[:_DIGITS]}.pt"

    def parents(self) -> tuple["StageTraining", ...]:
        """The trainings that come before this one."""
        return tuple(parent for parent in (self.teacher, self.initialisation) if parent is not None)


def row_trainings(options: AblationOptions, row: RowOptions, seed: int) -> dict[str, StageTraining]:
    """Every training a row needs with a seed, by the name of its stage, in order."""
    trainings: dict[str, StageTraining] = {}
    for stage in options.chain(row):
        trainings[stage.name] = StageTraining(
            data=options.data,
            network=options.network if stage.form == "real" else options.row_network(row),
            batch_size=options.batch_size,
            stage=stage,
            seed=seed,
            teacher=None if stage.teacher is None else trainings[stage.teacher],
            initialisation=None if stage.initialisation is None else trainings[stage.initialisation],
        )
    if row.quantised and options.fine_tuning is not None:
        last = trainings[row.stages[-1]]
        tuning = options.fine_tuning.model_dump()
        trainings[QUANTISED_STAGE] = replace(
            last,
            stage=ChainStageOptions(name=QUANTISED_STAGE, form="binary", initialisation=last.stage.name, **tuning),
            teacher=None,
            initialisation=last,
            calibration_batches=options.calibration_batches,
        )
    return trainings


def shown_stages(row: RowOptions) -> tuple[str, ...]:
    """Names of the stages in the table: those of the row, and fine-tuning where the row is quantised."""
    return (*row.stages, QUANTISED_STAGE) if row.quantised else row.stages


def all_trainings(options: AblationOptions, rows: Sequence[RowOptions], seeds: Sequence[int]) -> list[StageTraining]:
    """Every training of these rows and seeds, once, after those it needs."""
    found: dict[str, StageTraining] = {}
    for seed in seeds:
        for row in rows:
            for training in row_trainings(options, row, seed).values():
                found.setdefault(training.fingerprint, training)
    return list(found.values())
