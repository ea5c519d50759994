"""Mistakes injected into the HLS project end in exit code 4 of the C-simulation rung and the right layer's name."""

import re
import zlib
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import CommandLine, Small


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, f"{old} is not in {path.name}"
    path.write_text(text.replace(old, new, 1))


def documented_checksum(text: str) -> int:
    """CRC-32 of all elements of all tables in order, as 64-bit two's complement little-endian integers."""
    content = b""
    for table in re.findall(r"Constant<\d+> \w+(?:\[\d+\])+ =\s*(\{.*?\});", text, re.DOTALL):
        elements = [int(token, 0) for token in re.findall(r"-?(?:0x[0-9a-f]+|\d+)(?=u|,|\s|\})", table)]
        content += np.array([element % 2**64 for element in elements], dtype="<u8").tobytes()
    return zlib.crc32(content)


def with_checksum(path: Path) -> None:
    """Make the header's checksum that of its tables, as whoever packs other weights would."""
    text = path.read_text()
    path.write_text(re.sub(r"(_checksum = 0x)[0-9a-f]{8}", rf"\g<1>{documented_checksum(text):08x}", text))


def flip_weight(path: Path) -> None:
    first = re.search(r"0x[0-9a-f]+", path.read_text().split("_weights", 1)[1])
    assert first is not None
    replaced(path, first[0], f"{int(first[0], 16) ^ 1:#0{len(first[0])}x}")


def move_threshold(path: Path, thresholds: np.ndarray, channel: int) -> None:
    """Move the threshold of ``channel`` up by one; the table holds ``thresholds`` in this order, one fold."""
    old = "{" + ", ".join(str(value) for value in thresholds) + "}"
    changed = thresholds + (np.arange(len(thresholds)) == channel)
    replaced(path, old, "{" + ", ".join(str(value) for value in changed) + "}")


def test_checksums_are_as_documented(small: Small) -> None:
    headers = sorted((small.folder / "hls" / "parameters").glob("*.h"))
    assert len(headers) > 10
    for header in headers:
        text = header.read_text()
        found = re.search(r"_checksum = 0x([0-9a-f]{8})u", text)
        assert found is not None
        assert documented_checksum(text) == int(found[1], 16), header.name


def test_a_flipped_weight_bit_breaks_the_checksum(small: Small, r2b: CommandLine) -> None:
    flip_weight(small.folder / "hls" / "parameters" / "blocks_1_conv.h")
    ended = r2b("verify", small.folder)
    assert ended.code == 4
    assert "c-simulation rung failed" in ended.error
    assert "the parameters of layer blocks.1.conv were altered" in ended.error


def test_a_flipped_weight_bit_changes_values(small: Small, r2b: CommandLine) -> None:
    path = small.folder / "hls" / "parameters" / "blocks_1_conv.h"
    flip_weight(path)
    with_checksum(path)
    ended = r2b("verify", small.folder, "--rung", "c-simulation")
    assert ended.code == 4
    assert "c-simulation rung failed: layer blocks.1.conv: blocks.1.conv[" in ended.error


def test_a_moved_threshold(small: Small, r2b: CommandLine) -> None:
    from r2b_hw.storage import load_graph

    graph = load_graph(small.folder)
    maps = graph.evaluate(graph.host_input.quantise(small.images))["blocks.0.sign.x"]
    thresholds: np.ndarray = getattr(graph.unit_by_name["blocks.0.sign"], "thresholds")  # noqa: B009
    channel = next(c for c in range(len(thresholds)) if (maps[..., c] == thresholds[c]).any())
    path = small.folder / "hls" / "parameters" / "blocks_0_sign.h"
    move_threshold(path, thresholds, channel)
    with_checksum(path)
    ended = r2b("verify", small.folder, "--rung", "c-simulation")
    assert ended.code == 4
    assert "c-simulation rung failed: layer blocks.0.sign: blocks.0.sign[" in ended.error


@pytest.mark.parametrize(
    ("file", "right", "wrong", "layer"),
    [
        ("common/requantise.h", "half - one + odd", "half", "stem.out"),
        ("units/sliding_window.h", "ap_uint<1>(inside)", "ap_uint<1>(1)", "stem.conv"),
    ],
    ids=["half-up rounding", "padding taken as valid"],
)
def test_wrong_library(small: Small, r2b: CommandLine, file: str, right: str, wrong: str, layer: str) -> None:
    replaced(small.folder / "hls" / file, right, wrong)
    ended = r2b("verify", small.folder, "--rung", "c-simulation")
    assert ended.code == 4
    assert f"c-simulation rung failed: layer {layer}: " in ended.error
