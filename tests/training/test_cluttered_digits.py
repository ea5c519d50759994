"""Cluttered digits: what the images are made of."""

import numpy as np
import pytest
from numpy.typing import NDArray

from r2b_hw.data_options import DataOptions
from r2b_hw.training import load_dataset
from r2b_hw.training.data import cluttered_digits as made

OPTIONS = DataOptions(dataset="cluttered-digits")


@pytest.fixture(autouse=True)
def _one_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """One image of each digit is enough here."""
    monkeypatch.setattr(made, "COPIES", (1, 1, 1))
    made.cluttered_digits.cache_clear()


def test_the_splits_are_made_of_different_digits_and_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[made.Material] = []

    def look(
        material: made.Material, copies: int, generator: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        seen.append(material)
        return np.zeros((1, 1, 16, 16), np.float32), material.labels[:1]

    monkeypatch.setattr(made, "_draw", look)
    made.cluttered_digits(0.15, 0.25, 0)
    made.cluttered_digits.cache_clear()
    assert [len(material.labels) for material in seen] == [1077, 270, 450]
    # Every digit once: the bytes of 1797 digits, of which scikit-learn has no two alike.
    digits = np.concatenate([material.digits for material in seen])
    assert len({digit.tobytes() for digit in digits}) == 1797
    # Side by side the columns are the photographs.
    widths = [[photograph.shape[1] for photograph in material.photographs] for material in seen]
    assert widths == [[384, 384], [96, 96], [160, 160]]


def test_images_are_repeatable_and_balanced() -> None:
    first = load_dataset(OPTIONS)
    made.cluttered_digits.cache_clear()
    again = load_dataset(OPTIONS)
    for one, other in ((first.train, again.train), (first.validation, again.validation), (first.test, again.test)):
        (images, labels), (others, other_labels) = one.examples(9999), other.examples(9999)
        assert np.array_equal(images, others)
        assert np.array_equal(labels, other_labels)
        assert images.dtype == np.float32
        assert 0.0 <= images.min() < 0.1 < 0.9 < images.max() <= 1.0
        assert np.bincount(labels).min() > 0.09 * len(labels)
    assert first.shape == first.train.examples(1)[0].shape[1:]


def test_the_digit_is_in_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without clutter, the darkest or brightest part is the digit: its centre of mass is near the image's."""
    monkeypatch.setattr(made, "FRAGMENTS", 0)
    monkeypatch.setattr(made, "BACKGROUND_CONTRAST", 0.0)
    monkeypatch.setattr(made, "NOISE", 0.0)
    (images, _), *_ = made.cluttered_digits(0.4, 0.4, 1)
    ink = np.abs(images[:, 0].astype(np.float64) - 0.5)
    rows = np.arange(16)
    total = ink.sum((1, 2))
    assert total.min() > 5.0
    for axis in (1, 2):
        centre = (ink.sum(axis) * rows).sum(1) / total
        assert np.abs(centre - 7.5).max() < 4.5
