"""Operations against Table 1 of Martinez et al. (ICLR 2020) and against counts by hand."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest

from r2b_hw.architectures import IMAGENET, KNOWN, Kind, Layer, cost

# BOPs and FLOPs as printed.
TABLE_1 = {
    "bnn": ("1.695e9", "1.314e8"),
    "xnor-net": ("1.695e9", "1.333e8"),
    "double-skip": ("1.695e9", "1.351e8"),
    "bi-real": ("1.676e9", "1.544e8"),
    "real-to-bin": ("1.676e9", "1.564e8"),
    "resnet18": ("0", "1.826e9"),
}
MAP = 25_088  # 512 x 7 x 7; the maps of the stages have 8, 4, 2 and 1 times as many elements


def four_digits(number: int, rounding: str) -> Decimal:
    """Cut or round to four significant digits."""
    exact = Decimal(number)
    return exact.quantize(Decimal(1).scaleb(exact.adjusted() - 3), rounding)


def binary_convolutions(name: str) -> list[Layer]:
    return [layer for layer, _ in cost(KNOWN[name]).layers if layer.kind is Kind.CONVOLUTION and layer.binary]


@pytest.mark.parametrize("name", TABLE_1)
def test_table_1(name: str) -> None:
    """FLOPs agree rounded. 1,695,547,392 BOPs would round to 1.696e9; the paper cuts them."""
    counted = cost(KNOWN[name])
    bops, flops = (Decimal(printed) for printed in TABLE_1[name])
    assert four_digits(counted.flops, ROUND_HALF_EVEN) == flops
    assert four_digits(counted.bops, ROUND_DOWN) == bops


def test_totals_by_hand() -> None:
    """Stem 3 x 64 maps, BN 60 x 2, ReLU 60 x 2, additions 30, downsample BN 7 x 2, final mean 1."""
    stem, classifier, downsample = 118_013_952, 513_000, 3 * 6_422_528
    three_by_three = 1_676_279_808
    assert cost(KNOWN["resnet18"]).flops == stem + classifier + downsample + three_by_three + 477 * MAP
    # BNN adds the sign at the entrance of each block: 16 + 12 + 6 + 3 maps.
    assert cost(KNOWN["bnn"]).flops == stem + classifier + (477 + 37) * MAP
    # XNOR-Net has BN on the inputs, 67 maps for 60, and the scale.
    assert cost(KNOWN["xnor-net"]).flops == stem + classifier + (477 + 37 + 2 * 7 + 60) * MAP
    # Double skip: 30 more additions, 30 more signs, and an average pool of 4 x 3.5.
    assert cost(KNOWN["double-skip"]).flops == stem + classifier + (588 + 30 + 30 + 14) * MAP
    assert cost(KNOWN["resnet18"]).flops == 1_826_041_320


def test_differences_between_the_rows() -> None:
    """What one row has more than another: the downsample's products, and the gates' means and products."""
    ours, bi_real, double = (cost(KNOWN[name]) for name in ("real-to-bin", "bi-real", "double-skip"))
    assert bi_real.flops - double.flops == double.bops - bi_real.bops == 3 * 6_422_528
    assert ours.flops - bi_real.flops == 1_680_896 + 294_400
    assert ours.bops == bi_real.bops
    k = cost(KNOWN["xnor-net-k"]).flops - cost(KNOWN["xnor-net"]).flops
    assert k == 67 * MAP + 9 * 4 * (56**2 + 28**2 + 14**2 + 7**2) + 60 * MAP


@pytest.mark.parametrize(
    ("name", "macs", "sides"),
    [("real-to-bin", 115_605_504, (56, 28, 14, 7)), ("real-to-bin-cifar100", 37_748_736, (32, 16, 8, 4))],
)
def test_the_sixteen_binary_convolutions(name: str, macs: int, sides: tuple[int, ...]) -> None:
    found = binary_convolutions(name)
    assert [layer.macs for layer in found] == [*[macs] * 4, *([macs // 2] + [macs] * 3) * 3]
    widths = [64] * 5 + [128] * 4 + [256] * 4 + [512] * 3
    assert [layer.inputs.channels for layer in found] == widths
    assert [layer.outputs.height for layer in found] == [side for side in sides for _ in range(4)]
    assert sum(layer.macs for layer in found) == {115_605_504: 1_676_279_808, 37_748_736: 547_356_672}[macs]


@pytest.mark.parametrize(
    ("name", "stem", "downsample", "classifier"),
    [("real-to-bin", 118_013_952, 6_422_528, 512_000), ("real-to-bin-cifar100", 1_769_472, 2_097_152, 51_200)],
)
def test_the_real_products(name: str, stem: int, downsample: int, classifier: int) -> None:
    macs = {layer.name: layer.macs for layer, _ in cost(KNOWN[name]).layers}
    assert macs["stem.conv"] == stem
    assert [n for path, n in macs.items() if path.endswith("downsample.conv")] == [downsample] * 3
    assert macs["classifier"] == classifier


def test_names() -> None:
    """Layer names are module paths, unique within a network, and a network is called by its key."""
    for name, network in KNOWN.items():
        paths = [layer.name for layer, _ in cost(network).layers]
        assert network.name == name
        assert len(set(paths)) == len(paths)
    assert {f"{name}-cifar100" for name in IMAGENET} | set(IMAGENET) == set(KNOWN)


def test_the_page_shows_these_figures() -> None:
    """The table of networks in docs/method.md is what the code counts."""
    page = Path(__file__).resolve().parents[2] / "docs" / "method.md"
    rows = [line.strip("| ").split(" | ") for line in page.read_text(encoding="utf-8").splitlines()]
    shown = {row[0].strip("`"): row[1:] for row in rows if len(row) == 6 and row[0].strip("`") in IMAGENET}
    expected = {
        name: [
            *(f"{number:,}" for number in (counted.bops, counted.flops)),
            *(f"{number:,}" for number in (counted.parameters.binary, counted.parameters.real)),
            f"{counted.parameters.bytes / 2**20:.2f}",
        ]
        for name, counted in ((name, cost(network)) for name, network in IMAGENET.items())
    }
    assert shown == expected
