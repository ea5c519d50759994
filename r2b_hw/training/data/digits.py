"""scikit-learn's digits: 1797 grey images of 8x8, in memory, in a fixed stratified split."""

# pyright: basic
from collections.abc import Iterator

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from r2b_hw.data_options import AugmentationOptions, DataOptions
from r2b_hw.errors import InputError
from r2b_hw.training.data.affine import augment
from r2b_hw.training.data.dataset import Batch, Dataset, MemorySplit

DIGITS_MAXIMUM = 16.0
"""scikit-learn's digits are integers in 0..16."""


class Digits(Dataset):
    """Images in [0, 1]; augmented by random affine maps only."""

    train: MemorySplit
    validation: MemorySplit
    test: MemorySplit

    def __init__(self, options: DataOptions) -> None:
        self.classes, self.shape = 10, (1, 8, 8)
        images, labels = load_digits(return_X_y=True)
        images = (images / DIGITS_MAXIMUM).astype(np.float32).reshape(-1, *self.shape)
        labels = np.asarray(labels, dtype=np.int64)
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
        splits = (MemorySplit(images[index], labels[index]) for index in (train, validation, test))
        self.train, self.validation, self.test = splits

    def training_batches(
        self,
        *,
        batch_size: int,
        generator: torch.Generator,
        augmentation: AugmentationOptions,
        rank: int = 0,
        world_size: int = 1,
    ) -> Iterator[Batch]:
        if augmentation.beyond_affine():
            raise InputError(
                f"augmentation: {', '.join(augmentation.beyond_affine())} needs coloured images, digits are grey; "
                "take rotation, translation and scale"
            )
        size = batch_size
        order = torch.randperm(len(self.train), generator=generator)
        images, labels = torch.from_numpy(self.train.images), torch.from_numpy(self.train.labels)
        for start in range(0, self.steps_per_epoch(size, world_size) * size, size):
            index = order[start : start + size]
            augmented = augment(images[index], augmentation, generator)
            yield augmented[rank::world_size], labels[index][rank::world_size]
