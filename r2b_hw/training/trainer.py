"""What all stages of one run share: data in random order, from one generator."""

# pyright: basic
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from r2b_hw.data_options import AugmentationOptions
from r2b_hw.recipe import ChainStageOptions
from r2b_hw.training.data import Batch, Dataset
from r2b_hw.training.losses import Targets
from r2b_hw.training.mix_up import mix_up
from r2b_hw.training.progress import TrainingProgress


@dataclass(frozen=True)
class Trainer:
    """Data, and every random draw: ``generator`` gives order, augmentation and mix-up."""

    dataset: Dataset
    augmentation: AugmentationOptions
    batch_size: int
    generator: torch.Generator
    progress: TrainingProgress

    def steps_per_epoch(self) -> int:
        """Optimiser steps in an epoch."""
        return self.dataset.steps_per_epoch(self.batch_size)

    def batches(self, stage: ChainStageOptions) -> Iterator[tuple[Tensor, Targets]]:
        """One epoch of augmented, mixed training images."""
        for images, labels in self._epoch(stage.augmentation):
            yield mix_up(images, labels, stage.mix_up, self.generator)

    def images(self, augmentation: AugmentationOptions | None = None) -> Iterator[Tensor]:
        """One epoch of augmented training images, neither mixed nor labelled."""
        for images, _ in self._epoch(augmentation):
            yield images

    def calibration_images(self, count: int) -> Iterator[Tensor]:
        """``count`` batches of augmented training images."""
        left = count
        while left > 0:
            for images in self.images():
                if left == 0:
                    return
                left -= 1
                yield images

    def _epoch(self, augmentation: AugmentationOptions | None) -> Iterator[Batch]:
        return self.dataset.training_batches(
            batch_size=self.batch_size, generator=self.generator, augmentation=augmentation or self.augmentation
        )

    def random_state(self) -> dict[str, Any]:
        """Where every random draw stands: orders and augmentation, and torch's own for initial weights."""
        return {"generator": self.generator.get_state(), "torch": torch.random.get_rng_state()}

    def restore_random_state(self, state: dict[str, Any]) -> None:
        """Inverse of :meth:`random_state`."""
        self.generator.set_state(state["generator"])
        torch.random.set_rng_state(state["torch"])
