"""Logs of a run: losses and learning rates by step, accuracies and speed by epoch."""

# pyright: basic
import csv
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from r2b_hw.errors import InputError
from r2b_hw.training.execution import Log

FOLDER = "log"
STEPS_AN_EPOCH = 100
"""About as many steps of an epoch are logged, evenly spaced."""

STEP_COLUMNS = ("stage", "epoch", "step", "loss", "learning_rate")
EPOCH_COLUMNS = ("stage", "epoch", "loss", "validation_accuracy", "images_per_second")


class TrainingLog(ABC):
    """Takes what happens; epochs and steps count from 1, steps through the whole stage."""

    @abstractmethod
    def stage(self, name: str, epochs: int, steps: int) -> None:
        """Begin a stage of which ``epochs`` epochs, ``steps`` steps in all, are done; forget what came after them."""

    @abstractmethod
    def step(self, epoch: int, step: int, loss: float, learning_rate: float) -> None:
        """The loss of the whole batch of a step, and its rate."""

    @abstractmethod
    def epoch(self, epoch: int, loss: float, validation: float, images_per_second: float) -> None:
        """An epoch's mean loss, validation accuracy in [0, 1], and the speed of its steps in all processes."""


class NoLog(TrainingLog):
    """Keeps nothing."""

    def stage(self, name: str, epochs: int, steps: int) -> None:
        pass

    def step(self, epoch: int, step: int, loss: float, learning_rate: float) -> None:
        pass

    def epoch(self, epoch: int, loss: float, validation: float, images_per_second: float) -> None:
        pass


class CsvLog(TrainingLog):
    """``steps.csv`` and ``epochs.csv`` in ``folder``, written at the end of each epoch."""

    def __init__(self, folder: Path) -> None:
        self.steps, self.epochs = folder / "steps.csv", folder / "epochs.csv"
        self._stage = ""
        self._rows: list[tuple[object, ...]] = []
        folder.mkdir(parents=True, exist_ok=True)

    def stage(self, name: str, epochs: int, steps: int) -> None:
        self._stage, self._rows = name, []
        for path, columns in ((self.steps, STEP_COLUMNS), (self.epochs, EPOCH_COLUMNS)):
            rows = [row for row in _rows(path, columns) if row[0] != name or int(row[1]) <= epochs]
            with path.open("w", newline="", encoding="utf-8") as stream:
                csv.writer(stream).writerows([columns, *rows])

    def step(self, epoch: int, step: int, loss: float, learning_rate: float) -> None:
        self._rows.append((self._stage, epoch, step, repr(loss), repr(learning_rate)))

    def epoch(self, epoch: int, loss: float, validation: float, images_per_second: float) -> None:
        row = (self._stage, epoch, repr(loss), repr(validation), f"{images_per_second:.1f}")
        for path, rows in ((self.steps, self._rows), (self.epochs, [row])):
            with path.open("a", newline="", encoding="utf-8") as stream:
                csv.writer(stream).writerows(rows)
        self._rows = []


class TensorBoardLog(TrainingLog):
    """Event files, a folder a stage; the horizontal axis counts steps.

    Raises
    ------
    InputError
        tensorboard is not installed.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from torch.utils.tensorboard.writer import SummaryWriter
        except ImportError as error:
            raise InputError(
                "--log tensorboard: tensorboard is not installed; install r2b-hw[tensorboard] or use --log csv"
            ) from error
        self._writer_class, self._folder = SummaryWriter, folder
        self._writer: Any = None
        self._last = 0

    def stage(self, name: str, epochs: int, steps: int) -> None:
        if self._writer is not None:
            self._writer.close()
        folder = self._folder / name.replace(" ", "-")
        self._last = steps
        self._writer = self._writer_class(str(folder), purge_step=steps + 1)

    def step(self, epoch: int, step: int, loss: float, learning_rate: float) -> None:
        self._writer.add_scalar("step/loss", loss, step)
        self._writer.add_scalar("step/learning rate", learning_rate, step)
        self._last = step

    def epoch(self, epoch: int, loss: float, validation: float, images_per_second: float) -> None:
        values = {"loss": loss, "validation accuracy": validation, "images a second": images_per_second}
        for name, value in values.items():
            self._writer.add_scalar(f"epoch/{name}", value, self._last)
        self._writer.flush()


def make_log(kind: Log | None, folder: Path | None) -> TrainingLog:
    """The log of a run in ``folder``.

    Raises
    ------
    InputError
        There is no folder to log to, or tensorboard is not installed.
    """
    if kind is None:
        return NoLog()
    if folder is None:
        raise InputError(f"--log {kind}: the run has no folder; give train() a folder")
    return CsvLog(folder / FOLDER) if kind == "csv" else TensorBoardLog(folder / FOLDER)


def _rows(path: Path, columns: tuple[str, ...]) -> list[list[str]]:
    """The whole rows of a file; a run that was killed may have left a part of one."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    return [row for row in rows[1:] if len(row) == len(columns) and row[1].isdigit()]
