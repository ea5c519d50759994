"""Where images come from: pixels in memory or files, with a label each."""

# pyright: basic
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from r2b_hw.errors import InputError

MEMORY = 2**28
"""Bytes of pixels of a split that is kept in memory; a larger one is read from its files whenever it is needed."""

NOT_AN_IMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
"""What Pillow raises on damaged files, depending on format and place."""


class ImageSource(Protocol):
    """Images of one mode, ``RGB`` or ``L``, and their labels (N,) int64."""

    @property
    def labels(self) -> NDArray[np.int64]: ...

    def image(self, index: int) -> Image.Image:
        """One image; InputError names a file that holds none."""
        ...


@dataclass(frozen=True)
class MemorySource:
    """Images (H, W) or (H, W, 3) uint8, which may differ in size."""

    images: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]
    labels: NDArray[np.int64]

    def image(self, index: int) -> Image.Image:
        return Image.fromarray(self.images[index])


@dataclass(frozen=True)
class FileSource:
    """Image files, read when needed and turned into ``mode``."""

    paths: Sequence[str]
    labels: NDArray[np.int64]
    mode: str

    def image(self, index: int) -> Image.Image:
        path = self.paths[index]
        try:
            with Image.open(path) as image:
                return image.convert(self.mode)
        except NOT_AN_IMAGE as error:
            raise _unreadable(path, error) from None

    def pixel_bytes(self, limit: int) -> int:
        """Size of all images in memory, from their headers; counting ends beyond ``limit``."""
        total = 0
        for path in self.paths:
            try:
                with Image.open(path) as image:
                    total += image.width * image.height * len(self.mode)
            except NOT_AN_IMAGE as error:
                raise _unreadable(path, error) from None
            if total > limit:
                break
        return total


def in_memory_if_small(source: FileSource) -> ImageSource:
    """The images themselves where they fit in ``MEMORY``: then every file is known to be whole before training."""
    if source.pixel_bytes(MEMORY) > MEMORY:
        return source
    return MemorySource([np.asarray(source.image(index)) for index in range(len(source.paths))], source.labels)


def _unreadable(path: str, error: Exception) -> InputError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return InputError(f"{path}: is no whole image ({reason}); replace or remove the file")
