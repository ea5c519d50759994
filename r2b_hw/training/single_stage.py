"""One stage by itself, with teacher and initial parameters from files: for jobs that train many networks."""

# pyright: basic
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from r2b_hw.data_options import DataOptions
from r2b_hw.flow import Flow
from r2b_hw.network_options import NetworkOptions
from r2b_hw.nn import R2BNetwork, freeze, network_of_form, take_form
from r2b_hw.recipe import ChainStageOptions, StageOptions, TrainingOptions
from r2b_hw.training.batchnorm import re_estimate
from r2b_hw.training.chain import Chain
from r2b_hw.training.data import load_dataset
from r2b_hw.training.execution import Execution
from r2b_hw.training.progress import TrainingProgress
from r2b_hw.training.result import StageHistory, Switch
from r2b_hw.training.runtime import Runtime, runtime
from r2b_hw.training.scoring import score
from r2b_hw.training.stages import StageRun
from r2b_hw.training.student import Network
from r2b_hw.training.train import exact_accuracy, repeatable
from r2b_hw.training.trainer import Trainer
from r2b_hw.training.whole_file import load_state, save_state


@dataclass(frozen=True)
class TrainedNetwork:
    """A network in the file of the stage that trained it."""

    options: NetworkOptions
    stage: ChainStageOptions
    file: Path

    def load(self, place: Runtime) -> Network:
        """The network in eval mode on the device; InputError where the file is damaged."""
        model = network_of_form(self.options, self.stage.form, self.stage.residual_blocks)
        model.load_state_dict(load_state(self.file)["state"]["model"])
        place.network(model)
        return model.eval()


@dataclass(frozen=True)
class SingleStage:
    """A stage with all that determines the network it gives; ``fingerprint`` stands for it in the file."""

    data: DataOptions
    network: NetworkOptions
    batch_size: int
    stage: ChainStageOptions
    seed: int
    teacher: TrainedNetwork | None
    initialisation: TrainedNetwork | None
    fingerprint: str


def train_stage(task: SingleStage, file: Path, execution: Execution) -> StageHistory:
    """Train the stage into ``file``; a stage that was interrupted continues, one that is finished is read.

    Stages of one form and seed start with the same random draws, so that recipes are compared on equal initial weights,
    orders and augmentation as far as their networks are equal.

    Raises
    ------
    InputError
        A file is damaged or cannot be written; the execution cannot be had here.
    """
    with _trainer(task, execution) as trainer:
        place, stage, state = trainer.runtime, task.stage, OneFile(file, task.fingerprint, repr(execution.numerics))
        saved, switch = state.read(), None
        if saved is not None or task.initialisation is None:
            model = network_of_form(task.network, stage.form, stage.residual_blocks)
            place.network(model)
        else:
            model, switch = _begin(task.initialisation, stage, trainer)
        teacher = None if task.teacher is None else task.teacher.load(place)
        points = task.network.transfer_points(stage.losses.attention_points)
        return StageRun(trainer, stage, model, teacher, points, switch).run(saved, partial(state.write, 0))


def fine_tune(task: SingleStage, calibration_batches: int, file: Path, execution: Execution) -> StageHistory:
    """Quantise the binary network ``task.initialisation``, fine-tune it by ``task.stage`` into ``file``, and freeze it.

    ``test`` and the last of ``validation`` are accuracies of the frozen network by the reference evaluator. Errors are
    those of :func:`train_stage`.
    """
    source, stage = task.initialisation, task.stage
    assert source is not None
    flow = Flow(
        name=stage.name,
        data=task.data,
        network=task.network,
        training=TrainingOptions(
            batch_size=task.batch_size,
            calibration_batches=calibration_batches,
            stages=(ChainStageOptions(name=source.stage.name, form="binary", epochs=0, learning_rate=1.0),),
            fine_tuning=StageOptions(**{key: getattr(stage, key) for key in StageOptions.model_fields}),
        ),
    )
    with _trainer(task, execution) as trainer:
        model = source.load(trainer.runtime)
        assert isinstance(model, R2BNetwork)
        chain = Chain(flow, trainer, OneFile(file, task.fingerprint, repr(execution.numerics)))
        frozen = freeze(chain.fine_tune(model).cpu()).model
        splits = (trainer.dataset.validation, trainer.dataset.test)
        validation, test = (exact_accuracy(frozen, split, trainer.runtime) for split in splits)
        history = chain.history[-1]
        return replace(history, validation=(*history.validation, validation), test=test)


@dataclass(frozen=True)
class OneFile:
    """The state of a single stage, in the place of :class:`r2b_hw.training.stage_files.StageFiles`."""

    file: Path
    fingerprint: str
    numerics: str
    folder: Path | None = None

    def read(self, index: int = 0) -> dict[str, Any] | None:
        """The state of this very stage, or None; InputError where the file is damaged."""
        content = load_state(self.file) if self.file.is_file() else {}
        return content["state"] if content.get("run") == self._run() else None

    def write(self, index: int, state: dict[str, Any]) -> None:
        """Replace the file; InputError where it cannot be written."""
        save_state({"run": self._run(), "state": state}, self.file)

    def _run(self) -> dict[str, str]:
        return {"stage": self.fingerprint, "numerics": self.numerics}


@contextmanager
def _trainer(task: SingleStage, execution: Execution) -> Iterator[Trainer]:
    seed = int.from_bytes(hashlib.sha256(f"{task.seed} {task.stage.form}".encode()).digest()[:6], "big")
    with (
        runtime(execution) as place,
        repeatable(seed, execution.threads),
        place.arithmetic(),
        TrainingProgress(1, shown=False) as progress,
    ):
        generator = torch.Generator().manual_seed(seed)
        dataset = load_dataset(task.data)
        yield Trainer(dataset, task.data.augmentation, task.batch_size, generator, progress, place)


def _begin(source: TrainedNetwork, stage: ChainStageOptions, trainer: Trainer) -> tuple[Network, Switch]:
    """Take over parameters, and estimate the statistics of the new form."""
    model, validation = source.load(trainer.runtime), trainer.dataset.validation
    if isinstance(model, R2BNetwork):
        take_form(model, stage.form)
    before = score(model, validation, trainer.runtime)[0]
    re_estimate(model, trainer.images(stage.augmentation))
    return model, Switch(before, score(model, validation, trainer.runtime)[0])
