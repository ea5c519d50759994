"""Cluttered digits: scikit-learn's handwritten digits on its photographs, among fragments of other digits.

Harder than the digits alone, on which every recipe is right, and made of real images that come inside a wheel. An image
is 16 x 16: a patch of a photograph with its contrast levelled, fragments of other digits, the digit itself under a
random affine map, in black or white and half transparent, and noise.

Each split has digits and columns of the photographs of its own.
"""

# pyright: basic
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform
from sklearn.datasets import load_digits, load_sample_images
from sklearn.model_selection import train_test_split

from r2b_hw.data_options import DataOptions
from r2b_hw.errors import InputError
from r2b_hw.training.data.dataset import MemorySplit
from r2b_hw.training.data.digits import DIGITS_MAXIMUM, Digits

CLASSES = 10
SIZE = 16
COPIES = (24, 8, 8)
"""Images of each digit of training, validation and test."""

DIGIT_SIDE = 8
BRIGHTEST = 255.0
FRAGMENTS = 1
LARGEST_ROTATION = math.radians(15.0)
LARGEST_SHEAR = 0.2
SCALES = (1.5, 1.9)
LARGEST_SHIFT = 1.5
"""Pixels, of the digit's centre from the image's."""

OPACITY = (0.8, 1.0)
BACKGROUND_CONTRAST = 0.08
"""Standard deviation of a patch, around a mean of one half."""

NOISE = 0.05

Images = NDArray[np.float32]
Labels = NDArray[np.int64]
Floats = NDArray[np.float64]


class ClutteredDigits(Digits):
    """Images (N, 1, 16, 16) in [0, 1], ``COPIES`` of each digit; augmented by affine maps only."""

    def __init__(self, options: DataOptions) -> None:
        self.classes, self.shape = CLASSES, (1, SIZE, SIZE)
        made = cluttered_digits(options.validation_fraction, options.test_fraction, options.split_seed)
        self.train, self.validation, self.test = (MemorySplit(images, labels) for images, labels in made)


@dataclass(frozen=True)
class Material:
    """What the images of one split are made of: digits (N, 8, 8) in [0, 1], their labels, grey photographs."""

    digits: Floats
    labels: Labels
    photographs: tuple[Floats, ...]


@lru_cache(maxsize=1)
def cluttered_digits(
    validation_fraction: float, test_fraction: float, seed: int
) -> tuple[tuple[Images, Labels], tuple[Images, Labels], tuple[Images, Labels]]:
    """Images (N, 1, 16, 16) in [0, 1] and labels 0 to 9, for training, validation and test.

    Raises
    ------
    InputError
        Pillow, with which scikit-learn reads its photographs, is not installed.
    """
    digits, named = load_digits(return_X_y=True)
    labels = np.asarray(named, dtype=np.int64)
    digits = digits.reshape(-1, DIGIT_SIDE, DIGIT_SIDE) / DIGITS_MAXIMUM
    indices = _split_indices(labels, validation_fraction, test_fraction, seed)
    photographs = _photographs()
    width = photographs[0].shape[1]
    # From left to right: training, validation, test, in the shares of the digits.
    first = round(width * (1.0 - validation_fraction - test_fraction))
    second = round(width * (1.0 - test_fraction))
    columns = (slice(0, first), slice(first, second), slice(second, width))
    generators = np.random.SeedSequence(seed).spawn(3)
    train, validation, test = (
        _draw(
            Material(digits[index], labels[index], tuple(photo[:, part] for photo in photographs)),
            copies,
            np.random.default_rng(generator),
        )
        for index, part, copies, generator in zip(indices, columns, COPIES, generators, strict=True)
    )
    return train, validation, test


def _split_indices(
    labels: NDArray[np.int64], validation_fraction: float, test_fraction: float, seed: int
) -> tuple[Labels, Labels, Labels]:
    rest, test = train_test_split(np.arange(len(labels)), test_size=test_fraction, random_state=seed, stratify=labels)
    share = validation_fraction / (1.0 - test_fraction)
    train, validation = train_test_split(rest, test_size=share, random_state=seed, stratify=labels[rest])
    return np.asarray(train), np.asarray(validation), np.asarray(test)


def _photographs() -> tuple[Floats, ...]:
    try:
        images = load_sample_images().images
    except ImportError as error:
        raise InputError("data.dataset: cluttered-digits reads photographs with Pillow; pip install pillow") from error
    return tuple(image.mean(2) / BRIGHTEST for image in images)


def _draw(material: Material, copies: int, generator: np.random.Generator) -> tuple[Images, Labels]:
    """``copies`` images of each digit, in the order of the digits."""
    chosen = np.repeat(np.arange(len(material.labels)), copies)
    images = np.stack([_image(material, int(index), generator) for index in chosen])
    return images[:, None].astype(np.float32), material.labels[chosen]


def _image(material: Material, index: int, generator: np.random.Generator) -> Floats:
    image = _background(material.photographs, generator)
    for _ in range(FRAGMENTS):
        image = _blend(image, _fragment(material.digits, generator), generator)
    shift = generator.uniform(-LARGEST_SHIFT, LARGEST_SHIFT, 2)
    image = _blend(image, _warp(material.digits[index], shift, generator), generator)
    return np.clip(image + generator.normal(0.0, NOISE, image.shape), 0.0, 1.0)


def _background(photographs: tuple[Floats, ...], generator: np.random.Generator) -> Floats:
    photograph = photographs[generator.integers(len(photographs))]
    top, left = (generator.integers(side - SIZE + 1) for side in photograph.shape)
    patch = photograph[top : top + SIZE, left : left + SIZE]
    deviation = max(float(patch.std()), 0.03)
    return 0.5 + (patch - patch.mean()) * (BACKGROUND_CONTRAST / deviation)


def _fragment(digits: Floats, generator: np.random.Generator) -> Floats:
    """Half of some digit, near a side of the image."""
    angle = generator.uniform(0.0, 2.0 * math.pi)
    direction = np.array([math.sin(angle), math.cos(angle)])
    mask = _warp(digits[generator.integers(len(digits))], direction * (SIZE * 0.45), generator)
    # The half towards the centre is cut off: what is left of two digits is one digit.
    across = np.tensordot(direction, np.indices(mask.shape) - (SIZE - 1) / 2, 1)
    return mask * (across > SIZE * 0.25)


def _warp(digit: Floats, shift: Floats, generator: np.random.Generator) -> Floats:
    """A digit (8, 8) as a mask (16, 16) in [0, 1], its centre moved by ``shift`` (rows, columns)."""
    angle = generator.uniform(-LARGEST_ROTATION, LARGEST_ROTATION)
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    shear = np.array([[1.0, 0.0], [generator.uniform(-LARGEST_SHEAR, LARGEST_SHEAR), 1.0]])
    matrix = rotation @ shear / generator.uniform(*SCALES, 2)
    offset = (DIGIT_SIDE - 1) / 2 - matrix @ ((SIZE - 1) / 2 + shift)
    return affine_transform(digit, matrix, offset, (SIZE, SIZE), order=1, mode="constant")  # pyright: ignore[reportArgumentType]


def _blend(image: Floats, mask: Floats, generator: np.random.Generator) -> Floats:
    ink = float(generator.integers(2))
    cover = mask * generator.uniform(*OPACITY)
    return image * (1.0 - cover) + ink * cover
