"""Small data sets in the formats of the large ones, made with the standard library and Pillow."""

# pyright: basic
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from r2b_hw.data_options import DataOptions


def cifar_pixels(count: int, seed: int) -> NDArray[np.uint8]:
    """Pixels as CIFAR keeps them: (count, 3072), all red ones first, row by row."""
    return np.random.default_rng(seed).integers(0, 256, (count, 3072), dtype=np.uint8)


def cifar_record(count: int, seed: int) -> dict[bytes, Any]:
    labels = [index % 100 for index in range(count)]
    return {b"data": cifar_pixels(count, seed), b"fine_labels": labels, b"coarse_labels": [0] * count}


def write_cifar_python(folder: Path, train: int = 400, test: int = 100, **changes: Any) -> Path:
    """The unpacked folder ``cifar-100-python``; ``changes`` replace entries of the training part."""
    place = folder / "cifar-100-python"
    place.mkdir(parents=True)
    record = cifar_record(train, 0) | {key.encode(): value for key, value in changes.items()}
    (place / "train").write_bytes(pickle.dumps(record, protocol=2))
    (place / "test").write_bytes(pickle.dumps(cifar_record(test, 1), protocol=2))
    return place


def write_cifar_binary(folder: Path, train: int = 400, test: int = 100) -> Path:
    """The unpacked folder ``cifar-100-binary``."""
    place = folder / "cifar-100-binary"
    place.mkdir(parents=True)
    for name, count, seed in (("train.bin", train, 0), ("test.bin", test, 1)):
        record = cifar_record(count, seed)
        heads = np.array([(7, label) for label in record[b"fine_labels"]], dtype=np.uint8)
        (place / name).write_bytes(np.hstack([heads, record[b"data"]]).tobytes())
    return place


def pack(folder: Path) -> Path:
    """``folder`` as a tar.gz beside it."""
    archive = folder.parent / f"{folder.name}.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(folder, folder.name)
    return archive


def write_images(root: Path, counts: dict[str, int], classes: tuple[str, ...] = ("cat", "dog"), side: int = 12) -> None:
    """``counts`` images a class in each part; those of class i are darker than those of class i + 1."""
    random = np.random.default_rng(0)
    for part, count in counts.items():
        for label, name in enumerate(classes):
            folder = root / part / name
            folder.mkdir(parents=True)
            for number in range(count):
                least = 255 * label // len(classes)
                size = (side + number % 3, side + number % 2, 3)
                pixels = random.integers(least, least + 256 // len(classes), size, dtype=np.uint8)
                Image.fromarray(pixels).save(folder / f"{number:03}.png")


def folder_options(root: Path, **changes: Any) -> DataOptions:
    return DataOptions.model_validate({"dataset": "folder", "folder": str(root), "image_size": 8} | changes)
