"""``r2b_hw.build`` in the hands of somebody who gets its arguments wrong, and of somebody who does not."""

import numpy as np
import pytest

import r2b_hw
from r2b_hw.errors import InputError, MismatchError
from tests.conftest import Small


def test_without_an_output_folder(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary folder, alive as long as the accelerator; a rate and a clock as asked for."""
    monkeypatch.setenv("CXX", "no-such-compiler")
    accelerator = r2b_hw.build(small.model, images=small.images, target_fps=50_000, clock_mhz=50)
    folder = accelerator.folder
    performance = accelerator.report().performance
    assert performance.clock_mhz == 50
    assert performance.target_fps == 50_000
    assert performance.interval_cycles <= 50e6 / 50_000
    assert np.array_equal(accelerator.simulate(small.images).outputs, small.outputs)
    assert [result.status.value for result in accelerator.verify()].count("passed") == 3
    assert folder.is_dir()
    del accelerator
    assert not folder.exists()


def test_an_unfrozen_model_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batch normalisation and sign become thresholds; what is built equals the frozen model.

    Its max pool holds no quantised layer, so torch gives no golden tensor of it.
    """
    from r2b_hw.network_options import HalfBlockOptions, NetworkOptions, StemOptions
    from r2b_hw.nn import evaluate, freeze, random_images, random_quantised_network

    monkeypatch.setenv("CXX", "no-such-compiler")
    options = NetworkOptions(
        input_height=6,
        input_width=8,
        classes=3,
        gate=False,
        stem=StemOptions(channels=4, max_pool=True),
        blocks=(HalfBlockOptions(channels=4),),
    )
    model = random_quantised_network(options, 3)
    images = random_images(options, 6, seed=4)
    accelerator = r2b_hw.build(model, images=images.numpy(), exporter="dynamo")
    frozen = evaluate(freeze(model).model, images)
    assert np.array_equal(accelerator.simulate(images.numpy()).outputs, frozen.outputs)
    ties = accelerator.report().ties
    assert ties is not None
    assert ties.frozen == freeze(model).ties


def test_arguments_are_checked(small: Small) -> None:
    with pytest.raises(InputError, match="needs images="):
        r2b_hw.build(small.model)
    with pytest.raises(InputError, match="images: expected float32"):
        r2b_hw.build(small.model, images=small.images.astype(np.float64))
    with pytest.raises(InputError, match="images: "):
        r2b_hw.build(small.model, images=np.repeat(small.images, 2, axis=1))
    with pytest.raises(InputError, match="known boards"):
        r2b_hw.build(small.model, images=small.images, board="virtex-2")
    with pytest.raises(InputError, match="choose one of torchscript, dynamo"):
        r2b_hw.build(small.model, images=small.images, exporter="onnx")
    with pytest.raises(InputError, match="build: "):
        r2b_hw.build(42, images=small.images)


def test_verify_raises_where_a_rung_differs(small: Small) -> None:
    path = small.folder / "reference" / "outputs.npy"
    outputs = np.load(path)
    outputs[0, 0] += 1.0
    np.save(path, outputs)
    with pytest.raises(MismatchError, match=r"layer output: outputs\[0, 0\]"):
        r2b_hw.load(small.folder).verify()
