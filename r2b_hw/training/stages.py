"""One training stage: an optimiser, a schedule, epochs over augmented batches, a state to resume from."""

# pyright: basic
import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from r2b_hw.nn import R2BNetwork, RealNetwork, freeze_statistics
from r2b_hw.nn.binarise import BinaryConvolution
from r2b_hw.recipe import ChainStageOptions
from r2b_hw.training.data import Split
from r2b_hw.training.losses import Targets, stage_loss
from r2b_hw.training.optimisers import make_optimiser, make_schedule
from r2b_hw.training.result import StageHistory, Switch
from r2b_hw.training.trainer import Trainer

Network = R2BNetwork | RealNetwork
State = dict[str, Any]

EVALUATION_BATCH = 512


class StageRun:
    """A network in training.

    Parameters
    ----------
    trainer, stage, model, teacher
        Data and draws, the recipe, and the networks. ``model`` is trained in place; ``teacher`` is in eval mode.
    points
        Transfer points of attention matching.
    switch
        What re-estimating the statistics did when the stage began.
    quantised
        The calibrated network, trained with statistics and exponents frozen; its best epoch by validation accuracy,
        then validation loss, is kept, and epoch 0 is calibration alone.
    """

    def __init__(
        self,
        trainer: Trainer,
        stage: ChainStageOptions,
        model: Network,
        teacher: Network | None,
        points: tuple[int, ...],
        switch: Switch | None,
        *,
        quantised: bool = False,
    ) -> None:
        self.trainer, self.stage, self.model, self.teacher = trainer, stage, model, teacher
        self.points, self.switch, self.quantised = points, switch, quantised
        self.optimiser = make_optimiser(model, stage)
        self.schedule = make_schedule(self.optimiser, stage, trainer.steps_per_epoch())
        self.losses: list[float] = []
        self.validation: list[float] = []
        self.best: Best | None = None

    def run(self, saved: State | None, save: Callable[[State], None]) -> StageHistory:
        """Train the epochs that are left; ``save`` gets the whole state after each.

        ``saved`` is such a state, of an earlier run that was interrupted or that finished.
        """
        self.trainer.progress.stage(self.stage.name)
        if saved is not None:
            self._restore(saved)
        elif self.quantised:
            self.best = Best(self.model, score(self.model, self.trainer.dataset.validation))
        if saved is not None and saved["finished"]:
            self.model.eval()
            return self._history(saved["test"])
        while len(self.losses) < self.stage.epochs:
            self._epoch()
            if len(self.losses) < self.stage.epochs:
                save(self._state())
        if self.best is not None:
            self.model.load_state_dict(self.best.state)
        test = score(self.model, self.trainer.dataset.test)[0]
        save(self._finished(test))
        return self._history(test)

    def _epoch(self) -> None:
        self.model.train()
        if self.quantised:
            freeze_statistics(self.model)
        running = 0.0
        for images, targets in self.trainer.batches(self.stage):
            running += self._step(images, targets)
        self.losses.append(running / self.trainer.steps_per_epoch())
        scored = score(self.model, self.trainer.dataset.validation)
        self.validation.append(scored[0])
        if self.best is not None:
            self.best.offer(self.model, scored)
        self.trainer.progress.accuracy(scored[0])

    def _step(self, images: Tensor, targets: Targets) -> float:
        taught = None
        if self.teacher is not None:
            with torch.no_grad():
                taught = self.teacher.answer(images)
        loss = stage_loss(self.model.answer(images), targets, taught, self.stage.losses, self.points)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        with torch.no_grad():
            for module in self.model.modules():
                if isinstance(module, BinaryConvolution):
                    module.weight.clamp_(-1.0, 1.0)
        self.schedule.step()
        value = float(loss.detach())
        self.trainer.progress.step(value)
        return value

    def _state(self) -> State:
        best = None if self.best is None else {"state": self.best.state, "score": self.best.score}
        return {
            **self._finished(None),
            "finished": False,
            "best": best,
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
        }

    def _finished(self, test: float | None) -> State:
        return {
            "finished": True,
            "model": self.model.state_dict(),
            "random": self.trainer.random_state(),
            "loss": self.losses,
            "validation": self.validation,
            "switch": None if self.switch is None else (self.switch.before, self.switch.after),
            "test": test,
        }

    def _restore(self, state: State) -> None:
        self.model.load_state_dict(state["model"])
        self.trainer.restore_random_state(state["random"])
        self.losses, self.validation = list(state["loss"]), list(state["validation"])
        self.switch = None if state["switch"] is None else Switch(*state["switch"])
        self.trainer.progress.skip(len(self.losses) * self.trainer.steps_per_epoch())
        if state["finished"]:
            return
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        if state["best"] is not None:
            self.best = Best(self.model, tuple(state["best"]["score"]))
            self.best.state = state["best"]["state"]

    def _history(self, test: float | None) -> StageHistory:
        return StageHistory(self.stage.name, tuple(self.losses), tuple(self.validation), self.switch, test)


class Best:
    """The best state so far by (validation accuracy, negative validation loss)."""

    def __init__(self, model: nn.Module, score: tuple[float, float]) -> None:
        self.score = score
        self.state = copy.deepcopy(model.state_dict())

    def offer(self, model: nn.Module, score: tuple[float, float]) -> None:
        """Keep ``model``'s state if its score is better."""
        if score > self.score:
            self.score = score
            self.state = copy.deepcopy(model.state_dict())


def score(model: nn.Module, split: Split) -> tuple[float, float]:
    """(accuracy, negative mean cross-entropy) in eval mode."""
    model.eval()
    right, total = 0, 0.0
    with torch.no_grad():
        for images, labels in split.batches(EVALUATION_BATCH):
            logits = model(images)
            right += int((logits.argmax(1) == labels).sum())
            total += float(nn.functional.cross_entropy(logits, labels)) * len(labels)
    return right / len(split), -total / len(split)
