"""Learned scales and a normalisation behind a binary convolution, in a Brevitas model, against torch and execution."""

# pyright: basic
from dataclasses import replace
from functools import cache
from pathlib import Path

import brevitas.nn as qnn
import numpy as np
import pytest
import torch
from torch import nn

from r2b_hw.frontend import load_model
from r2b_hw.lowering import lower
from r2b_hw.nn import EXPORTERS, Exporter, calibrate, evaluate, export_qonnx
from r2b_hw.nn.quantisers import (
    BinaryActivation,
    BinaryWeight,
    ChannelWeight,
    FixedBias,
    SignedActivation,
    TensorWeight,
    constant_quantiser,
)

from .compare import check_file, first_mismatch

CHANNELS = 8


class BinaryConvolution(nn.Module):
    """sign, ±1 convolution, power of two; then a quantised multiplier and, for Bi-Real's normalisation, a bias."""

    def __init__(self, biased: bool) -> None:
        super().__init__()
        self.sign = qnn.QuantIdentity(act_quant=BinaryActivation)
        self.conv = qnn.QuantConv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False, weight_quant=BinaryWeight)
        nn.init.uniform_(self.conv.weight, -1.0, 1.0)
        self.multiplier = nn.Parameter(torch.randn(1, CHANNELS, 1, 1))
        self.multiplier_quantiser = constant_quantiser(2.0, 8, signed=True)
        self.bias = nn.Parameter(torch.randn(1, CHANNELS, 1, 1)) if biased else None
        self.bias_quantiser = constant_quantiser(4.0, 12, signed=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv(self.sign(x)) * 2.0**-3 * self.multiplier_quantiser(self.multiplier)
        return x if self.bias is None else x + self.bias_quantiser(self.bias)


class Net(nn.Module):
    """A block of XNOR-Net++ (a scale, PReLU, no skip) and one of Bi-Real (a normalisation, a skip)."""

    def __init__(self) -> None:
        super().__init__()
        self.input = constant_quantiser(1.0, 8, signed=True)
        weights = {"weight_quant": ChannelWeight, "bias_quant": FixedBias}
        self.stem = qnn.QuantConv2d(3, CHANNELS, 3, padding=1, bias=True, **weights)
        self.stem_out = qnn.QuantIdentity(act_quant=SignedActivation, bit_width=8, collect_stats_steps=2)
        self.first = BinaryConvolution(biased=False)
        self.slope = nn.Parameter(torch.rand(CHANNELS))
        self.slope_quantiser = constant_quantiser(1.0, 4, signed=True)
        self.out = qnn.QuantIdentity(act_quant=SignedActivation, bit_width=8, collect_stats_steps=2)
        self.second = BinaryConvolution(biased=True)
        self.last_out = qnn.QuantIdentity(act_quant=SignedActivation, bit_width=8, collect_stats_steps=2)
        self.classifier = qnn.QuantLinear(CHANNELS, 4, bias=True, weight_quant=TensorWeight, bias_quant=FixedBias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem_out(self.stem(self.input(x)))
        x = self.out(nn.functional.prelu(self.first(x), self.slope_quantiser(self.slope)))
        x = self.last_out(self.second(x) + x)
        return self.classifier(x.sum((2, 3)))


@cache
def prepared() -> tuple[Net, np.ndarray]:
    """Return a calibrated network and images."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = Net()
    images = np.random.default_rng(0).normal(0, 0.5, (10, 3, 8, 6)).astype(np.float32)
    calibrate(model, [torch.from_numpy(images)] * 2)
    return model, images


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_equals_torch_and_execution(exporter: Exporter, tmp_path: Path) -> None:
    model, images = prepared()
    reference = evaluate(model, images)
    lowered = check_file(export_qonnx(model, images[:1], tmp_path / "model.onnx", exporter), images)
    graph = lowered.graph
    kinds = {unit.name: unit.kind for unit in graph.units}
    assert (kinds["out"], kinds["last_out"]) == ("channelwise", "rescale")
    # Sign, window, convolution: multiplier and bias take no unit of their own.
    assert len([name for name in kinds if name.startswith("second")]) == 3
    assert first_mismatch(lowered, graph, images, reference.tensors) == ""
    outputs = graph.evaluate(graph.host_input.quantise(images))[graph.output_stream.name]
    assert np.array_equal(graph.host_output.dequantise(outputs), reference.outputs)


def test_a_changed_constant_is_found(tmp_path: Path) -> None:
    model, images = prepared()
    golden = evaluate(model, images).tensors
    lowered = lower(load_model(export_qonnx(model, images[:1], tmp_path / "model.onnx")))
    unit = lowered.graph.unit_by_name["last_out"]
    step = np.eye(CHANNELS, dtype=np.int64)[3] * 8
    for changed in (replace(unit, multipliers=unit.multipliers + step), replace(unit, biases=unit.biases + step)):
        assert first_mismatch(lowered, lowered.graph.with_units([changed]), images, golden) == "last_out"


def test_constants_are_not_captured() -> None:
    """A quantised parameter is no layer's output; it has no images."""
    model, images = prepared()
    tensors = evaluate(model, images, batch=3).tensors
    assert {"first.conv", "out", "second.sign"} < set(tensors)
    assert all(len(tensor) == len(images) for tensor in tensors.values())
