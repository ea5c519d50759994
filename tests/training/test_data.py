"""What training sees of a data set: the same batches for any number of processes and workers."""

# pyright: basic
# pyright: reportArgumentType=false, reportOptionalMemberAccess=false
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from r2b_hw.data_options import AugmentationOptions, DataOptions
from r2b_hw.errors import InputError
from r2b_hw.flow import Flow, load_flow
from r2b_hw.pipeline.source import golden_images
from r2b_hw.training import load_dataset, train
from r2b_hw.training.data import Batch, Dataset
from r2b_hw.training.mix_up import mix_up

from .image_files import folder_options, write_images

ALL = AugmentationOptions(
    random_resized_crop=True, flip=0.5, rotation=10.0, brightness=0.3, contrast=0.3, saturation=0.3, hue=0.1
)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("images")
    write_images(root, {"train": 20, "val": 7})
    return root


def epoch(
    dataset: Dataset, augmentation: AugmentationOptions, size: int = 8, seed: int = 3, **share: int
) -> list[Batch]:
    generator = torch.Generator().manual_seed(seed)
    batches = list(dataset.training_batches(batch_size=size, generator=generator, augmentation=augmentation, **share))
    # Where the draws end is as much a result as the batches are.
    return [*batches, (torch.rand(2, generator=generator), torch.zeros(0))]


def same(one: list[Batch], other: list[Batch]) -> bool:
    return len(one) == len(other) and all(
        torch.equal(a, b) for pair in zip(one, other, strict=True) for a, b in zip(*pair, strict=True)
    )


def of(kind: str, images: Path, **changes: Any) -> tuple[Dataset, AugmentationOptions]:
    if kind == "digits":
        options = load_flow("digits").data
        return load_dataset(options), options.augmentation
    return load_dataset(folder_options(images, **changes)), ALL


@pytest.mark.parametrize("kind", ["digits", "folder"])
def test_shares_make_up_the_batch_of_one_process(kind: str, images: Path) -> None:
    dataset, augmentation = of(kind, images)
    whole = epoch(dataset, augmentation)
    shares = [epoch(dataset, augmentation, rank=rank, world_size=4) for rank in range(4)]
    assert len(whole) - 1 == dataset.steps_per_epoch(8) == dataset.steps_per_epoch(8, 4)
    for step, (pictures, labels) in enumerate(whole[:-1]):
        assert pictures.shape == (8, *dataset.shape) and pictures.dtype == torch.float32
        assert labels.dtype == torch.int64
        for rank, share in enumerate(shares):
            assert torch.equal(share[step][0], pictures[rank::4]) and torch.equal(share[step][1], labels[rank::4])
    assert all(torch.equal(share[-1][0], whole[-1][0]) for share in shares)
    assert not same(whole, epoch(dataset, augmentation, seed=4))


@pytest.mark.parametrize("kind", ["digits", "folder"])
def test_shares_make_up_a_split_in_order(kind: str, images: Path) -> None:
    dataset, _ = of(kind, images)
    split = dataset.test
    pictures, labels = (torch.cat(parts) for parts in zip(*split.batches(6), strict=True))
    assert len(pictures) == len(labels) == len(split)
    rebuilt = torch.full_like(labels, -1)
    for rank in range(4):
        for place, (_, share) in zip(range(0, len(split), 6), split.batches(6, rank, 4), strict=False):
            rebuilt[place : place + 6][rank::4] = share
    assert torch.equal(rebuilt, labels)
    some, their_labels = split.examples(3)
    assert some.shape == (3, *dataset.shape) and len(their_labels) == 3
    everything, all_labels = split.examples(10_000)
    assert np.array_equal(everything, pictures.numpy()) and np.array_equal(all_labels, labels.numpy())


def test_workers_change_nothing(images: Path) -> None:
    state = torch.random.get_rng_state()
    alone, augmentation = of("folder", images)
    shared, _ = of("folder", images, workers=2)
    assert same(epoch(alone, augmentation), epoch(shared, augmentation))
    assert same(list(alone.test.batches(4)), list(shared.test.batches(4)))
    assert torch.equal(torch.random.get_rng_state(), state)


def test_every_image_is_seen_once_an_epoch(images: Path) -> None:
    dataset, _ = of("folder", images)
    (pictures, _), _ = epoch(dataset, AugmentationOptions(), size=len(dataset.train))
    plain = dataset.train.examples(1000)[0]
    assert sorted(map(bytes, pictures.numpy())) == sorted(map(bytes, plain)) and len(plain) == 34


def test_batches_that_processes_cannot_share_are_refused(images: Path) -> None:
    dataset, _ = of("folder", images)
    with pytest.raises(InputError, match=r"training\.batch_size: 8 images cannot be shared equally by 3 processes"):
        dataset.steps_per_epoch(8, 3)
    with pytest.raises(InputError, match=r"training\.batch_size: 64 is more than the 34 training images"):
        dataset.steps_per_epoch(64, 2)
    assert dataset.steps_per_epoch(64) == 1


def test_mix_up_blends_across_processes_as_in_one() -> None:
    images, labels = torch.rand(8, 3, 4, 4), torch.arange(8)
    mixed, targets = mix_up(images, labels, 0.7, torch.Generator().manual_seed(1))
    assert targets.other is not None and not torch.equal(targets.other, labels)
    assert torch.equal(mixed, targets.share * images + (1.0 - targets.share) * images[targets.other])
    for rank in range(2):

        def gather(tensor: torch.Tensor) -> list[torch.Tensor]:
            whole = images if tensor.ndim == 4 else labels
            assert torch.equal(tensor, whole[rank::2])  # noqa: B023
            return [whole[0::2], whole[1::2]]

        part, theirs = mix_up(
            images[rank::2], labels[rank::2], 0.7, torch.Generator().manual_seed(1), rank=rank, gather=gather
        )
        assert torch.equal(part, mixed[rank::2]) and theirs.share == targets.share
        assert theirs.other is not None and torch.equal(theirs.other, targets.other[rank::2])


def folder_flow(root: Path, **data: Any) -> Flow:
    content = load_flow("digits").model_dump()
    content["data"] = folder_options(root, mean=[0.5] * 3, standard_deviation=[0.25] * 3, **data).model_dump()
    content["network"] |= {
        "input_channels": 3,
        "input_signed": True,
        "classes": 2,
        "stem": {"channels": 4},
        "blocks": [{"channels": 4}, {"channels": 8, "stride": 2}],
    }
    stage = {"epochs": 1, "learning_rate": 3e-3}
    content["training"] |= {"batch_size": 8, "calibration_batches": 3}
    content["training"] |= {"binary_activations": stage, "binary_weights": stage, "fine_tuning": stage}
    return Flow.model_validate(content)


def test_a_folder_is_trained_on_and_workers_change_no_weight(images: Path) -> None:
    one, two = folder_flow(images), folder_flow(images, workers=2, pin_memory=True)
    assert one.fingerprint() == two.fingerprint() and one.stage_fingerprint(0) == two.stage_fingerprint(0)
    assert one.fingerprint() != folder_flow(images, grey=False, resize=10).fingerprint()
    assert Flow.from_json(one.to_json()) == one
    first, second = train(one, progress=False), train(two, progress=False)
    states = first.model.state_dict(), second.model.state_dict()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert first.history == second.history


def test_a_network_of_another_shape_is_refused(images: Path) -> None:
    content = folder_flow(images).model_dump()
    content["network"]["classes"] = 3
    with pytest.raises(InputError, match=r"takes 3x8x8 images of 3 classes, the data set holds 3x8x8 images of 2"):
        train(Flow.model_validate(content), progress=False)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"dataset": "cifar100"}, 'dataset = "cifar100" needs folder'),
        ({"dataset": "digits", "folder": "x"}, 'folder does not go with dataset = "digits"'),
        ({"dataset": "digits", "augmentation": {"flip": 0.5}}, r"augmentation\.flip does not go with"),
        ({"dataset": "cifar100", "folder": "x", "image_size": 32}, "image_size does not go with"),
        ({"dataset": "folder", "folder": "x", "image_size": 64, "resize": 60}, "resize is 60, below image_size, 64"),
        ({"dataset": "folder", "folder": "x", "mean": [0.5] * 3}, "mean and standard_deviation belong together"),
        (
            {"dataset": "folder", "folder": "x", "mean": [0.5], "standard_deviation": [0.5] * 3},
            r"mean needs 3 number\(s\)",
        ),
        (
            {"dataset": "folder", "folder": "x", "mean": [0.5] * 3, "standard_deviation": [0.5, 0.0, 0.5]},
            "standard_deviation must be above 0",
        ),
        (
            {"dataset": "folder", "folder": "x", "augmentation": {"random_resized_crop": True, "crop_padding": 4}},
            "not both",
        ),
        ({"dataset": "folder", "folder": "x", "augmentation": {"crop_area": [0.5, 0.2]}}, "crop_area is a smallest"),
        ({"dataset": "folder", "folder": "x", "augmentation": {"crop_ratio": [0.0, 1.0]}}, "crop_ratio is a smallest"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        DataOptions.model_validate(options)


def test_augmentation_that_is_not_given_is_the_data_set_s() -> None:
    assert DataOptions().augmentation == AugmentationOptions(rotation=8.0, translation=0.08, scale=0.08)
    cifar = DataOptions(dataset="cifar100", folder="x")
    assert cifar.augmentation == AugmentationOptions(crop_padding=4, flip=0.5, rotation=15.0)
    assert DataOptions.model_validate({"augmentation": {"scale": 0.1}}).augmentation == AugmentationOptions(scale=0.1)


def test_golden_images_are_bounded() -> None:
    assert golden_images((1, 8, 8)) == 1000
    assert golden_images((3, 32, 32)) == 85
    assert golden_images((3, 224, 224)) == 1
