"""The data set, its splits and their augmentation: the ``[data]`` table of a flow; torch-free and strict."""

from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, model_validator

from r2b_hw.settings import Section

HOST_KEYS = frozenset({"folder", "workers", "pin_memory"})
"""Where the images lie and how they are loaded: nothing that training depends on."""

DEFAULT_AUGMENTATION: dict[str, dict[str, float | bool]] = {
    "digits": {"rotation": 8.0, "translation": 0.08, "scale": 0.08},
    "cluttered-digits": {},
    "cifar100": {"crop_padding": 4, "flip": 0.5, "rotation": 15.0},
    "folder": {"random_resized_crop": True, "flip": 0.5},
    "imagenet": {"random_resized_crop": True, "flip": 0.5},
}
"""Of a flow that says nothing about augmentation."""

BUNDLED = ("digits", "cluttered-digits")
"""Data sets that come with scikit-learn; grey."""

IMAGE_SIZE = 224
RESIZE_RATIO = 256 / 224
"""The usual evaluation on ImageNet: the shorter side becomes 256, the centre of 224x224 is kept."""

Range = Annotated[tuple[float, float], Field(strict=False)]
PerChannel = Annotated[tuple[float, ...], Field(strict=False)]


class AugmentationOptions(Section):
    """Random changes of a training image, in this order; what is not given is not done.

    ``random_resized_crop`` takes a part of the image, of a share ``crop_area`` of its area and a ratio ``crop_ratio``
    of width to height, and resizes it. ``crop_padding`` pads by that many black pixels and takes a part of the size of
    the image. ``flip`` is the probability of a horizontal flip. ``rotation`` (degrees), ``translation`` (share of the
    side) and ``scale`` (relative) are the largest of an affine map, black outside. ``brightness``, ``contrast`` and
    ``saturation`` are the largest relative changes, ``hue`` the largest share of the colour circle.
    """

    random_resized_crop: bool = False
    crop_area: Range = (0.08, 1.0)
    crop_ratio: Range = (3 / 4, 4 / 3)
    crop_padding: int = Field(default=0, ge=0)
    flip: float = Field(default=0.0, ge=0.0, le=1.0)
    rotation: float = Field(default=0.0, ge=0.0, le=180.0)
    translation: float = Field(default=0.0, ge=0.0, le=0.5)
    scale: float = Field(default=0.0, ge=0.0, lt=1.0)
    brightness: float = Field(default=0.0, ge=0.0, le=1.0)
    contrast: float = Field(default=0.0, ge=0.0, le=1.0)
    saturation: float = Field(default=0.0, ge=0.0, le=1.0)
    hue: float = Field(default=0.0, ge=0.0, le=0.5)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.random_resized_crop and self.crop_padding:
            raise ValueError("give random_resized_crop or crop_padding, not both")
        if not 0.0 < self.crop_area[0] <= self.crop_area[1] <= 1.0:
            raise ValueError("crop_area is a smallest and a largest share, above 0 and up to 1")
        if not 0.0 < self.crop_ratio[0] <= self.crop_ratio[1]:
            raise ValueError("crop_ratio is a smallest and a largest ratio above 0")
        return self

    def beyond_affine(self) -> list[str]:
        """The options in use other than rotation, translation and scale."""
        keys = ("random_resized_crop", "crop_padding", "flip", "brightness", "contrast", "saturation", "hue")
        return [key for key in keys if getattr(self, key)]


class DataOptions(Section):
    """The data set and its stratified split, fixed by ``split_seed`` apart from the training seed.

    ``folder`` holds the images of a data set that is not bundled. ``image_size`` is the side of an image of ``folder``
    and ``imagenet``; to evaluate, the shorter side becomes ``resize`` and the centre is kept. ``grey`` turns colour
    images into one channel. Images lie in [0, 1]; ``mean`` and ``standard_deviation``, one number a channel, normalise
    them. ``workers`` processes load and augment images; they change no result.
    """

    dataset: Literal["digits", "cluttered-digits", "cifar100", "folder", "imagenet"] = "digits"
    folder: str | None = None
    image_size: int | None = Field(default=None, ge=1)
    resize: int | None = Field(default=None, ge=1)
    grey: bool = False
    mean: PerChannel | None = None
    standard_deviation: PerChannel | None = None
    workers: int = Field(default=0, ge=0)
    pin_memory: bool = False
    validation_fraction: float = Field(default=0.15, gt=0.0, lt=0.5)
    test_fraction: float = Field(default=0.25, gt=0.0, lt=0.5)
    split_seed: int = Field(default=0, ge=0)
    augmentation: AugmentationOptions = AugmentationOptions()

    @model_validator(mode="before")
    @classmethod
    def _augmentation_of_the_data_set(cls, content: Any) -> Any:
        if not isinstance(content, dict) or "augmentation" in content:
            return cast(Any, content)
        table = cast(dict[str, Any], content)
        default = DEFAULT_AUGMENTATION.get(str(table.get("dataset", "digits")))
        return table if default is None else {**table, "augmentation": default}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems: list[str] = []
        if self.dataset in BUNDLED:
            given = {"folder": self.folder, "grey": self.grey or None, "mean": self.mean}
            given["standard_deviation"] = self.standard_deviation
            unused = [key for key, value in given.items() if value is not None]
            unused += [f"augmentation.{key}" for key in self.augmentation.beyond_affine()]
            problems += [f'{key} does not go with dataset = "{self.dataset}"' for key in unused]
        elif self.folder is None:
            problems.append(f'dataset = "{self.dataset}" needs folder, the place of its files')
        if self.dataset in (*BUNDLED, "cifar100"):
            given = {"image_size": self.image_size, "resize": self.resize}
            problems += [f'{k} does not go with dataset = "{self.dataset}"' for k, v in given.items() if v is not None]
        elif self.resized() < self.size():
            problems.append(f"resize is {self.resized()}, below image_size, {self.size()}")
        if (self.mean is None) != (self.standard_deviation is None):
            problems.append("mean and standard_deviation belong together")
        for key, values in (("mean", self.mean), ("standard_deviation", self.standard_deviation)):
            if values is not None and self.dataset not in BUNDLED and len(values) != self.channels():
                problems.append(f"{key} needs {self.channels()} number(s), one a channel")
        if self.standard_deviation is not None and min(self.standard_deviation, default=1.0) <= 0.0:
            problems.append("standard_deviation must be above 0")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def channels(self) -> int:
        """Channels of an image of a data set that is not bundled."""
        return 1 if self.grey else 3

    def size(self) -> int:
        """Side of an image of ``folder`` and ``imagenet``."""
        return IMAGE_SIZE if self.image_size is None else self.image_size

    def resized(self) -> int:
        """Shorter side of an image of ``folder`` and ``imagenet`` before its centre is taken."""
        return round(self.size() * RESIZE_RATIO) if self.resize is None else self.resize
