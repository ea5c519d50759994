"""CIFAR-100 from small files in both of its official formats, whole and damaged."""

# pyright: basic
# pyright: reportAttributeAccessIssue=false
import os
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from r2b_hw.data_options import DataOptions
from r2b_hw.errors import InputError
from r2b_hw.training import load_dataset
from r2b_hw.training.data import Dataset, cifar100

from .image_files import cifar_pixels, pack, write_cifar_binary, write_cifar_python


def loaded(folder: Path, **changes: Any) -> Dataset:
    return load_dataset(
        DataOptions.model_validate(
            {"dataset": "cifar100", "folder": str(folder), "validation_fraction": 0.25} | changes
        )
    )


def packed_python(folder: Path) -> Path:
    return pack(write_cifar_python(folder))


def packed_binary(folder: Path) -> Path:
    return pack(write_cifar_binary(folder))


@pytest.mark.parametrize("write", [write_cifar_python, write_cifar_binary, packed_python, packed_binary])
@pytest.mark.parametrize("around", [False, True])
def test_each_form_gives_the_same_images(write: Any, around: bool, tmp_path: Path) -> None:
    place = write(tmp_path / "data")
    dataset = loaded(place.parent if around else place)
    assert (dataset.classes, dataset.shape) == (100, (3, 32, 32))
    assert [len(split) for split in (dataset.train, dataset.validation, dataset.test)] == [300, 100, 100]
    images, labels = dataset.test.examples(100)
    assert np.array_equal(images, cifar_pixels(100, 1).reshape(-1, 3, 32, 32).astype(np.float32) / np.float32(255))
    assert labels.tolist() == list(range(100))
    validation = np.concatenate([part.numpy() for _, part in dataset.validation.batches(30)])
    assert sorted(validation.tolist()) == list(range(100))
    whole = np.concatenate([dataset.train.examples(300)[0], dataset.validation.examples(100)[0]])
    expected = cifar_pixels(400, 0).reshape(-1, 3, 32, 32).astype(np.float32) / np.float32(255)
    assert sorted(map(bytes, whole)) == sorted(map(bytes, expected))


def test_the_home_folder_and_grey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_cifar_python(tmp_path / "data")
    monkeypatch.setenv("HOME", str(tmp_path))
    dataset = load_dataset(DataOptions(dataset="cifar100", folder="~/data", validation_fraction=0.25, grey=True))
    images, _ = dataset.test.examples(2)
    red, green, blue = cifar_pixels(100, 1)[0].reshape(3, 32, 32).astype(np.float64)
    assert dataset.shape == images.shape[1:] == (1, 32, 32)
    assert np.abs(images[0, 0] * 255 - (0.299 * red + 0.587 * green + 0.114 * blue)).max() < 1.0


def test_a_missing_data_set_says_what_to_put_where(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: not found; get cifar-100-python\.tar\.gz .* set data\.folder"):
        loaded(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"is neither an archive nor a folder of CIFAR-100; get .*kriz/cifar\.html"):
        loaded(tmp_path)


@pytest.mark.parametrize("write", [packed_python, packed_binary])
def test_an_archive_cut_off_anywhere_is_refused(write: Any, tmp_path: Path) -> None:
    archive = write(tmp_path)
    whole = archive.read_bytes()
    for length in (0, 5, 1000, len(whole) // 2, len(whole) * 9 // 10):
        archive.write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"\.tar\.gz: is damaged or cut off \(.*get it again") as caught:
            loaded(archive)
        assert "\n" not in str(caught.value)


def test_an_archive_with_a_changed_byte_is_refused(tmp_path: Path) -> None:
    archive = packed_binary(tmp_path)
    whole = archive.read_bytes()
    middle = len(whole) // 2
    archive.write_bytes(whole[:middle] + bytes([whole[middle] ^ 64]) + whole[middle + 1 :])
    with pytest.raises(InputError, match=r"cifar-100-binary\.tar\.gz: is damaged"):
        loaded(archive)


def test_an_archive_without_a_part_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "cifar-100-python.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(write_cifar_python(tmp_path / "data") / "train", "cifar-100-python/train")
    with pytest.raises(InputError, match=r"cifar-100-python\.tar\.gz: holds no cifar-100-python/test"):
        loaded(archive)


class Harmful:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"fine_labels": [0, 1]}, "400 images and 2 labels"),
        ({"fine_labels": [index % 101 for index in range(400)]}, "image 100 has label 100, labels are 0 to 99"),
        ({"fine_labels": [-1] * 400}, "image 0 has label -1"),
        ({"fine_labels": ["cat"] * 400}, "'fine_labels' is no list of integers"),
        ({"data": np.zeros((400, 3071), np.uint8)}, "'data' is no array of N x 3072 bytes"),
        ({"data": np.zeros((400, 3072))}, "'data' is no array of N x 3072 bytes"),
        ({"data": np.zeros((3, 3072), np.uint8), "fine_labels": [0, 1, 2]}, r"data\.validation_fraction: 0\.25 of 3"),
    ],
)
def test_wrong_content_is_refused(changes: dict[str, Any], problem: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        loaded(write_cifar_python(tmp_path, **changes))
    assert "\n" not in str(caught.value)


def test_pickles_run_no_code(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    place = write_cifar_python(tmp_path / "data", filenames=Harmful(mark))
    with pytest.raises(InputError, match=r"train: is no readable pickle of CIFAR-100 \(it asks for \w+\.mkdir"):
        loaded(place)
    assert not mark.exists()


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps([1]), pickle.dumps({b"data": 0})])
def test_pickles_of_something_else_are_refused(content: bytes, tmp_path: Path) -> None:
    place = write_cifar_python(tmp_path)
    (place / "test").write_bytes(content)
    with pytest.raises(InputError, match="test: is no readable pickle of CIFAR-100"):
        loaded(place)


def test_binary_records_are_whole_and_labelled(tmp_path: Path) -> None:
    place = write_cifar_binary(tmp_path)
    whole = (place / "test.bin").read_bytes()
    (place / "test.bin").write_bytes(whole[:-1])
    with pytest.raises(InputError, match=r"test\.bin: its 307399 bytes are no whole number of records of 3074"):
        loaded(place)
    (place / "test.bin").write_bytes(b"")
    with pytest.raises(InputError, match=r"test\.bin: holds no images"):
        loaded(place)
    changed = bytearray(whole)
    changed[3074 * 7 + 1] = 100
    (place / "test.bin").write_bytes(changed)
    with pytest.raises(InputError, match=r"test\.bin: image 7 has label 100"):
        loaded(place)


def test_files_of_the_official_length_have_the_official_sum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = write_cifar_python(tmp_path)
    monkeypatch.setattr(cifar100, "OFFICIAL_MD5", {("test", 100): "0" * 32})
    with pytest.raises(InputError, match=r"test: its MD5 is [0-9a-f]{32}, not 0{32}"):
        loaded(place)
