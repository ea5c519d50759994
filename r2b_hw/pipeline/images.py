"""Checks images before time is spent on them; every error names where they come from."""

import numpy as np
import numpy.typing as npt

from r2b_hw.errors import InputError
from r2b_hw.graph.host import HostInput
from r2b_hw.numeric.rounding import Integers

Floats = npt.NDArray[np.float32]


def check_images(images: Floats, name: str) -> None:
    """Raise InputError naming ``name`` unless ``images`` is (N, C, H, W) float32, N at least 1, every value finite."""
    if images.ndim != 4:
        sizes = "x".join(map(str, images.shape))
        raise InputError(f"{name}: expected images N x C x H x W (NCHW), got {sizes or 'a single value'}")
    if images.dtype != np.float32:
        raise InputError(
            f"{name}: expected float32 as the PyTorch model takes them, got {images.dtype}; use astype(numpy.float32)"
        )
    if images.size == 0:
        raise InputError(f"{name}: the array is empty; at least one image is needed")
    if not np.isfinite(images).all():
        raise InputError(f"{name}: a value is not finite; clean the array first")


def quantised(host: HostInput, images: Floats, name: str) -> Integers:
    """Return the input stream's integers for ``images``; InputError begins with ``name`` where the model takes none."""
    check_images(images, name)
    try:
        return host.quantise(images)
    except InputError as error:
        raise InputError(f"{name}: {str(error).removeprefix('images: ')}") from None
