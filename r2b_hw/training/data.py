"""Data sets: images as the network takes them, in a fixed stratified split."""

# pyright: basic
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor

from r2b_hw.data_options import DataOptions

DIGITS_MAXIMUM = 16.0
"""scikit-learn's digits are integers in 0..16."""


@dataclass(frozen=True)
class Split:
    """Images (N, C, H, W) float32 in [0, 1] and labels (N,) int64."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Dataset:
    """Three disjoint splits; ``test`` chooses nothing."""

    train: Split
    validation: Split
    test: Split


def load_dataset(options: DataOptions) -> Dataset:
    """Load the data set of a flow; the split depends on ``options`` only."""
    images, labels = load_digits(return_X_y=True)
    images = (images / DIGITS_MAXIMUM).astype(np.float32).reshape(-1, 1, 8, 8)
    labels = labels.astype(np.int64)
    everything = np.arange(len(labels))
    rest, test = train_test_split(
        everything, test_size=options.test_fraction, random_state=options.split_seed, stratify=labels
    )
    train, validation = train_test_split(
        rest,
        test_size=options.validation_fraction / (1.0 - options.test_fraction),
        random_state=options.split_seed,
        stratify=labels[rest],
    )
    splits = [Split(images[index], labels[index]) for index in (train, validation, test)]
    return Dataset(*splits)


def shuffled_batches(split: Split, size: int, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch of full batches in random order (one smaller batch if there is less than a batch)."""
    order = torch.randperm(len(split), generator=generator)
    images, labels = torch.from_numpy(split.images), torch.from_numpy(split.labels)
    for start in range(0, max(len(order) - size, 0) + 1, size):
        index = order[start : start + size]
        yield images[index], labels[index]


def batches_per_epoch(split: Split, size: int) -> int:
    """How many batches :func:`shuffled_batches` gives."""
    return max(len(split) // size, 1)
