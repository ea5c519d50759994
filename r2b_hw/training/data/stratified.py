"""A validation part of the training images."""

# pyright: basic
import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from r2b_hw.data_options import DataOptions
from r2b_hw.errors import InputError


def validation_part(labels: NDArray[np.int64], options: DataOptions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of the training and of the validation part, each class in both by its share.

    Raises
    ------
    InputError
        There are too few images for one of every class in both.
    """
    try:
        train, validation = train_test_split(
            np.arange(len(labels)),
            test_size=options.validation_fraction,
            random_state=options.split_seed,
            stratify=labels,
        )
    except ValueError as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise InputError(
            f"data.validation_fraction: {options.validation_fraction} of {len(labels)} images leaves a class without "
            f"an image in one part ({reason}); give another fraction, more images, or a val and a test folder"
        ) from None
    return np.asarray(train, dtype=np.int64), np.asarray(validation, dtype=np.int64)
