"""What all stages of one run share: data in random order, from one generator, and where they compute."""

# pyright: basic
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from r2b_hw.data_options import AugmentationOptions
from r2b_hw.errors import InputError
from r2b_hw.recipe import ChainStageOptions
from r2b_hw.training.data import Dataset
from r2b_hw.training.feed import feed
from r2b_hw.training.logs import NoLog, TrainingLog
from r2b_hw.training.losses import Targets
from r2b_hw.training.mix_up import mix_up
from r2b_hw.training.progress import TrainingProgress
from r2b_hw.training.runtime import Runtime

_SEEDS = 2**62


@dataclass(frozen=True)
class Trainer:
    """Data, and every random draw: ``generator`` gives order, augmentation and mix-up, alike in all processes.

    ``batch_size`` is that of an optimiser step, all processes together.
    """

    dataset: Dataset
    augmentation: AugmentationOptions
    batch_size: int
    generator: torch.Generator
    progress: TrainingProgress
    runtime: Runtime = field(default_factory=Runtime)
    log: TrainingLog = field(default_factory=NoLog)

    def steps_per_epoch(self) -> int:
        """Optimiser steps in an epoch.

        Raises
        ------
        InputError
            The batch cannot be shared equally.
        """
        execution, world_size = self.runtime.execution, self.runtime.processes.world_size
        if self.batch_size % (world_size * execution.accumulate):
            raise InputError(
                f"training.batch_size: {self.batch_size} images do not divide among {world_size} processes with "
                f"{execution.accumulate} parts each; give a multiple of {world_size * execution.accumulate}"
            )
        return self.dataset.steps_per_epoch(self.batch_size, world_size)

    def batches(self, stage: ChainStageOptions) -> Iterator[tuple[Tensor, Targets]]:
        """One epoch of augmented, mixed training images: this process's share of each batch, on the device."""
        # Batches may be read ahead, so mixing has draws of its own.
        processes = self.runtime.processes
        gather = None if processes.alone else processes.shares
        mixing = _derived(self.generator) if stage.mix_up > 0.0 else self.generator
        for images, labels in feed(self._batches(stage.augmentation), self.runtime):
            yield mix_up(images, labels, stage.mix_up, mixing, rank=processes.rank, gather=gather)

    def images(self, augmentation: AugmentationOptions | None = None) -> Iterator[Tensor]:
        """One epoch of augmented training images, neither mixed nor labelled; this process's share of each batch."""
        for images, _ in feed(self._batches(augmentation), self.runtime):
            yield images

    def calibration_images(self, count: int) -> Iterator[Tensor]:
        """``count`` whole batches of augmented training images, the same in every process."""
        left = count
        while left > 0:
            for images, _ in feed(islice(self._batches(None, whole=True), left), self.runtime):
                left -= 1
                yield images

    def random_state(self) -> dict[str, Any]:
        """Where every random draw stands: orders and augmentation, and torch's own for initial weights."""
        return {"generator": self.generator.get_state(), "torch": torch.random.get_rng_state()}

    def restore_random_state(self, state: dict[str, Any]) -> None:
        """Inverse of :meth:`random_state`."""
        self.generator.set_state(state["generator"])
        torch.random.set_rng_state(state["torch"])

    def _batches(
        self, augmentation: AugmentationOptions | None, *, whole: bool = False
    ) -> Iterator[tuple[Tensor, Tensor]]:
        processes = self.runtime.processes
        return self.dataset.training_batches(
            batch_size=self.batch_size,
            generator=self.generator,
            augmentation=augmentation or self.augmentation,
            rank=0 if whole else processes.rank,
            world_size=1 if whole else processes.world_size,
        )


def _derived(generator: torch.Generator) -> torch.Generator:
    return torch.Generator().manual_seed(int(torch.randint(_SEEDS, (), generator=generator)))
