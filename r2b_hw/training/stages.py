"""One training stage: an optimiser, a schedule, epochs over augmented batches, a state to resume from."""

# pyright: basic
import time
from collections.abc import Callable
from typing import Any

import torch

from r2b_hw.nn import freeze_statistics
from r2b_hw.recipe import ChainStageOptions
from r2b_hw.training.averaging import Average
from r2b_hw.training.batchnorm import re_estimate
from r2b_hw.training.data import Split
from r2b_hw.training.logs import STEPS_AN_EPOCH
from r2b_hw.training.losses import Targets
from r2b_hw.training.optimisers import make_optimiser, make_schedule
from r2b_hw.training.result import StageHistory, Switch
from r2b_hw.training.scoring import Best, score
from r2b_hw.training.student import Network, Student
from r2b_hw.training.trainer import Trainer

__all__ = ["Best", "Network", "StageRun", "State", "score"]

State = dict[str, Any]


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
        self.steps = trainer.steps_per_epoch()
        self.optimiser = make_optimiser(model, stage)
        self.schedule = make_schedule(self.optimiser, stage, self.steps)
        self.student = Student(trainer.runtime, model, teacher, stage.losses, points)
        self.losses: list[float] = []
        self.validation: list[float] = []
        self.best: Best | None = None
        self.average = Average()
        self.averaged: Switch | None = None

    def run(self, saved: State | None, save: Callable[[State], None]) -> StageHistory:
        """Train the epochs that are left; ``save`` gets the whole state after each.

        ``saved`` is such a state, of an earlier run that was interrupted or that finished.
        """
        self.trainer.progress.stage(self.stage.name)
        if saved is not None:
            self._restore(saved)
        elif self.quantised:
            self.best = Best(self.model, self._score(self.trainer.dataset.validation))
        if saved is not None and saved["finished"]:
            self.model.eval()
            return self._history(saved["test"])
        self.trainer.log.stage(self.stage.name, len(self.losses), len(self.losses) * self.steps)
        while len(self.losses) < self.stage.epochs:
            self._epoch()
            if len(self.losses) > self.stage.epochs - self.stage.average_epochs:
                self.average.add(self.model)
            if len(self.losses) < self.stage.epochs:
                save(self._state())
        if self.average.count:
            self.averaged = self._averaged()
        if self.best is not None:
            self.model.load_state_dict(self.best.state)
        test = self._score(self.trainer.dataset.test)[0]
        save(self._finished(test))
        return self._history(test)

    def _averaged(self) -> Switch:
        """Give the network the mean of its weights; statistics are those of the last epoch's until re-estimated."""
        self.average.apply(self.model)
        before = self._score(self.trainer.dataset.validation)[0]
        re_estimate(self.model, self.trainer.images(self.stage.augmentation))
        return Switch(before, self._score(self.trainer.dataset.validation)[0])

    def _epoch(self) -> None:
        self.model.train()
        if self.quantised:
            freeze_statistics(self.model)
        number, began = len(self.losses) + 1, time.monotonic()
        # Losses stay on the device: reading one makes the processor wait for it.
        running = torch.zeros((), dtype=torch.float64, device=self.trainer.runtime.device)
        shown = max(self.steps // STEPS_AN_EPOCH, 1)
        done = (number - 1) * self.steps
        for index, (images, targets) in enumerate(self.trainer.batches(self.stage)):
            rate = float(self.schedule.get_last_lr()[0])
            loss = self._step(images, targets)
            running += loss
            if index % shown == 0:
                value = self._mean(loss)
                self.trainer.log.step(number, done + index + 1, value, rate)
                self.trainer.progress.step(value)
            else:
                self.trainer.progress.skip(1)
        self.losses.append(self._mean(running) / self.steps)
        speed = self.steps * self.trainer.batch_size / (time.monotonic() - began)
        scored = self._score(self.trainer.dataset.validation)
        self.validation.append(scored[0])
        if self.best is not None:
            self.best.offer(self.model, scored)
        self.trainer.progress.accuracy(scored[0])
        self.trainer.log.epoch(number, self.losses[-1], scored[0], speed)

    def _step(self, images: torch.Tensor, targets: Targets) -> torch.Tensor:
        self.optimiser.zero_grad()
        loss = self.student.backward(images, targets)
        self.student.step(self.optimiser)
        self.schedule.step()
        return loss

    def _mean(self, value: torch.Tensor) -> float:
        processes = self.trainer.runtime.processes
        return float(processes.total(value)) / processes.world_size

    def _score(self, split: Split) -> tuple[float, float]:
        return score(self.model, split, self.trainer.runtime)

    def _state(self) -> State:
        best = None if self.best is None else {"state": self.best.state, "score": self.best.score}
        return {
            **self._finished(None),
            "finished": False,
            "best": best,
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "scaler": self.student.scaler.state_dict(),
            "average": self.average.state(),
        }

    def _finished(self, test: float | None) -> State:
        return {
            "finished": True,
            "model": self.model.state_dict(),
            "random": self.trainer.random_state(),
            "loss": self.losses,
            "validation": self.validation,
            "switch": None if self.switch is None else (self.switch.before, self.switch.after),
            "averaged": None if self.averaged is None else (self.averaged.before, self.averaged.after),
            "test": test,
        }

    def _restore(self, state: State) -> None:
        self.model.load_state_dict(state["model"])
        self.trainer.restore_random_state(state["random"])
        self.losses, self.validation = list(state["loss"]), list(state["validation"])
        self.switch = None if state["switch"] is None else Switch(*state["switch"])
        self.averaged = None if state["averaged"] is None else Switch(*state["averaged"])
        self.trainer.progress.skip(len(self.losses) * self.steps)
        if state["finished"]:
            return
        self.average.restore(state["average"], self.trainer.runtime.device)
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.student.scaler.load_state_dict(state.get("scaler", {}))
        if state["best"] is not None:
            self.best = Best(self.model, tuple(state["best"]["score"]))
            self.best.state = state["best"]["state"]

    def _history(self, test: float | None) -> StageHistory:
        losses, validation = tuple(self.losses), tuple(self.validation)
        return StageHistory(self.stage.name, losses, validation, self.switch, test, self.averaged)
