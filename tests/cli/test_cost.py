"""``r2b-hw cost``: what it prints, and what an unknown name gets."""

import json

import pytest

from r2b_hw.architectures import IMAGENET
from tests.conftest import CommandLine


def test_json(r2b: CommandLine) -> None:
    ended = r2b("cost", "larq-real-to-bin", "--json")
    assert ended.code == 0
    figures = json.loads(ended.output)
    assert figures["parameters"] == figures["binary_parameters"] + figures["real_parameters"] == 11_995_624
    assert figures["bops"] == 1_676_279_808
    assert figures["flops"] == 156_378_088
    for key in ("bops", "flops", "parameters", "binary_parameters"):
        assert figures[key] == sum(layer[key] for layer in figures["layers"])
    first = next(layer for layer in figures["layers"] if layer["binary"])
    assert (first["name"], first["bops"], first["macs"]) == ("blocks.0.conv", 115_605_504, 115_605_504)
    assert (first["input"], first["output"]) == ([64, 56, 56], [64, 56, 56])


@pytest.mark.parametrize("name", ["bnn", "real-to-bin-cifar100", "resnet34"])
def test_table(r2b: CommandLine, name: str) -> None:
    """A row for every layer, then the totals of --json."""
    figures = json.loads(r2b("cost", name, "--json").output)
    ended = r2b("cost", name)
    assert ended.code == 0
    words = [line.split() for line in ended.output.splitlines()]
    for layer in figures["layers"]:
        shape = "x".join(map(str, layer["output"]))
        numbers = [f"{layer[key]:,}" for key in ("bops", "flops", "parameters") if layer[key]]
        assert [layer["name"], shape, *numbers] in words
    assert f"{figures['bops']:,} BOPs, {figures['flops']:,} FLOPs" in ended.output
    assert f"{figures['parameters']:,}: {figures['binary_parameters']:,} binary" in ended.output


def test_an_unknown_network(r2b: CommandLine) -> None:
    ended = r2b("cost", "real2bin")
    assert ended.code == 2
    assert "did you mean 'real-to-bin'?" in ended.error
    assert all(name in ended.error for name in IMAGENET)
    assert "NAME-cifar100" in ended.error
