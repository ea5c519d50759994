"""The recipe on a tiny flow; checkpoints; the fixed split."""

# pyright: basic
# pyright: reportArgumentType=false
import errno
import itertools
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from r2b_hw.errors import InputError
from r2b_hw.flow import Flow, load_flow
from r2b_hw.nn import evaluate, float_network
from r2b_hw.training import (
    TrainingResult,
    checkpoint,
    load_checkpoint,
    load_dataset,
    save_checkpoint,
    train,
    train_to_folder,
)
from r2b_hw.training.batchnorm import re_estimate
from r2b_hw.training.optimisers import learning_rate_factor


def tiny_flow(**training: object) -> Flow:
    content = load_flow("digits").model_dump()
    content["network"] |= {
        "stem": {"channels": 6},
        "blocks": [{"channels": 6}, {"channels": 8, "stride": 2}],
    }
    stage = {"epochs": 1, "learning_rate": 3e-3}
    content["training"] |= {
        "calibration_batches": 3,
        "binary_activations": stage,
        "binary_weights": stage,
        "fine_tuning": stage,
        **training,
    }
    return Flow.model_validate(content)


@pytest.fixture(scope="module")
def tiny_result() -> TrainingResult:
    return train(tiny_flow(), progress=False)


def test_the_split_is_disjoint_stratified_and_complete() -> None:
    data = load_dataset(load_flow("digits").data)
    splits = (data.train, data.validation, data.test)
    assert sum(len(split) for split in splits) == 1797
    for split in splits:
        assert split.images.dtype == np.float32 and split.images.shape[1:] == (1, 8, 8)
        assert np.array_equal(split.images * 16, np.rint(split.images * 16))
        assert split.images.min() == 0.0 and split.images.max() == 1.0
        share = np.bincount(split.labels, minlength=10) / len(split)
        assert np.all(np.abs(share - 0.1) < 0.015)
    again = load_dataset(load_flow("digits").data)
    assert np.array_equal(again.test.images, data.test.images)


def test_training_is_repeatable_and_seeded(tiny_result: TrainingResult) -> None:
    flow = tiny_flow()
    images = load_dataset(flow.data).test.images[:50]
    state = torch.random.get_rng_state()
    again, other = train(flow, progress=False), train(flow, seed=1, progress=False)
    assert torch.equal(torch.random.get_rng_state(), state)
    outputs = evaluate(tiny_result.model, images).outputs
    assert np.array_equal(evaluate(again.model, images).outputs, outputs)
    assert not np.array_equal(evaluate(other.model, images).outputs, outputs)
    assert [stage.stage for stage in tiny_result.history] == [
        "binary activations",
        "binary weights",
        "fine-tuning",
    ]


def test_a_checkpoint_gives_the_same_network(tiny_result: TrainingResult, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(tiny_result, path)
    loaded = load_checkpoint(path)
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.pt"]
    assert (loaded.flow, loaded.seed, loaded.history) == (tiny_result.flow, 0, tiny_result.history)
    assert loaded.quantised_accuracy == tiny_result.quantised_accuracy
    images = load_dataset(loaded.flow.data).test.images[:100]
    expected, got = evaluate(tiny_result.model, images), evaluate(loaded.model, images)
    assert np.array_equal(got.outputs, expected.outputs)
    for name, tensor in expected.tensors.items():
        assert np.array_equal(got.tensors[name], tensor), name


def test_a_foreign_checkpoint_is_refused(tiny_result: TrainingResult, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(tiny_result, path)
    content = torch.load(path, weights_only=True)
    torch.save(content | {"format": 99}, path)
    with pytest.raises(InputError, match="checkpoint format 99, this version reads format 1"):
        load_checkpoint(path)
    del content["state"]["classifier.weight"]
    torch.save(content, path)
    with pytest.raises(InputError, match="does not fit its own flow"):
        load_checkpoint(path)
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(InputError, match="is not a readable checkpoint"):
        load_checkpoint(path)


def test_a_checkpoint_cut_off_anywhere_is_refused(tiny_result: TrainingResult, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(tiny_result, path)
    whole = path.read_bytes()
    for length in (0, 100, len(whole) // 2, len(whole) - 1000, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match="is not a readable checkpoint"):
            load_checkpoint(path)


def test_a_checkpoint_that_cannot_be_written_leaves_the_earlier_one(
    tiny_result: TrainingResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(tiny_result, path)
    whole = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"checkpoint\.pt: cannot be written \(No space left on device\)"):
        save_checkpoint(replace(tiny_result, seed=5), path)
    assert path.read_bytes() == whole and [file.name for file in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_a_folder_is_trained_once(tiny_result: TrainingResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int | None] = []

    def counted(flow: Flow, *, seed: int | None, **_: object) -> TrainingResult:
        calls.append(seed)
        return tiny_result

    monkeypatch.setattr(checkpoint, "train", counted)
    train_to_folder(tiny_flow(), tmp_path)
    train_to_folder(tiny_flow().model_copy(update={"name": "renamed"}), tmp_path)
    assert calls == [None]
    train_to_folder(tiny_flow(), tmp_path, seed=5)
    train_to_folder(tiny_flow(batch_size=32), tmp_path)
    assert calls == [None, 5, None]


def test_re_estimated_statistics_are_those_of_the_data() -> None:
    torch.manual_seed(0)
    model = float_network(tiny_flow().network)
    images = torch.rand(3, 16, 1, 8, 8)
    re_estimate(model, images)
    with torch.no_grad():
        stem = model.stem.conv(images.flatten(0, 1))
    assert torch.allclose(model.stem.norm.running_mean, stem.mean((0, 2, 3)), atol=1e-6)
    assert model.stem.norm.momentum == 0.1


def test_learning_rate_schedule() -> None:
    factors = [learning_rate_factor(step, 110, 10) for step in range(110)]
    assert factors[0] == 0.1 and factors[9] == 1.0 and factors[10] == 1.0
    assert factors[60] == pytest.approx(0.5)
    assert all(later < earlier for earlier, later in itertools.pairwise(factors[10:]))


@pytest.mark.long
def test_the_digits_flow_reaches_its_goal() -> None:
    result = train(load_flow("digits"), progress=False)
    assert result.quantised_accuracy.test >= 0.97
    assert result.quantised_accuracy.test >= result.float_accuracy.test - 0.01
