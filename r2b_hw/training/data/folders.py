"""Image files in a folder a class: data sets of one's own, and ImageNet."""

# pyright: basic
from pathlib import Path

import numpy as np

from r2b_hw.data_options import DataOptions
from r2b_hw.errors import InputError
from r2b_hw.training.data.dataset import Dataset
from r2b_hw.training.data.images import ImageDataset, ImageSplit, split_of
from r2b_hw.training.data.sources import FileSource, ImageSource, in_memory_if_small
from r2b_hw.training.data.stratified import validation_part

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".ppm", ".pgm", ".tif", ".tiff", ".webp"})
IMAGENET_CLASSES = 1000
LAYOUT = "train/<class>/*.png or .jpg, and val/<class>/ or test/<class>/ or both, with the same classes"
IMAGENET_LAYOUT = (
    "get ILSVRC2012's training and validation images from https://image-net.org (registration), sort them into "
    "train/<synset>/*.JPEG and val/<synset>/*.JPEG, 1000 synsets each, and set data.folder to the folder of both"
)


def image_folder(options: DataOptions) -> Dataset:
    """``train``, ``val`` and ``test`` at ``options.folder``; where one of the last two is missing, the other tests and
    validation comes from the training part.

    Raises
    ------
    InputError
        A part or class is missing or empty, or, in parts small enough for memory, a file is damaged.
    """
    root = Path(options.folder or "").expanduser()
    parts = [name for name in ("val", "test") if (root / name).is_dir()]
    if not (root / "train").is_dir() or not parts:
        missing = "train/" if parts else "val/ or test/"
        state = f"holds no {missing}" if root.is_dir() else "not found"
        raise InputError(f"{root}: {state}; data.folder needs {LAYOUT}")
    return _dataset(root, parts, options)


def imagenet(options: DataOptions) -> Dataset:
    """ImageNet at ``options.folder``; ``val`` is the test split, validation comes from the training part.

    Raises
    ------
    InputError
        A part or class is missing or empty.
    """
    root = Path(options.folder or "").expanduser()
    for part in ("train", "val"):
        if not (root / part).is_dir():
            state = f"holds no {part}/" if root.is_dir() else "not found"
            raise InputError(f"{root}: {state}; {IMAGENET_LAYOUT}")
        found = len(class_names(root / part))
        if found != IMAGENET_CLASSES:
            raise InputError(f"{root / part}: holds {found} class folders instead of 1000; {IMAGENET_LAYOUT}")
    return _dataset(root, ["val"], options)


def _dataset(root: Path, parts: list[str], options: DataOptions) -> Dataset:
    classes = class_names(root / "train")
    for part in parts:
        _same_classes(root, part, classes)
    mode = "L" if options.grey else "RGB"
    train, *others = (_source(root / part, classes, mode) for part in ("train", *parts))
    if len(others) == 2:
        validation, test = (_whole(source, options) for source in others)
        indices = np.arange(len(train.labels))
    else:
        indices, held_out = validation_part(train.labels, options)
        validation, test = split_of(train, held_out, options, resizes=True), _whole(others[0], options)
    shape = (options.channels(), options.size(), options.size())
    return ImageDataset(len(classes), shape, split_of(train, indices, options, resizes=True), validation, test)


def _whole(source: ImageSource, options: DataOptions) -> ImageSplit:
    return split_of(source, np.arange(len(source.labels)), options, resizes=True)


def class_names(folder: Path) -> list[str]:
    """Names of the class folders, sorted: the place of a name is its label."""
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if len(names) < 2:
        raise InputError(f"{folder}: holds {len(names)} class folders; images lie in a folder a class, two or more")
    return names


def _same_classes(root: Path, part: str, classes: list[str]) -> None:
    other = class_names(root / part)
    for have, lack, names in (("train", part, set(classes) - set(other)), (part, "train", set(other) - set(classes))):
        if names:
            first, more = min(names), f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise InputError(
                f"{root / lack}: class '{first}'{more} of {root / have} is missing; all parts need the same classes"
            )


def _source(folder: Path, classes: list[str], mode: str) -> ImageSource:
    paths: list[str] = []
    labels: list[int] = []
    for label, name in enumerate(classes):
        files = sorted(str(path) for path in (folder / name).iterdir() if path.suffix.lower() in SUFFIXES)
        if not files:
            raise InputError(f"{folder / name}: holds no images; add some, or remove the class from all parts")
        paths += files
        labels += [label] * len(files)
    return in_memory_if_small(FileSource(paths, np.array(labels, dtype=np.int64), mode))
