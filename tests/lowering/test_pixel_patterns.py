"""Factors of pixels and constants of quantised maps in third parties' spellings: every named stream equals the
executed QONNX, and the units are those one would choose."""

# pyright: basic
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.frontend.graphs import GraphBuilder, integers, signs

from .compare import check_file

Build = Callable[[GraphBuilder, str], str]
ALPHA = np.array([0.75, -1.25, 0.0, 2.5]).reshape(1, 4, 1, 1)
BETA = np.array([0.0625, -3.0, 0.5, 0.0]).reshape(1, 4, 1, 1)


def binary(g: GraphBuilder, x: str) -> str:
    return g.conv(g.sign(x, layer="block.sign"), signs(3, 4, 4, 3, 3), layer="block.conv", pad=1)


def affine(g: GraphBuilder, x: str) -> str:
    return g.node("Add", g.scale(x, ALPHA, layer="block.bn"), g.constant(BETA), layer="block.bn")


def channel_sum(g: GraphBuilder, x: str, layer: str = "block.k", **options) -> str:
    return g.node("ReduceSum", x, g.constant([1], np.int64), layer=layer, **options)


def pixel_factor(g: GraphBuilder, x: str) -> str:
    total = channel_sum(g, g.node("Abs", g.quant(affine(g, x), layer="block.k.norm"), layer="block.k"))
    mean = g.quant(g.scale(total, 0.25, layer="block.k"), signed=0, bits=6, layer="block.k.mean")
    box = g.conv(mean, np.full((1, 1, 3, 3), 7 / 64), pad=1, layer="block.k.box")
    return g.quant(box, signed=0, bits=5, layer="block.k.out")


def out(g: GraphBuilder, y: str, **options) -> str:
    return g.quant(y, layer="block.out", **options)


def of_a_quantised_map(shape: tuple[int, ...]) -> Build:
    return lambda g, x: out(g, g.scale(x, integers(4, *shape), layer="block"))


def divided(g: GraphBuilder, x: str) -> str:
    """By powers of two, negative ones among them."""
    powers = np.ldexp(np.where(np.arange(16) % 3, 1.0, -1.0), np.arange(16) % 4 - 2).reshape(4, 4)
    return out(g, g.node("Div", binary(g, x), g.constant(powers), layer="block"))


def between_multipliers(g: GraphBuilder, x: str) -> str:
    """A multiplier and a power of two before and after; multipliers meet the accumulator behind the factors."""
    y = g.scale(g.scale(binary(g, x), ALPHA, layer="block"), 0.25, layer="block")
    y = g.scale(g.scale(y, integers(4, 1, 1, 4, 4), layer="block"), ALPHA[:, ::-1], layer="block")
    return out(g, g.node("Add", g.scale(y, 0.5, layer="block"), x, layer="block"))


def with_an_exponent_a_channel(g: GraphBuilder, x: str) -> str:
    weights = integers(1, 4, 4, 3, 3, lo=-127, hi=127, exponent=7) * np.array([1, 8, 2, 0]).reshape(4, 1, 1, 1)
    y = g.scale(g.conv(x, weights, pad=1, layer="block.conv"), integers(4, 1, 4, 4, 4, lo=-3, hi=3), layer="block")
    return out(g, g.node("Add", y, g.constant(BETA), layer="block"))


def before_a_sign(g: GraphBuilder, x: str) -> str:
    """The threshold reads the factors' products."""
    y = g.scale(binary(g, x), integers(4, 1, 1, 4, 1), layer="block")
    bits = g.sign(g.node("Sub", y, g.constant(BETA * 0.3), layer="next.bn"), layer="next.sign")
    return g.quant(g.conv(bits, signs(9, 5, 4, 1, 1), layer="next.conv"), exponent=0, layer="next.out")


def scaled_output(g: GraphBuilder, x: str) -> str:
    y = g.scale(binary(g, x), integers(4, 1, 1, 4, 4), layer="block")
    return g.node("Add", y, g.constant(BETA), layer="block")


def by_its_magnitude(g: GraphBuilder, x: str) -> str:
    """K is the first operand; then a normalisation, PReLU, and a ReLU behind the skip."""
    y = g.node("Mul", pixel_factor(g, x), g.quant(g.scale(binary(g, x), ALPHA), layer="block.scaled"), layer="block")
    y = g.node("PRelu", affine(g, y), g.constant(integers(8, 4, 1, 1)), layer="block.prelu")
    return out(g, g.node("Relu", g.node("Add", x, y, layer="block"), layer="block.act"), exponent=2, signed=0)


def by_an_unsmoothed_mean(g: GraphBuilder, x: str) -> str:
    """A mean over the channels, with its sign, straight into a convolution."""
    mean = g.node("ReduceMean", x, g.constant([-3], np.int64), layer="block.k")
    k = g.quant(g.conv(mean, integers(2, 1, 1, 3, 3), pad=1, layer="block.k.conv"), bits=5, layer="block.k.out")
    return out(g, g.scale(g.node("Mul", binary(g, x), k, layer="block"), 0.125, layer="block"))


def constants_of_a_map(g: GraphBuilder, x: str) -> str:
    """One normalisation, read by a sign, a quantiser, an activation and a skip."""
    y = affine(g, x)
    bits = g.sign(y, layer="block.sign")
    multi = g.quant(g.scale(y, -0.5, layer="a"), exponent=3, layer="a.out")
    active = g.quant(g.node("LeakyRelu", y, alpha=0.125, layer="b"), exponent=3, layer="b.out")
    joined = g.quant(g.node("Add", y, multi, layer="c"), exponent=2, layer="c.out")
    total = g.node("Add", g.conv(bits, signs(3, 4, 4, 3, 3), pad=1, layer="block.conv"), active, layer="d")
    total = g.quant(total, exponent=1, layer="d.out")
    return out(g, g.node("Add", g.quant(total, exponent=2, layer="e.out"), joined, layer="f"), exponent=1)


def exact_normalisation_of_a_map(g: GraphBuilder, x: str) -> str:
    parameters = (ALPHA, BETA, np.array([0.5, 0.0, -1.0, 3.0]), np.array([1.0, 4.0, 0.25, 16.0]) - 2.0**-10)
    constants = (g.constant(p.reshape(-1)) for p in parameters)
    return out(g, g.node("BatchNormalization", x, *constants, layer="block.bn", epsilon=2.0**-10))


def gate_of_a_normalised_map(g: GraphBuilder, x: str) -> str:
    gate = g.quant(g.scale(g.sum(x, layer="gate"), 2.0**-4, layer="gate"), layer="gate.out")
    return out(g, g.node("Mul", gate, affine(g, x), layer="block"), exponent=3)


def bits_with_two_readers(g: GraphBuilder, x: str) -> str:
    """A binary 1x1 convolution of stride 2 reads the bits of the 3x3 one, which are padded with -1."""
    bits = g.sign(x, layer="block.sign")
    pads = g.constant([0, 0, 1, 1, 0, 0, 1, 1], np.int64)
    wide = g.node("Pad", bits, pads, g.constant(np.float32(-1)), mode="constant", layer="block")
    y = g.conv(wide, signs(3, 6, 4, 3, 3), strides=[2, 2], layer="block.conv")
    skip = g.conv(bits, signs(4, 6, 4, 1, 1), strides=[2, 2], layer="block.down")
    return out(g, g.node("Add", y, g.quant(skip, exponent=0, layer="block.down_out"), layer="block"), exponent=0)


def sign_of_a_pool(g: GraphBuilder, x: str) -> str:
    pool = g.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2], layer="down")
    return out(g, affine(g, g.conv(g.sign(pool, layer="down.sign"), signs(4, 6, 4, 1, 1)[:4], layer="down.conv")))


PATTERNS: dict[str, tuple[Build, set[str]]] = {
    "pixels": (of_a_quantised_map((1, 1, 4, 4)), {"spatial_scale"}),
    "pixels_without_batch": (of_a_quantised_map((4, 4)), {"spatial_scale"}),
    "rows": (of_a_quantised_map((4, 1)), {"spatial_scale"}),
    "columns": (of_a_quantised_map((4,)), {"spatial_scale"}),
    "dense": (of_a_quantised_map((1, 4, 4, 4)), {"spatial_scale"}),
    "divided": (divided, {"spatial_scale"}),
    "between_multipliers": (between_multipliers, {"spatial_scale", "rescale"}),
    "with_an_exponent_a_channel": (with_an_exponent_a_channel, {"spatial_scale"}),
    "before_a_sign": (before_a_sign, {"spatial_scale", "threshold"}),
    "scaled_output": (scaled_output, {"spatial_scale"}),
    "by_its_magnitude": (by_its_magnitude, {"pixel_scale", "channel_sum", "rescale"}),
    "by_an_unsmoothed_mean": (by_an_unsmoothed_mean, {"pixel_scale", "channel_sum"}),
    "constants_of_a_map": (constants_of_a_map, {"threshold", "channelwise", "rescale"}),
    "exact_normalisation_of_a_map": (exact_normalisation_of_a_map, {"channelwise"}),
    "gate_of_a_normalised_map": (gate_of_a_normalised_map, {"rescale"}),
    "bits_with_two_readers": (bits_with_two_readers, {"xnor_mvu"}),
    "sign_of_a_pool": (sign_of_a_pool, {"average_pool", "threshold"}),
}


@pytest.mark.parametrize("name", PATTERNS)
def test_equals_execution(name: str, tmp_path: Path) -> None:
    build, kinds = PATTERNS[name]
    g = GraphBuilder()
    output = build(g, g.quant("images", layer="input"))
    images = np.random.default_rng(len(name)).normal(0, 3, (12, 4, 4, 4)).astype(np.float32)
    lowered = check_file(g.save(tmp_path, output), images)
    assert kinds <= {unit.kind for unit in lowered.graph.units}
    assert any(stream.tensor for stream in lowered.graph.streams)


def test_constants_before_a_sign_take_no_unit(tmp_path: Path) -> None:
    g = GraphBuilder()
    bits = g.sign(affine(g, g.quant("images", layer="input")), layer="block.sign")
    output = g.quant(g.conv(bits, signs(3, 4, 4, 1, 1), layer="block.conv"), exponent=0, layer="block.out")
    images = np.random.default_rng(0).normal(0, 3, (12, 4, 4, 4)).astype(np.float32)
    lowered = check_file(g.save(tmp_path, output), images)
    assert sorted(unit.kind for unit in lowered.graph.units) == ["channelwise", "threshold", "xnor_mvu"]
