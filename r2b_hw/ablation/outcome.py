"""What a training gave, as a file."""

from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field, ValidationError

from r2b_hw.ablation.trainings import StageTraining
from r2b_hw.settings import Section

Split: TypeAlias = Literal["validation", "test"]


class Outcome(Section):
    """Accuracies in [0, 1] of the network after its last epoch.

    ``validation`` and ``loss`` are by epoch. ``before_switch`` and ``after_switch`` are validation accuracies where the
    stage took over the parameters of another: before and after the statistics were estimated again. Of a quantised
    network, ``test`` and the last of ``validation`` are those of the frozen network, as an accelerator computes it.
    """

    stage: str
    seed: int
    fingerprint: str
    test: float
    validation: list[float] = Field(min_length=1)
    loss: list[float]
    before_switch: float | None
    after_switch: float | None
    seconds: float
    device: str

    def accuracy(self, split: Split) -> float:
        """After the last epoch, in [0, 1]."""
        return self.test if split == "test" else self.validation[-1]


def outcome_file(training: StageTraining, folder: Path) -> Path:
    """Where the outcome lies."""
    return training.file(folder).with_suffix(".json")


def read_outcome(training: StageTraining, folder: Path) -> Outcome | None:
    """The outcome of this very training, or None where it has not been finished in ``folder``."""
    try:
        outcome = Outcome.model_validate_json(outcome_file(training, folder).read_bytes())
    except (OSError, ValidationError):
        return None
    return outcome if outcome.fingerprint == training.fingerprint else None
