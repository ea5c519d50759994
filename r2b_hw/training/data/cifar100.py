"""CIFAR-100 from either official archive, or from the folder it unpacks to; nothing is unpacked here.

Formats: https://www.cs.toronto.edu/~kriz/cifar.html. The labels are the 100 fine ones.
"""

# pyright: basic
import gzip
import hashlib
import io
import pickle
import tarfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from r2b_hw.data_options import DataOptions
from r2b_hw.errors import InputError
from r2b_hw.training.data.dataset import Dataset
from r2b_hw.training.data.images import ImageDataset, split_of
from r2b_hw.training.data.sources import MemorySource
from r2b_hw.training.data.stratified import validation_part

HOME_PAGE = "https://www.cs.toronto.edu/~kriz/cifar.html"
CLASSES = 100
SIDE = 32
PIXELS = 3 * SIDE * SIDE
RECORD = 2 + PIXELS
"""Of the binary version: coarse label, fine label, pixels."""

FORMATS = {
    "cifar-100-python": {"train": "train", "test": "test"},
    "cifar-100-binary": {"train": "train.bin", "test": "test.bin"},
}
"""Folder in the archive, and its file of each part."""

OFFICIAL_MD5 = {
    ("train", 50000): "16019d7e3df5f24257cddd939b257f8d",
    ("test", 10000): "f0ef6b0ae62326f3e7ffdfab6717acfc",
}
"""Of the python version's files, as torchvision knows them; held against files with the official number of records."""

NUMPY_NAMES = frozenset(
    (f"numpy.{core}.{module}", name)
    for core in ("core", "_core")
    for module, name in (("multiarray", "_reconstruct"), ("numeric", "_frombuffer"))
) | {("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode")}
"""What the pickles need beyond Python's own types: arrays."""

Part = tuple[NDArray[np.uint8], NDArray[np.int64]]


def cifar100(options: DataOptions) -> Dataset:
    """CIFAR-100 at ``options.folder``; its test part is the test split, validation comes from the training part.

    Raises
    ------
    InputError
        There is no CIFAR-100, or what is there is damaged.
    """
    mode = "L" if options.grey else "RGB"
    place = Path(options.folder or "").expanduser()
    sources = [_in_mode(MemorySource(*read_part(place, part)), mode) for part in ("train", "test")]
    train, validation = validation_part(sources[0].labels, options)
    return ImageDataset(
        CLASSES,
        (options.channels(), SIDE, SIDE),
        split_of(sources[0], train, options, resizes=False),
        split_of(sources[0], validation, options, resizes=False),
        split_of(sources[1], np.arange(len(sources[1].labels)), options, resizes=False),
    )


def _in_mode(source: MemorySource, mode: str) -> MemorySource:
    if mode == "RGB":
        return source
    return MemorySource([np.asarray(source.image(i).convert(mode)) for i in range(len(source.labels))], source.labels)


def read_part(place: Path, part: str) -> Part:
    """Images (N, 32, 32, 3) and fine labels (N,) of ``part``, "train" or "test".

    ``place`` is an archive, an unpacked folder, or a folder that holds either.
    """
    for form, files in FORMATS.items():
        for path in (place / files[part], place / form / files[part]):
            if path.is_file():
                return _parse(_read(path), path, part)
        for archive in (place, place / f"{form}.tar.gz"):
            if archive.is_file() and form in archive.name:
                name = f"{form}/{files[part]}"
                return _parse(_read_from_archive(archive, name), archive / name, part)
    found = f"{place}: is neither an archive nor a folder of CIFAR-100"
    raise InputError(
        f"{found if place.exists() else f'{place}: not found'}; get cifar-100-python.tar.gz or "
        f"cifar-100-binary.tar.gz from {HOME_PAGE}, and set data.folder to it or to the folder that holds it"
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _read_from_archive(archive: Path, name: str) -> bytes:
    try:
        with gzip.open(archive) as stream:
            with tarfile.open(fileobj=stream, mode="r:") as members:
                content = _member(members, name)
            # The checksum of all content stands at the end.
            while stream.read(2**20):
                pass
    except (tarfile.TarError, EOFError, OSError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{archive}: is damaged or cut off ({_first_line(error)}); get it again from {HOME_PAGE}"
        ) from None
    if content is None:
        raise InputError(f"{archive}: holds no {name}; get it again from {HOME_PAGE}")
    return content


def _member(archive: tarfile.TarFile, name: str) -> bytes | None:
    for member in archive:
        # Archives made by hand often begin their names with "./".
        if member.isfile() and member.name.removeprefix("./") == name:
            file = archive.extractfile(member)
            content = b"" if file is None else file.read()
            if len(content) != member.size:
                raise EOFError(f"{name} ends early")
            return content
    return None


def _parse(content: bytes, path: Path, part: str) -> Part:
    images, labels = _parse_binary(content, path) if path.suffix == ".bin" else _parse_pickle(content, path)
    if len(labels) == 0:
        raise InputError(f"{path}: holds no images; get it again from {HOME_PAGE}")
    if labels.min() < 0 or labels.max() >= CLASSES:
        record = int(np.flatnonzero((labels < 0) | (labels >= CLASSES))[0])
        raise InputError(
            f"{path}: image {record} has label {labels[record]}, labels are 0 to {CLASSES - 1}; "
            f"get it again from {HOME_PAGE}"
        )
    expected = OFFICIAL_MD5.get((part, len(labels)))
    if path.suffix != ".bin" and expected is not None:
        found = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if found != expected:
            raise InputError(f"{path}: its MD5 is {found}, not {expected}; get it again from {HOME_PAGE}")
    return np.ascontiguousarray(images.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)), labels


def _parse_binary(content: bytes, path: Path) -> Part:
    if len(content) % RECORD:
        raise InputError(
            f"{path}: its {len(content)} bytes are no whole number of records of {RECORD} bytes; "
            f"get it again from {HOME_PAGE}"
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    return records[:, 2:], records[:, 1].astype(np.int64)


def _parse_pickle(content: bytes, path: Path) -> Part:
    try:
        parts = ArrayUnpickler(io.BytesIO(content), encoding="bytes").load()
        data, labels = (_entry(parts, key) for key in ("data", "fine_labels"))
    # A damaged pickle raises almost anything.
    except Exception as error:
        raise InputError(
            f"{path}: is no readable pickle of CIFAR-100 ({_first_line(error)}); get it again from {HOME_PAGE}"
        ) from None
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.shape[1:] != (PIXELS,):
        raise InputError(f"{path}: 'data' is no array of N x {PIXELS} bytes; get it again from {HOME_PAGE}")
    if not isinstance(labels, list) or not all(type(label) is int for label in labels):
        raise InputError(f"{path}: 'fine_labels' is no list of integers; get it again from {HOME_PAGE}")
    if len(labels) != len(data):
        raise InputError(f"{path}: {len(data)} images and {len(labels)} labels; get it again from {HOME_PAGE}")
    return data, np.array(labels, dtype=np.int64)


def _entry(parts: Any, key: str) -> Any:
    return parts[key.encode()] if key.encode() in parts else parts[key]


class ArrayUnpickler(pickle.Unpickler):
    """Builds arrays and Python's own types; a file cannot make it call anything else."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) not in NUMPY_NAMES:
            raise pickle.UnpicklingError(f"it asks for {module_name}.{global_name}, which no array needs")
        return super().find_class(module_name, global_name)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
