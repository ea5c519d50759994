"""Image files in a folder a class: layouts, formats, damage."""

# pyright: basic
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from r2b_hw.data_options import AugmentationOptions, DataOptions
from r2b_hw.errors import InputError
from r2b_hw.training import load_dataset
from r2b_hw.training.data import folders, sources

from .image_files import folder_options, write_images


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_images(tmp_path, {"train": 12, "val": 5, "test": 3})
    return tmp_path


def stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is small enough for memory."""
    monkeypatch.setattr(sources, "MEMORY", 0)


def test_three_parts_are_the_three_splits(root: Path) -> None:
    dataset = load_dataset(folder_options(root))
    assert [len(split) for split in (dataset.train, dataset.validation, dataset.test)] == [24, 10, 6]
    assert (dataset.classes, dataset.shape) == (2, (3, 8, 8))
    for split in (dataset.train, dataset.validation, dataset.test):
        images, labels = split.examples(100)
        assert np.array_equal(images.mean((1, 2, 3)) > 0.5, labels == 1)


@pytest.mark.parametrize(("removed", "tested"), [("test", 10), ("val", 6)])
def test_of_two_parts_the_training_part_gives_validation(root: Path, removed: str, tested: int) -> None:
    shutil.rmtree(root / removed)
    dataset = load_dataset(folder_options(root, validation_fraction=0.25))
    assert [len(split) for split in (dataset.train, dataset.validation, dataset.test)] == [18, 6, tested]
    parts = [split.examples(100) for split in (dataset.train, dataset.validation)]
    assert np.bincount(parts[1][1]).tolist() == [3, 3]
    assert len({bytes(image) for images, _ in parts for image in images}) == 24
    again = load_dataset(folder_options(root, validation_fraction=0.25))
    other = load_dataset(folder_options(root, validation_fraction=0.25, split_seed=1))
    assert np.array_equal(again.validation.examples(6)[0], parts[1][0])
    assert not np.array_equal(other.validation.examples(6)[0], parts[1][0])


def test_files_and_memory_give_the_same_batches(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def batches() -> list[torch.Tensor]:
        dataset = load_dataset(folder_options(root))
        options = AugmentationOptions(random_resized_crop=True, flip=0.5, hue=0.2)
        generator = torch.Generator().manual_seed(0)
        drawn = dataset.training_batches(batch_size=8, generator=generator, augmentation=options)
        return [tensor for batch in [*drawn, *dataset.test.batches(4)] for tensor in batch]

    kept = batches()
    stream(monkeypatch)
    assert all(torch.equal(one, other) for one, other in zip(kept, batches(), strict=True))


def test_the_centre_of_the_resized_image_is_evaluated(tmp_path: Path) -> None:
    write_images(tmp_path, {"train": 4, "val": 1})
    # A border of red around green: 20 wide and 40 high becomes 10x20, and its centre of 8x8 is green.
    pixels = np.zeros((40, 20, 3), np.uint8)
    pixels[..., 0] = 200
    pixels[8:-8, 2:-2] = (0, 100, 0)
    Image.fromarray(pixels).save(tmp_path / "val" / "cat" / "000.png")
    dataset = load_dataset(folder_options(tmp_path, resize=10, validation_fraction=0.25))
    images, _ = dataset.test.examples(1)
    green = images[0] * 255
    assert np.abs(green[:, 1:-1, 1:-1] - np.array([0, 100, 0])[:, None, None]).max() <= 1.0
    whole = load_dataset(folder_options(tmp_path, image_size=10, resize=10, validation_fraction=0.25))
    assert whole.test.examples(1)[0][0, 0, :, 0].min() * 255 > 90


def test_images_of_every_mode_become_rgb(root: Path) -> None:
    folder = root / "val" / "cat"
    picture = Image.new("RGB", (12, 12), (255, 0, 0))
    converted = {"L": "000.png", "RGBA": "001.png", "P": "002.png", "CMYK": "003.jpg", "1": "004.png"}
    for file in folder.iterdir():
        file.unlink()
    for mode, name in converted.items():
        picture.convert(mode).save(folder / name)
    images, labels = load_dataset(folder_options(root)).validation.examples(100)
    found = dict(zip(converted, images, strict=False))
    assert images.shape == (10, 3, 8, 8) and labels.tolist() == [0] * 5 + [1] * 5
    for mode in ("RGBA", "P", "CMYK"):
        assert np.abs(found[mode] - np.array([1.0, 0.0, 0.0])[:, None, None]).max() < 0.02, mode
    assert np.all(found["L"] == found["L"][0, 0, 0])
    grey, _ = load_dataset(folder_options(root, grey=True)).validation.examples(5)
    assert grey.shape == (5, 1, 8, 8)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("workers", [0, 1])
def test_a_truncated_image_is_named(
    suffix: str, streamed: bool, workers: int, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "train" / "cat" / f"broken{suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    if streamed:
        stream(monkeypatch)
    with pytest.raises(InputError, match=rf"cat/broken{suffix}: is no whole image \(.*replace or remove") as caught:
        dataset = load_dataset(folder_options(root, workers=workers))
        assert streamed
        generator = torch.Generator().manual_seed(0)
        list(dataset.training_batches(batch_size=5, generator=generator, augmentation=AugmentationOptions()))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"text"])
def test_what_is_no_image_is_named(content: bytes, root: Path) -> None:
    (root / "val" / "dog" / "zzz.png").write_bytes(content)
    with pytest.raises(InputError, match=r"dog/zzz\.png: is no whole image"):
        load_dataset(folder_options(root))


def test_classes_are_those_of_all_parts(root: Path) -> None:
    shutil.move(root / "val" / "dog", root / "val" / "fox")
    with pytest.raises(InputError, match=r"val: class 'dog' of .*train is missing; all parts need the same classes"):
        load_dataset(folder_options(root))
    write_images(root, {"val": 1}, ("dog",))
    with pytest.raises(InputError, match=r"train: class 'fox' of .*val is missing"):
        load_dataset(folder_options(root))


def test_an_empty_class_is_refused(root: Path) -> None:
    for file in (root / "test" / "dog").iterdir():
        file.rename(file.with_suffix(".txt"))
    with pytest.raises(InputError, match=r"test/dog: holds no images"):
        load_dataset(folder_options(root))


def test_missing_folders_say_what_to_put_where(root: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: not found; data\.folder needs train/<class>/\*\.png"):
        load_dataset(folder_options(root / "nowhere"))
    shutil.rmtree(root / "val")
    shutil.rmtree(root / "test")
    with pytest.raises(InputError, match=r"holds no val/ or test/; data\.folder needs"):
        load_dataset(folder_options(root))
    (root / "val").mkdir()
    with pytest.raises(InputError, match=r"val: holds 0 class folders; images lie in a folder a class"):
        load_dataset(folder_options(root))


def imagenet(root: Path) -> DataOptions:
    return DataOptions(dataset="imagenet", folder=str(root), validation_fraction=0.25)


def test_imagenet_is_two_folders_of_synsets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"holds no train/; get ILSVRC2012.* train/<synset>/\*\.JPEG"):
        load_dataset(imagenet(tmp_path))
    write_images(tmp_path, {"train": 4, "val": 2}, ("n01440764", "n01443537", "n01484850"), side=300)
    with pytest.raises(InputError, match=r"train: holds 3 class folders instead of 1000; get ILSVRC2012"):
        load_dataset(imagenet(tmp_path))
    monkeypatch.setattr(folders, "IMAGENET_CLASSES", 3)
    dataset = load_dataset(imagenet(tmp_path))
    assert [len(split) for split in (dataset.train, dataset.validation, dataset.test)] == [9, 3, 6]
    assert (dataset.classes, dataset.shape) == (3, (3, 224, 224))
    images, labels = next(dataset.test.batches(4))
    assert images.shape == (4, 3, 224, 224) and labels.tolist() == [0, 0, 1, 1]
    # Neighbouring files are of one class; examples are not.
    assert dataset.test.examples(3)[1].tolist() == [0, 1, 2]
    generator = torch.Generator().manual_seed(0)
    augmentation = imagenet(tmp_path).augmentation
    batches = list(dataset.training_batches(batch_size=4, generator=generator, augmentation=augmentation))
    assert [images.shape for images, _ in batches] == [(4, 3, 224, 224)] * 2
