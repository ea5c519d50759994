"""What training sees of a data set, whatever holds its images."""

# pyright: basic
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from r2b_hw.data_options import AugmentationOptions
from r2b_hw.errors import InputError
from r2b_hw.network_options import NetworkOptions

Batch = tuple[Tensor, Tensor]
"""Images (N, C, H, W) float32 and labels (N,) int64."""


class Split(ABC):
    """Images in a fixed order, not augmented."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def batches(self, size: int, rank: int = 0, world_size: int = 1) -> Iterator[Batch]:
        """Batches of ``size`` in order, the last one smaller; of each, the images ``rank::world_size``.

        A share without an image is left out.
        """

    @abstractmethod
    def examples(self, count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Images (N, C, H, W) and labels (N,): ``count`` of them, or all where there are fewer."""


@dataclass(frozen=True)
class MemorySplit(Split):
    """Images (N, C, H, W) float32 and labels (N,) int64 in memory."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def batches(self, size: int, rank: int = 0, world_size: int = 1) -> Iterator[Batch]:
        images, labels = torch.from_numpy(self.images), torch.from_numpy(self.labels)
        for start in range(0, len(self), size):
            index = slice(start + rank, min(start + size, len(self)), world_size)
            if len(labels[index]):
                yield images[index], labels[index]

    def examples(self, count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        return self.images[:count], self.labels[:count]


class Dataset(ABC):
    """Three disjoint splits; ``test`` chooses nothing.

    Attributes
    ----------
    classes
        Labels run from 0 to ``classes`` - 1.
    shape
        (channels, height, width) of an image.
    train, validation, test
        The splits, without augmentation.
    """

    classes: int
    shape: tuple[int, int, int]
    train: Split
    validation: Split
    test: Split

    def require_fit(self, network: NetworkOptions) -> None:
        """Raise InputError unless ``network`` takes these images and tells these classes apart."""
        shape = (network.input_channels, network.input_height, network.input_width)
        if (*shape, network.classes) != (*self.shape, self.classes):
            raise InputError(
                f"network: takes {_sizes(shape)} images of {network.classes} classes, the data set holds "
                f"{_sizes(self.shape)} images of {self.classes}; set input_channels, input_height, input_width, classes"
            )

    def steps_per_epoch(self, batch_size: int, world_size: int = 1) -> int:
        """Batches in an epoch; ``batch_size`` counts the images of all processes.

        Raises
        ------
        InputError
            The processes cannot share a batch equally.
        """
        if batch_size % world_size:
            raise InputError(
                f"training.batch_size: {batch_size} images cannot be shared equally by {world_size} processes; "
                f"give a multiple of {world_size}"
            )
        if world_size > 1 and len(self.train) < batch_size:
            raise InputError(
                f"training.batch_size: {batch_size} is more than the {len(self.train)} training images; "
                "give a smaller one"
            )
        return max(len(self.train) // batch_size, 1)

    @abstractmethod
    def training_batches(
        self,
        *,
        batch_size: int,
        generator: torch.Generator,
        augmentation: AugmentationOptions,
        rank: int = 0,
        world_size: int = 1,
    ) -> Iterator[Batch]:
        """One epoch of full, augmented batches in random order (one smaller batch if there is less than a batch).

        Every draw derives from ``generator``, which stands alike in all processes and moves alike in all. A process
        gets the images ``rank::world_size`` of each batch: those it would hold with one process, whatever the number
        of processes and workers.
        """


def _sizes(shape: tuple[int, int, int]) -> str:
    return "x".join(map(str, shape))
