"""Parameter counts against published ones, term by term, and against torch modules written here."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from r2b_hw.architectures import KNOWN, Architecture, Kind, Parameters, cost
from r2b_hw.architectures.description import Gate, GateHidden


def total(name: str) -> Parameters:
    return cost(KNOWN[name]).parameters


def terms(network: Architecture) -> dict[str, int]:
    """Parameters by what a layer is and where it stands."""
    sums: dict[str, int] = {}
    for layer, _ in cost(network).layers:
        place = layer.name.split(".")[0]
        inner = [part for part in ("gate", "downsample") if part in layer.name]
        key = " ".join([*(inner or [place]), layer.kind.value])
        if layer.parameters.total:
            sums[key] = sums.get(key, 0) + layer.parameters.total
    return sums


def test_larq_term_by_term() -> None:
    """The 11,995,624 of Larq Zoo's RealToBinaryNet."""
    assert terms(KNOWN["larq-real-to-bin"]) == {
        "stem convolution": 9_408,
        "stem batch normalisation": 256,
        "stem activation": 64,
        "blocks batch normalisation": 13_568,
        "blocks convolution": 10_985_472,
        "blocks activation": 3_840,
        "gate fully connected": 294_400,
        "downsample convolution": 172_032,
        "downsample batch normalisation": 3_584,
        "classifier fully connected": 513_000,
    }
    counted = total("larq-real-to-bin")
    assert counted.total == 11_995_624
    assert counted.binary == 10_985_472
    assert round((counted.bytes - 4 * counted.statistics) / 2**20, 2) == 5.13


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("real-to-bin-cifar100", 11_526_244),
        ("bi-real-liu", 11_699_112),  # Larq Zoo's Bi-Real Net
        ("real-to-bin-scale", 11_995_624 + 3_840),
    ],
)
def test_published_totals(name: str, published: int) -> None:
    assert total(name).total == published


@pytest.mark.parametrize(("name", "published"), [("resnet18", 11_689_512), ("resnet34", 21_797_672)])
def test_real_teachers(name: str, published: int) -> None:
    """torchvision's counts, which leave the statistics out."""
    assert total(name).learned == published


@pytest.mark.parametrize(
    ("case", "factors"),
    [
        (1, 3_840),
        (2, 4 * (64 * 56**2 + 128 * 28**2 + 256 * 14**2 + 512 * 7**2)),
        (3, 3_840 + 4 * (56**2 + 28**2 + 14**2 + 7**2)),
        (4, 3_840 + 8 * (56 + 28 + 14 + 7)),
    ],
)
def test_the_four_cases_of_gamma(case: int, factors: int) -> None:
    assert total(f"xnor-net++-{case}").total - total("xnor-net").total == factors


def test_an_analytic_scale_is_stored_but_no_parameter() -> None:
    assert total("xnor-net").derived == 3_840
    assert total("xnor-net").bytes == total("xnor-net++-1").bytes


def test_gate_options() -> None:
    """Hidden width by outputs: inputs x outputs/8 + outputs/8 x outputs; a bias for each hidden and output channel."""
    widths = [(64, 64)] * 4 + [(64, 128)] + [(128, 128)] * 3
    widths += [(128, 256)] + [(256, 256)] * 3 + [(256, 512)] + [(512, 512)] * 3
    network = KNOWN["real-to-bin"]
    by_outputs = replace(network, half_block=replace(network.half_block, gate=Gate(hidden_from=GateHidden.OUTPUTS)))
    assert terms(by_outputs)["gate fully connected"] == sum((i + o) * o // 8 for i, o in widths)
    biased = replace(network, half_block=replace(network.half_block, gate=Gate(ratio=16, bias=True)))
    expected = sum((i + o + 1) * (i // 16) + o for i, o in widths)
    assert terms(biased)["gate fully connected"] == expected


class HalfBlock(nn.Module):
    """Of Real-to-Bin, in torch: names are those of the description."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.bn = nn.BatchNorm2d(inputs)
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(inputs, inputs // 8, bias=False),
            nn.ReLU(),
            nn.Linear(inputs // 8, outputs, bias=False),
            nn.Sigmoid(),
        )
        self.prelu = nn.PReLU(outputs)
        self.downsample = nn.Identity()
        if stride == 2:
            pool, conv = nn.AvgPool2d(2), nn.Conv2d(inputs, outputs, 1, bias=False)
            self.downsample = nn.Sequential(pool, conv, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        normalised = self.bn(x)
        branch = self.conv(normalised.sign()) * self.gate(normalised)[:, :, None, None]
        return self.prelu(branch) + self.downsample(x)


def real_to_bin(classes: int, *, cifar: bool) -> nn.Module:
    stem = nn.Conv2d(3, 64, 3, 1, 1, bias=False) if cifar else nn.Conv2d(3, 64, 7, 2, 3, bias=False)
    pool = nn.Identity() if cifar else nn.MaxPool2d(3, 2, 1)
    layers: list[nn.Module] = [stem, nn.BatchNorm2d(64), nn.PReLU(64), pool]
    inputs = 64
    for stage, outputs in enumerate((64, 128, 256, 512)):
        for index in range(4):
            layers.append(HalfBlock(inputs, outputs, 2 if stage and not index else 1))
            inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes))


@pytest.mark.parametrize(("name", "cifar"), [("real-to-bin", False), ("real-to-bin-cifar100", True)])
def test_against_torch(name: str, cifar: bool) -> None:
    """Parameters, statistics and the shapes and products of every convolution and matrix, as torch runs them."""
    description = KNOWN[name]
    shapes: list[tuple[int, ...]] = []
    products: list[int] = []

    def note(module: nn.Module, _: object, output: Tensor) -> None:
        assert isinstance(module, nn.Conv2d | nn.Linear)
        shapes.append((*output.shape[1:], 1, 1)[:3])
        products.append(module.weight.numel() * output[0, 0].numel())

    with torch.device("meta"):
        network = real_to_bin(description.classes, cifar=cifar).eval()
        for module in network.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                module.register_forward_hook(note)
        network(torch.zeros(1, 3, description.height, description.width))

    counted = cost(description)
    assert counted.parameters.binary + counted.parameters.learned == sum(p.numel() for p in network.parameters())
    statistics = sum(b.numel() for b in network.buffers() if b.dim())
    assert counted.parameters.statistics == statistics
    found = [layer for layer, _ in counted.layers if layer.kind in (Kind.CONVOLUTION, Kind.FULLY_CONNECTED)]
    assert sorted(layer.macs for layer in found) == sorted(products)
    assert sorted(tuple(layer.outputs) for layer in found) == sorted(shapes)
