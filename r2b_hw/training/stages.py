"""One training stage: an optimiser, a schedule, epochs over augmented batches."""

# pyright: basic
import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from r2b_hw.flow import AugmentationOptions, StageOptions, TrainingOptions
from r2b_hw.nn import R2BNetwork, freeze_statistics
from r2b_hw.nn.layers import BinaryConvolution, Sign
from r2b_hw.training.augmentation import augment
from r2b_hw.training.data import Dataset, Split, batches_per_epoch, shuffled_batches
from r2b_hw.training.losses import classification_loss
from r2b_hw.training.progress import TrainingProgress
from r2b_hw.training.result import StageHistory


@dataclass(frozen=True)
class Trainer:
    """What all stages of one run share."""

    dataset: Dataset
    augmentation: AugmentationOptions
    options: TrainingOptions
    generator: torch.Generator
    progress: TrainingProgress

    def steps(self, epochs: int) -> int:
        """Optimiser steps in ``epochs``."""
        return epochs * batches_per_epoch(self.dataset.train, self.options.batch_size)

    def images(self) -> Iterator[Tensor]:
        """One epoch of augmented training images without labels."""
        for images, _ in self.batches():
            yield images

    def calibration_images(self) -> Iterator[Tensor]:
        """``calibration_batches`` batches of augmented training images."""
        left = self.options.calibration_batches
        while left > 0:
            for images in self.images():
                if left == 0:
                    return
                left -= 1
                yield images

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """One epoch of augmented training images with labels."""
        for images, labels in shuffled_batches(self.dataset.train, self.options.batch_size, self.generator):
            yield augment(images, self.augmentation, self.generator), labels


def train_stage(
    trainer: Trainer, model: R2BNetwork, name: str, stage: StageOptions, teacher: R2BNetwork | None = None
) -> StageHistory:
    """Train the float ``model`` in place."""
    losses, accuracies = _epochs(trainer, model, name, stage, teacher, statistics=True)
    return StageHistory(name, tuple(losses), tuple(accuracy for accuracy, _ in accuracies))


def fine_tune(
    trainer: Trainer, model: R2BNetwork, name: str, stage: StageOptions, teacher: R2BNetwork | None
) -> StageHistory:
    """Train the calibrated ``model`` in place, with statistics and exponents frozen, and keep its best epoch.

    Best is the highest validation accuracy, then the lowest validation loss; epoch 0 is calibration alone.
    """
    best = Best(model, score(model, trainer.dataset.validation))
    losses, scores = _epochs(trainer, model, name, stage, teacher, statistics=False, best=best)
    model.load_state_dict(best.state)
    model.eval()
    return StageHistory(name, tuple(losses), tuple(accuracy for accuracy, _ in scores))


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


def binarise(model: R2BNetwork, *, activations: bool, weights: bool) -> None:
    """Choose what the float network binarises."""
    for module in model.modules():
        if isinstance(module, Sign):
            module.binary = activations
        elif isinstance(module, BinaryConvolution):
            module.binary = weights


def score(model: nn.Module, split: Split) -> tuple[float, float]:
    """(accuracy, negative mean cross-entropy) in eval mode."""
    model.eval()
    with torch.no_grad():
        logits = model(torch.from_numpy(split.images))
    labels = torch.from_numpy(split.labels)
    loss = nn.functional.cross_entropy(logits, labels)
    return float((logits.argmax(1) == labels).float().mean()), -float(loss)


def learning_rate_factor(step: int, total: int, warm_up: int) -> float:
    """Linear warm-up over ``warm_up`` steps, then half a cosine to zero at ``total``."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(total - warm_up, 1)))


def _epochs(
    trainer: Trainer,
    model: R2BNetwork,
    name: str,
    stage: StageOptions,
    teacher: R2BNetwork | None,
    *,
    statistics: bool,
    best: Best | None = None,
) -> tuple[list[float], list[tuple[float, float]]]:
    trainer.progress.stage(name)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.Adam(parameters, lr=stage.learning_rate, weight_decay=stage.weight_decay)
    total = trainer.steps(stage.epochs)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: learning_rate_factor(step, total, stage.warm_up_steps)
    )
    losses: list[float] = []
    scores: list[tuple[float, float]] = []
    for _ in range(stage.epochs):
        model.train()
        if not statistics:
            freeze_statistics(model)
        running = 0.0
        for images, labels in trainer.batches():
            running += _step(trainer, model, images, labels, teacher, optimiser)
            schedule.step()
        losses.append(running / trainer.steps(1))
        scores.append(score(model, trainer.dataset.validation))
        if best is not None:
            best.offer(model, scores[-1])
        trainer.progress.accuracy(scores[-1][0])
    return losses, scores


def _step(
    trainer: Trainer,
    model: R2BNetwork,
    images: Tensor,
    labels: Tensor,
    teacher: R2BNetwork | None,
    optimiser: torch.optim.Optimizer,
) -> float:
    taught = None
    if teacher is not None and trainer.options.logit_matching > 0.0:
        with torch.no_grad():
            taught = teacher(images)
    loss = classification_loss(
        model(images),
        labels,
        taught,
        smoothing=trainer.options.label_smoothing,
        matching=trainer.options.logit_matching,
    )
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, BinaryConvolution):
                module.weight.clamp_(-1.0, 1.0)
    value = float(loss.detach())
    trainer.progress.step(value)
    return value
