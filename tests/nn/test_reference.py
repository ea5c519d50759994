"""The reference evaluator: float32 is exact, and what is off its grid is refused by name."""

# pyright: basic
# pyright: reportIndexIssue=false
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportOperatorIssue=false
import copy

import brevitas.nn as qnn
import numpy as np
import pytest
import torch

from r2b_hw.errors import ContractError
from r2b_hw.nn import evaluate, random_frozen_network, random_images
from r2b_hw.nn.reference import lowest_bit

from .networks import VARIANTS, small


@pytest.mark.parametrize("name", VARIANTS)
def test_float32_equals_float64_on_every_captured_tensor(name: str) -> None:
    model = random_frozen_network(VARIANTS[name], seed=3)
    images = random_images(VARIANTS[name], 12, seed=4)
    reference = evaluate(model, images)
    exact = copy.deepcopy(model).double()
    captured: dict[str, np.ndarray] = {}
    for path, module in exact.named_modules():
        if path in reference.tensors:
            module.register_forward_hook(
                lambda _module, _inputs, output, path=path: captured.update({path: output.numpy()})
            )
    with torch.no_grad():
        outputs = exact(images.double()).numpy()
    assert np.array_equal(reference.outputs.astype(np.float64), outputs)
    assert captured.keys() == reference.tensors.keys()
    for path, tensor in reference.tensors.items():
        assert np.array_equal(tensor.astype(np.float64), captured[path]), path


def test_batch_one_equals_batch_64() -> None:
    options = VARIANTS["wide_input"]
    model = random_frozen_network(options, seed=5)
    images = random_images(options, 64, seed=6)
    single, together = evaluate(model, images, batch=1), evaluate(model, images, batch=64)
    assert np.array_equal(single.outputs, together.outputs)
    for path, tensor in single.tensors.items():
        assert np.array_equal(tensor, together.tensors[path]), path


def test_every_layer_is_captured_by_its_module_path() -> None:
    options = small()
    model = random_frozen_network(options, seed=0)
    tensors = evaluate(model, random_images(options, 2, seed=0)).tensors
    gate = ["mean", "fc1", "relu", "fc2", "pre_sigmoid", "out"]
    expected = {"input", "stem.conv", "stem.out", "mean", "classifier"}
    for index in range(2):
        expected |= {f"blocks.{index}.{part}" for part in ("sign", "conv", "out", *(f"gate.{g}" for g in gate))}
    expected |= {"blocks.1.downsample.conv", "blocks.1.downsample.out"}
    assert tensors.keys() >= expected
    assert tensors["blocks.0.sign"].shape == (2, 8, 8, 8)
    assert tensors["blocks.1.gate.out"].shape == (2, 12)
    assert set(np.unique(tensors["blocks.0.sign"])) == {-1.0, 1.0}


def test_a_zero_weight_and_a_zero_activation_are_plus_one() -> None:
    model = random_frozen_network(small(), seed=0)
    conv = model.blocks[0].conv
    assert bool((conv.weight[0, 0] == 0).all())
    assert torch.equal(conv.quant_weight().value[0, 0], torch.ones(3, 3))
    assert torch.equal(model.blocks[0].sign(torch.zeros(1, 1, 1, 2)), torch.ones(1, 1, 1, 2))


def test_a_scale_that_is_no_power_of_two_is_refused_by_name() -> None:
    options = small()
    model = random_frozen_network(options, seed=0)
    model.blocks[1].conv.weight_quant.tensor_quant.scaling_impl.value.value.mul_(0.1)
    with pytest.raises(ContractError, match=r"^blocks\.1\.conv: a weight scale is no power of two"):
        evaluate(model, random_images(options, 1, seed=0))


def test_an_inexact_layer_is_refused_by_name() -> None:
    options = small()
    model = random_frozen_network(options, seed=0)
    layer = model.stem.conv
    assert isinstance(layer, qnn.QuantConv2d)
    layer.register_forward_hook(lambda _module, _inputs, output: output + 2.0**-20)
    with pytest.raises(ContractError, match=r"^stem\.conv: accumulator lies off its grid"):
        evaluate(model, random_images(options, 1, seed=0))


def test_lowest_bit() -> None:
    assert lowest_bit(np.array([0.0, 3.0, 0.75, -6.0])) == -2
    assert lowest_bit(np.array([8.0, -24.0])) == 3
    assert lowest_bit(np.array([0.0])) == 0
