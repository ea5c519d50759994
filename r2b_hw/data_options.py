"""The data set, its splits and their augmentation: the ``[data]`` table of a flow; torch-free and strict."""

from typing import Literal

from pydantic import Field

from r2b_hw.settings import Section


class AugmentationOptions(Section):
    """Largest random rotation (degrees), translation (fraction of the side) and relative scaling."""

    rotation: float = Field(default=8.0, ge=0.0, le=180.0)
    translation: float = Field(default=0.08, ge=0.0, le=0.5)
    scale: float = Field(default=0.08, ge=0.0, lt=1.0)


class DataOptions(Section):
    """The data set and its stratified split, fixed by ``split_seed`` apart from the training seed."""

    dataset: Literal["digits"] = "digits"
    validation_fraction: float = Field(default=0.15, gt=0.0, lt=0.5)
    test_fraction: float = Field(default=0.25, gt=0.0, lt=0.5)
    split_seed: int = Field(default=0, ge=0)
    augmentation: AugmentationOptions = AugmentationOptions()
