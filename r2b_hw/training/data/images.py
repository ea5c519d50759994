"""Data sets of coloured images, prepared one by one in worker processes."""

# pyright: basic
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.utils.data import DataLoader

from r2b_hw.data_options import AugmentationOptions, DataOptions
from r2b_hw.errors import InputError
from r2b_hw.training.data.augmentation import Preparation
from r2b_hw.training.data.dataset import Batch, Dataset, Split
from r2b_hw.training.data.sources import ImageSource

SEEDS = 2**62
LARGEST_INDEX = 2**32

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Loading:
    """How images are loaded: nothing that a result depends on."""

    workers: int
    pin_memory: bool


@dataclass(frozen=True)
class Samples:
    """Batches by the indices of their images; what fails comes back as a message.

    An exception that leaves a worker process turns into one with the whole trace of calls as its text.
    """

    source: ImageSource
    preparation: Preparation
    augmentation: AugmentationOptions | None = None
    seed: int = 0

    def __getitems__(self, indices: Indices) -> Batch | str:
        try:
            images = self.preparation.batch(self._image(int(index)) for index in indices)
        except InputError as error:
            return str(error)
        return images, torch.from_numpy(self.source.labels[indices])

    def _image(self, index: int) -> Image.Image:
        image = self.source.image(index)
        if self.augmentation is None:
            return self.preparation.plain(image)
        # A generator for each image: what it draws depends neither on workers nor on processes.
        random = Random(self.seed * LARGEST_INDEX + index)
        return self.preparation.augmented(image, self.augmentation, random)


def _as_it_is(batch: Any) -> Any:
    return batch


def load(samples: Samples, batches: Iterable[Indices], loading: Loading) -> Iterator[Batch]:
    """The batches, in order.

    Raises
    ------
    InputError
        An image cannot be read, or a worker process died.
    """
    loader = DataLoader(
        samples,  # pyright: ignore[reportArgumentType]
        batch_sampler=batches,  # pyright: ignore[reportArgumentType]
        num_workers=loading.workers,
        collate_fn=_as_it_is,
        pin_memory=loading.pin_memory and torch.cuda.is_available(),
        # Without its own generator a loader moves torch's.
        generator=torch.Generator(),
    )
    iterator = iter(loader)
    while True:
        try:
            batch = next(iterator, None)
        except RuntimeError as error:
            if "worker" not in str(error):
                raise
            reason = str(error).splitlines()[0]
            raise InputError(f"data.workers: {reason}; give fewer workers or more (shared) memory") from error
        if batch is None:
            return
        if isinstance(batch, str):
            raise InputError(batch)
        yield batch


@dataclass(frozen=True)
class ImageSplit(Split):
    """The images of ``source`` at ``indices``."""

    source: ImageSource
    indices: Indices
    preparation: Preparation
    loading: Loading

    def __len__(self) -> int:
        return len(self.indices)

    def batches(self, size: int, rank: int = 0, world_size: int = 1) -> Iterator[Batch]:
        batches = (self.indices[start : start + size][rank::world_size] for start in range(0, len(self), size))
        return load(Samples(self.source, self.preparation), [batch for batch in batches if len(batch)], self.loading)

    def examples(self, count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        # Files are sorted by class: neighbours would all be of one.
        places = np.linspace(0, len(self) - 1, min(count, len(self))).astype(np.int64)
        parts = load(Samples(self.source, self.preparation), [self.indices[places]], self.loading)
        images, labels = next(parts)
        return images.numpy(), labels.numpy()


class ImageDataset(Dataset):
    """Images of ``shape`` (channels, height, width), each prepared when its batch is due."""

    train: ImageSplit

    def __init__(
        self, classes: int, shape: tuple[int, int, int], train: ImageSplit, validation: ImageSplit, test: ImageSplit
    ) -> None:
        self.classes, self.shape = classes, shape
        self.train, self.validation, self.test = train, validation, test

    def training_batches(
        self,
        *,
        batch_size: int,
        generator: torch.Generator,
        augmentation: AugmentationOptions,
        rank: int = 0,
        world_size: int = 1,
    ) -> Iterator[Batch]:
        steps = self.steps_per_epoch(batch_size, world_size)
        order = self.train.indices[torch.randperm(len(self.train), generator=generator).numpy()]
        seed = int(torch.randint(SEEDS, (), generator=generator))
        batches = [order[step * batch_size : (step + 1) * batch_size][rank::world_size] for step in range(steps)]
        samples = Samples(self.train.source, self.train.preparation, augmentation, seed)
        return load(samples, batches, self.train.loading)


def split_of(source: ImageSource, indices: Indices, options: DataOptions, *, resizes: bool) -> ImageSplit:
    """The images of ``source`` at ``indices`` as ``options`` ask for them."""
    return ImageSplit(
        source, indices, Preparation.of(options, resizes=resizes), Loading(options.workers, options.pin_memory)
    )
