"""Random changes of an image against numpy, with draws at the ends of their ranges or many of them."""

# pyright: basic
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from PIL import Image

from r2b_hw.data_options import AugmentationOptions
from r2b_hw.training.data.augmentation import Preparation, jitter, move, random_part

NOISE = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)


class Largest(Random):
    """Every draw is the largest of its range; an order stays as it is."""

    def uniform(self, a: float, b: float) -> float:
        return b

    def randint(self, a: int, b: int) -> int:
        return b

    def shuffle(self, x: Any) -> None:
        pass


def moved(random: Random | None = None, **options: Any) -> Sequence[Any]:
    return np.asarray(move(Image.fromarray(NOISE), AugmentationOptions(**options), random or Largest()))


def test_nothing_asked_is_nothing_done() -> None:
    assert np.array_equal(moved(), NOISE)
    assert np.array_equal(np.asarray(jitter(Image.fromarray(NOISE), AugmentationOptions(), Random(0))), NOISE)


def test_crop_with_padding_takes_each_window_alike() -> None:
    padded = np.pad(NOISE, ((2, 2), (2, 2), (0, 0)))
    windows = {padded[y : y + 32, x : x + 32].tobytes(): (y, x) for y in range(5) for x in range(5)}
    random = Random(0)
    counts = dict.fromkeys(windows.values(), 0)
    for _ in range(2500):
        counts[windows[np.asarray(moved(random, crop_padding=2)).tobytes()]] += 1
    # 100 expected in each of 25: five standard deviations are 49.
    assert min(counts.values()) > 51 and max(counts.values()) < 149


def test_flip_has_its_probability() -> None:
    random = Random(0)
    flipped = NOISE[:, ::-1].tobytes()
    found = [np.asarray(moved(random, flip=0.3)).tobytes() for _ in range(1000)]
    assert set(found) == {flipped, NOISE.tobytes()}
    assert 230 < found.count(flipped) < 370


def test_affine_maps_at_the_ends_of_their_ranges() -> None:
    # Pillow interpolates between pixels a rounding error apart.
    for degrees, quarters in ((180.0, 2), (90.0, 1)):
        turned = np.asarray(moved(rotation=degrees)).astype(int)
        assert np.abs(turned - np.rot90(NOISE, quarters)).max() <= 1
    shifted = np.zeros_like(NOISE)
    shifted[:24, :24] = NOISE[8:, 8:]
    assert np.array_equal(moved(translation=0.25), shifted)
    # Twice as far apart: every second pair of pixels, averaged, in the centre.
    smaller = moved(scale=0.999999)
    assert np.asarray(smaller)[:7].max() == 0 and np.asarray(smaller)[12:20, 12:20].min() > 0


def test_parts_lie_in_the_image_and_in_their_ranges() -> None:
    options = AugmentationOptions(random_resized_crop=True)
    random = Random(0)
    areas, ratios = [], []
    for _ in range(2000):
        left, top, right, bottom = random_part((200, 300), options, random)
        assert 0 <= left < right <= 200 and 0 <= top < bottom <= 300
        areas.append((right - left) * (bottom - top) / 60000)
        ratios.append((right - left) / (bottom - top))
    assert 0.079 < min(areas) < 0.1 and 0.85 < max(areas) < 0.9
    assert 0.74 < min(ratios) < 0.77 and 1.28 < max(ratios) < 1.35
    # Uniform in area up to what fits, and in the logarithm of the ratio.
    assert abs(np.mean(np.log(ratios))) < 0.1
    # Nothing of these ratios fits into a line: the centre is taken.
    assert random_part((400, 10), AugmentationOptions(crop_area=(1.0, 1.0)), random) == (193, 0, 206, 10)


def test_a_resized_part_has_the_size_asked_for() -> None:
    image = Image.fromarray(NOISE)
    options = AugmentationOptions(random_resized_crop=True)
    preparation = Preparation(24, 28, None, None)
    variants = [preparation.augmented(image, options, Random(seed)) for seed in range(20)]
    assert {variant.size for variant in variants} == {(24, 24)}
    assert len({variant.tobytes() for variant in variants}) == 20
    whole = AugmentationOptions(random_resized_crop=True, crop_area=(1.0, 1.0), crop_ratio=(1.0, 1.0))
    expected = image.resize((24, 24), Image.Resampling.BILINEAR)
    assert preparation.augmented(image, whole, Random(0)).tobytes() == expected.tobytes()


def test_colours_at_the_ends_of_their_ranges() -> None:
    def jittered(image: Image.Image, **options: float) -> Any:
        return np.asarray(jitter(image, AugmentationOptions(**options), Largest())).astype(int)

    image = Image.fromarray(NOISE)
    assert np.abs(jittered(image, brightness=0.5) - np.clip(NOISE * 1.5, 0, 255)).max() <= 1
    weights = np.array([0.299, 0.587, 0.114])
    mean = (NOISE @ weights).mean()
    assert np.abs(jittered(image, contrast=0.5) - np.clip(mean + 1.5 * (NOISE - mean), 0, 255)).max() <= 2
    grey = (NOISE @ weights)[..., None]
    assert np.abs(jittered(image, saturation=0.5) - np.clip(grey + 1.5 * (NOISE - grey), 0, 255)).max() <= 2
    red = Image.new("RGB", (4, 4), (200, 0, 0))
    assert np.abs(jittered(red, hue=0.5) - np.array([0, 200, 200])).max() <= 4


def test_the_order_of_colours_is_random() -> None:
    options = AugmentationOptions(brightness=0.9, contrast=0.9)

    class Shuffled(Largest):
        def __init__(self, reverse: bool) -> None:
            self.reverse = reverse

        def shuffle(self, x: Any) -> None:
            if self.reverse:
                x.reverse()

    one, other = (np.asarray(jitter(Image.fromarray(NOISE), options, Shuffled(turn))) for turn in (False, True))
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_normalisation(mode: str) -> None:
    image = Image.fromarray(NOISE).convert(mode)
    channels = len(mode) if mode == "RGB" else 1
    mean, deviation = (0.5, 0.4, 0.3)[:channels], (0.2, 0.25, 0.3)[:channels]
    found = Preparation(None, None, mean, deviation).batch([image, image]).numpy()
    pixels = np.asarray(image, dtype=np.float64).reshape(32, 32, channels) / 255
    expected = ((pixels - np.array(mean)) / np.array(deviation)).transpose(2, 0, 1)
    assert found.shape == (2, channels, 32, 32)
    assert np.abs(found - expected).max() < 1e-6
