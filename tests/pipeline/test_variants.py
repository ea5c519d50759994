"""Every variant of the papers trains for a few steps, exports, lowers and builds bit-exactly, at small width."""

# pyright: basic
from pathlib import Path

import numpy as np
import pytest

import r2b_hw
from r2b_hw.boards import load_board
from r2b_hw.nn import evaluate, export_qonnx, random_frozen_network, random_images
from r2b_hw.planning import plan
from r2b_hw.simulation import simulate
from r2b_hw.training import train
from tests.conftest import named_rungs
from tests.lowering.compare import check_file, first_mismatch
from tests.variants import NETWORKS, STAGES, variant

IMAGES = 6
EQUAL = ("larq-real-to-bin", "bi-real", "strong-baseline-binary-downsample", "strong-baseline-gate")
"""Networks that another name stands for as well."""
BUILT = ["xnor-net-k", "real-to-bin-scale"]


def images_of(name: str) -> np.ndarray:
    return random_images(variant(name).network, IMAGES, seed=3).numpy()


def is_digits(name: str) -> bool:
    return variant(name).network.input_height == 8


@pytest.mark.parametrize("name", [name for name in NETWORKS if is_digits(name) and name not in EQUAL])
def test_a_variant_trains_and_lowers_bit_exactly(name: str, tmp_path: Path) -> None:
    """PyTorch, the executed file, numpy and the simulation agree on every named tensor."""
    result = train(variant(name), progress=False)
    assert all(np.isfinite(loss) for stage in result.history for loss in stage.loss)
    images = images_of(name)
    reference = evaluate(result.model, images)
    assert np.ptp(reference.outputs, axis=0).max() > 0
    lowered = check_file(export_qonnx(result.model, images[:1], tmp_path / "model.onnx"), images)
    assert first_mismatch(lowered, lowered.graph, images, reference.tensors) == ""
    frames = lowered.graph.host_input.quantise(images[:2])
    graph = plan(lowered.graph, load_board("zcu104"), target_fps=5000.0).graph
    streams = [stream.name for stream in graph.streams]
    simulated, expected = simulate(graph, frames, capture=streams), graph.evaluate(frames)
    assert all(np.array_equal(simulated.tensors[stream], expected[stream]) for stream in streams)


@pytest.mark.parametrize("stages", STAGES)
def test_a_gated_network_trains_in_every_chain(stages: str) -> None:
    result = train(variant("real-to-bin", stages), progress=False)
    assert [stage.stage for stage in result.history][-2:] == ["second", "fine-tuning"]
    assert all(np.isfinite(loss) for stage in result.history for loss in stage.loss)


def build(name: str, folder: Path) -> None:
    accelerator = r2b_hw.build(variant(name), board="zcu104", target_fps=5000.0, output=folder)
    rungs = named_rungs(accelerator.report())
    assert rungs.pop("rtl") == "passed"
    assert set(rungs.values()) == {"passed"}


@pytest.mark.parametrize("name", BUILT)
def test_a_variant_builds_bit_exactly(name: str, tmp_path: Path) -> None:
    build(name, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in NETWORKS if is_digits(name) and name not in BUILT])
def test_every_variant_builds_bit_exactly(name: str, tmp_path: Path) -> None:
    build(name, tmp_path)


def test_the_stem_of_imagenet_builds_bit_exactly(tmp_path: Path) -> None:
    """It needs larger images than the digits: random weights."""
    options = variant("real-to-bin, stem of ImageNet").network
    model = random_frozen_network(options, seed=4)
    images = random_images(options, IMAGES, seed=5).numpy()
    accelerator = r2b_hw.build(model, board="zcu104", target_fps=500.0, images=images, output=tmp_path)
    assert set(named_rungs(accelerator.report()).values()) == {"passed", "not-run"}
