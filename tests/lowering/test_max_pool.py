"""A Brevitas model with the stem of ImageNet's ResNets, 7x7 at stride 2 and a max pool, against torch and execution."""

# pyright: basic
from pathlib import Path

import brevitas.nn as qnn
import numpy as np
import pytest
import torch
from torch import nn

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


class StemAndBlock(nn.Module):
    """Stem, max pool, one binary half-block with a skip, a binary max pool of its own, classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.input = constant_quantiser(1.0, 8, signed=True)
        weights = {"weight_quant": ChannelWeight, "bias_quant": FixedBias}
        self.stem = qnn.QuantConv2d(3, 8, 7, stride=2, padding=3, bias=True, **weights)
        self.stem_out = qnn.QuantIdentity(act_quant=SignedActivation, bit_width=8, collect_stats_steps=2)
        self.pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.sign = qnn.QuantIdentity(act_quant=BinaryActivation)
        self.conv = qnn.QuantConv2d(8, 8, 3, padding=1, bias=False, weight_quant=BinaryWeight)
        nn.init.uniform_(self.conv.weight, -1.0, 1.0)
        self.out = qnn.QuantIdentity(act_quant=SignedActivation, bit_width=8, collect_stats_steps=2)
        self.last_pool = nn.MaxPool2d(2)
        self.classifier = qnn.QuantLinear(8, 4, bias=True, weight_quant=TensorWeight, bias_quant=FixedBias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool(self.stem_out(self.stem(self.input(x))))
        x = self.out(self.conv(self.sign(x)) * 2.0**-3 + x)
        return self.classifier(self.last_pool(x).sum((2, 3)))


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_equals_torch_and_execution(exporter: Exporter, tmp_path: Path) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = StemAndBlock()
    images = np.random.default_rng(0).normal(0, 0.5, (10, 3, 18, 22)).astype(np.float32)
    calibrate(model, [torch.from_numpy(images)] * 2)
    reference = evaluate(model, images)
    lowered = check_file(export_qonnx(model, images[:1], tmp_path / "model.onnx", exporter), images)
    graph = lowered.graph
    kinds = {unit.name: unit.kind for unit in graph.units}
    assert kinds["pool.window"] == kinds["last_pool.window"] == "sliding_window"
    assert kinds["pool"] == kinds["last_pool"] == "max_pool"
    outputs = graph.evaluate(graph.host_input.quantise(images))[graph.output_stream.name]
    assert np.array_equal(graph.host_output.dequantise(outputs), reference.outputs)
    with torch.no_grad():
        pooled = model.pool(torch.from_numpy(reference.tensors["stem_out"])).numpy()
        last_pooled = model.last_pool(torch.from_numpy(reference.tensors["out"])).numpy()
    assert (pooled < 0).any()
    golden = {**reference.tensors, "pool": pooled, "last_pool": last_pooled}
    assert first_mismatch(lowered, graph, images, golden) == ""
