"""Random changes of one image, by Pillow; the distributions are those of torchvision's transforms of the same names."""

# pyright: basic
import math
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from PIL import Image, ImageEnhance
from torch import Tensor

from r2b_hw.data_options import AugmentationOptions, DataOptions

ATTEMPTS = 10
"""Draws of a part that fits into the image, before the largest centred one is taken."""

BILINEAR = Image.Resampling.BILINEAR
ENHANCERS = {
    "brightness": ImageEnhance.Brightness,
    "contrast": ImageEnhance.Contrast,
    "saturation": ImageEnhance.Color,
}


@dataclass(frozen=True)
class Preparation:
    """From an image to what the network takes.

    ``size`` is the side of the result and ``resize`` the shorter side before its centre is taken; None leaves images
    as they are.
    """

    size: int | None
    resize: int | None
    mean: tuple[float, ...] | None
    standard_deviation: tuple[float, ...] | None

    @classmethod
    def of(cls, options: DataOptions, *, resizes: bool) -> "Preparation":
        """That of a data set; ``resizes`` where its images differ in size."""
        size, resize = (options.size(), options.resized()) if resizes else (None, None)
        return cls(size, resize, options.mean, options.standard_deviation)

    def augmented(self, image: Image.Image, options: AugmentationOptions, random: Random) -> Image.Image:
        """A random variant of the image."""
        if options.random_resized_crop:
            side = (self.size, self.size) if self.size is not None else image.size
            image = image.resize(side, BILINEAR, box=random_part(image.size, options, random))
        else:
            image = self.plain(image)
        return jitter(move(image, options, random), options, random)

    def plain(self, image: Image.Image) -> Image.Image:
        """The centre of the image."""
        if self.size is None or self.resize is None:
            return image
        shorter = min(image.size)
        if shorter != self.resize:
            width, height = (max(round(side * self.resize / shorter), self.resize) for side in image.size)
            image = image.resize((width, height), BILINEAR)
        left, top = (image.width - self.size) // 2, (image.height - self.size) // 2
        return image.crop((left, top, left + self.size, top + self.size))

    def batch(self, images: Iterable[Image.Image]) -> Tensor:
        """Images of one size as (N, C, H, W) float32, normalised."""
        pixels = np.stack([np.asarray(image) for image in images])
        pixels = pixels.reshape(*pixels.shape[:3], -1).transpose(0, 3, 1, 2).astype(np.float32, order="C")
        pixels /= np.float32(255)
        if self.mean is not None and self.standard_deviation is not None:
            pixels -= np.array(self.mean, np.float32)[:, None, None]
            pixels /= np.array(self.standard_deviation, np.float32)[:, None, None]
        return torch.from_numpy(pixels)


def random_part(size: tuple[int, int], options: AugmentationOptions, random: Random) -> tuple[int, int, int, int]:
    """A part of an image of ``size`` (width, height) as left, top, right, bottom."""
    width, height = size
    least, most = options.crop_ratio
    for _ in range(ATTEMPTS):
        area = width * height * random.uniform(*options.crop_area)
        ratio = math.exp(random.uniform(math.log(least), math.log(most)))
        across, down = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < across <= width and 0 < down <= height:
            left, top = random.randint(0, width - across), random.randint(0, height - down)
            return left, top, left + across, top + down
    across = min(width, max(round(height * most), 1))
    down = min(height, max(round(width / least), 1))
    left, top = (width - across) // 2, (height - down) // 2
    return left, top, left + across, top + down


def move(image: Image.Image, options: AugmentationOptions, random: Random) -> Image.Image:
    """Padded crop, flip and affine map, each by its own draw."""
    width, height = image.size
    padding = options.crop_padding
    if padding:
        left, top = random.randint(-padding, padding), random.randint(-padding, padding)
        # What lies outside an image is black in a crop.
        image = image.crop((left, top, left + width, top + height))
    if options.flip and random.random() < options.flip:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if options.rotation or options.translation or options.scale:
        angle = math.radians(random.uniform(-options.rotation, options.rotation))
        scale = 1 + random.uniform(-options.scale, options.scale)
        right, down = (random.uniform(-options.translation, options.translation) * side for side in image.size)
        cosine, sine = math.cos(angle) * scale, math.sin(angle) * scale
        # A pixel of the result comes from the matrix times its place, both counted from the centre.
        x, y = width / 2, height / 2
        matrix = (cosine, -sine, x + right - cosine * x + sine * y, sine, cosine, y + down - sine * x - cosine * y)
        image = image.transform(image.size, Image.Transform.AFFINE, matrix, BILINEAR)
    return image


def jitter(image: Image.Image, options: AugmentationOptions, random: Random) -> Image.Image:
    """Change brightness, contrast, saturation and hue in random order."""
    kinds = [kind for kind in (*ENHANCERS, "hue") if getattr(options, kind)]
    random.shuffle(kinds)
    for kind in kinds:
        change = random.uniform(-getattr(options, kind), getattr(options, kind))
        if kind != "hue":
            image = ENHANCERS[kind](image).enhance(1 + change)
        elif image.mode == "RGB":
            image = _turn_hue(image, change)
    return image


def _turn_hue(image: Image.Image, share: float) -> Image.Image:
    hue, saturation, value = image.convert("HSV").split()
    turned = np.asarray(hue) + np.uint8(round(share * 255) % 256)
    return Image.merge("HSV", (Image.fromarray(turned), saturation, value)).convert("RGB")
