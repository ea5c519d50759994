"""Patterns of third parties' files, built by hand: every named stream equals the executed QONNX."""

# pyright: basic
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from r2b_hw.frontend import load_model
from r2b_hw.lowering import lower
from tests.frontend.graphs import GraphBuilder, integers, signs

from .compare import check_file

Build = Callable[[GraphBuilder, str], str]


def affine(g: GraphBuilder, x: str, layer: str = "block.bn") -> str:
    scale = np.array([0.7, -0.3, 0.0, -1.3]).reshape(1, 4, 1, 1)
    offset = np.array([-0.21, 0.1, -0.05, 0.0]).reshape(1, 4, 1, 1)
    return g.node("Sub", g.scale(x, scale, layer=layer), g.constant(offset), layer=layer)


def normalised(g: GraphBuilder, x: str, layer: str = "block.bn") -> str:
    gamma, beta, mean, variance = (
        [1.1, -0.4, 0.0, 2.0],
        [0.1, 0.2, 0.3, 0.0],
        [0.3, -0.2, 0.1, 0.5],
        [1.0, 2.0, 0.1, 9.0],
    )
    parameters = (g.constant(values) for values in (gamma, beta, mean, variance))
    return g.node("BatchNormalization", x, *parameters, layer=layer, epsilon=1e-5)


def binary(g: GraphBuilder, x: str, **options) -> str:
    weights = options.pop("weights", signs(3, 4, 4, 3, 3))
    return g.conv(x, weights, layer="block.conv", **{"pad": 1, **options})


def gate(g: GraphBuilder, x: str, channels: int = 4) -> str:
    mean = g.quant(
        g.scale(g.sum(x, layer="block.gate", keepdims=0), 2.0**-4, layer="block.gate"), layer="block.gate.mean"
    )
    hidden = g.node(
        "Gemm", mean, g.constant(integers(5, 3, 4)), g.constant(integers(6, 3)), transB=1, layer="block.gate.fc1"
    )
    hidden = g.quant(g.node("Relu", hidden, layer="block.gate.relu"), signed=0, layer="block.gate.relu")
    logits = g.node("MatMul", hidden, g.constant(integers(7, 3, channels)), layer="block.gate.fc2")
    logits = g.quant(logits, layer="block.gate.pre")
    out = g.quant(g.node("Sigmoid", logits, layer="block.gate"), exponent=8, signed=0, layer="block.gate.out")
    return g.node("Reshape", out, g.constant([1, channels, 1, 1], np.int64), layer="block.gate")


def half_block(g: GraphBuilder, x: str) -> str:
    y = g.scale(binary(g, g.sign(normalised(g, x), layer="block.sign")), 2.0**-3, layer="block")
    y = g.node("Mul", gate(g, x), y, layer="block")
    y = g.node("PRelu", y, g.constant(integers(8, 4, 1, 1)), layer="block.prelu")
    return g.quant(g.node("Add", x, y, layer="block"), layer="block.out")


def padded(value: float) -> Build:
    def build(g: GraphBuilder, x: str) -> str:
        bits = g.sign(affine(g, x), layer="block.sign")
        pads = g.constant([0, 0, 1, 1, 0, 0, 1, 1], np.int64)
        wide = g.node("Pad", bits, pads, g.constant(np.float32(value)), mode="constant", layer="block")
        return g.quant(binary(g, wide, pad=0), exponent=0, layer="block.out")

    return build


def integer_padding(g: GraphBuilder, x: str) -> str:
    pads, axes = g.constant([2, 1, 2, 1], np.int64), g.constant([2, 3], np.int64)
    wide = g.node("Pad", x, pads, g.constant(np.float32(-0.75)), axes, mode="constant", layer="block")
    return g.quant(g.conv(wide, integers(1, 4, 4, 3, 3), layer="block.conv"), layer="block.out")


def bias_then_skip(g: GraphBuilder, x: str) -> str:
    y = g.conv(x, integers(1, 4, 4, 3, 3), integers(2, 4, exponent=9), pad=1, layer="block.conv")
    return g.quant(g.node("Add", y, x, layer="block"), exponent=3, layer="block.out")


def bias_then_gate(g: GraphBuilder, x: str) -> str:
    y = g.conv(x, integers(1, 4, 4, 3, 3), integers(2, 4, exponent=6), pad=1, layer="block.conv")
    return g.quant(g.node("Mul", g.scale(y, 0.5, layer="block"), gate(g, x), layer="block"), layer="block.out")


def gate_of_a_quantised_map(g: GraphBuilder, x: str) -> str:
    y = g.quant(g.conv(x, integers(1, 4, 4, 3, 3), pad=1, layer="block.conv"), layer="block.conv_out")
    return g.quant(g.node("Mul", y, gate(g, y), layer="block"), layer="block.out")


def bias_apart(g: GraphBuilder, x: str) -> str:
    y = g.scale(binary(g, g.sign(x, layer="block.sign")), 2.0**-2, layer="block")
    y = g.node("Add", y, g.constant(integers(4, 1, 4, 1, 1, exponent=7)), layer="block.bias")
    return g.quant(g.node("LeakyRelu", y, alpha=0.125, layer="block.act"), layer="block.out")


ALPHA = np.array([0.75, -1.25, 0.0, 2.5]).reshape(1, 4, 1, 1)
BETA = np.array([0.0625, -3.0, 0.5, 0.0]).reshape(1, 4, 1, 1)


def scaled_product(g: GraphBuilder, x: str) -> str:
    """A learned scale (XNOR-Net++), then a power of two, PReLU and skip."""
    y = g.scale(g.scale(binary(g, g.sign(x, layer="block.sign")), ALPHA, layer="block"), 0.25, layer="block")
    y = g.node("PRelu", y, g.constant(integers(8, 4, 1, 1)), layer="block.prelu")
    return g.quant(g.node("Add", x, y, layer="block"), layer="block.out")


def affine_product(g: GraphBuilder, x: str) -> str:
    """A normalisation as multiplier and bias (Bi-Real), between a bias and a further multiplier."""
    y = g.conv(x, integers(1, 4, 4, 3, 3), integers(2, 4, exponent=6), pad=1, layer="block.conv")
    y = g.node("Add", g.scale(y, ALPHA, layer="block.bn"), g.constant(BETA), layer="block.bn")
    return g.quant(g.node("Div", y, g.constant(np.float32(-0.25)), layer="block"), layer="block.out")


def scaled_beside_a_gate(g: GraphBuilder, x: str) -> str:
    """One multiplier before the gate, one and a power of two after it."""
    y = g.scale(binary(g, g.sign(x, layer="block.sign")), ALPHA, layer="block.alpha")
    y = g.node("Mul", y, gate(g, x), layer="block")
    y = g.scale(g.scale(y, ALPHA[:, ::-1], layer="block"), 0.5, layer="block")
    return g.quant(g.node("Add", y, x, layer="block"), layer="block.out")


def scaled_gate_of_a_quantised_map(g: GraphBuilder, x: str) -> str:
    y = g.scale(g.node("Mul", x, gate(g, x), layer="block"), ALPHA, layer="block")
    return g.quant(g.scale(y, 0.25, layer="block"), layer="block.out")


def normalised_product(g: GraphBuilder, x: str) -> str:
    """Variance plus epsilon is a power of four in every channel."""
    parameters = (ALPHA, BETA, np.array([0.5, 0.0, -1.0, 3.0]), np.array([1.0, 4.0, 0.25, 16.0]) - 2.0**-10)
    y = binary(g, g.sign(x, layer="block.sign"))
    y = g.node(
        "BatchNormalization", y, *(g.constant(p.reshape(-1)) for p in parameters), layer="block.bn", epsilon=2.0**-10
    )
    return g.quant(g.node("Add", y, x, layer="block"), layer="block.out")


def sign_of_a_scaled_activation(g: GraphBuilder, x: str) -> str:
    y = g.node("Relu", g.scale(binary(g, g.sign(x, layer="block.sign")), ALPHA, layer="block"), layer="block.act")
    bits = g.sign(g.node("Sub", y, g.constant(np.float32(2.3)), layer="next.bn"), layer="next.sign")
    return g.quant(g.conv(bits, signs(4, 3, 4, 1, 1)), exponent=0)


def scaled_logits(g: GraphBuilder, x: str) -> str:
    y = g.scale(binary(g, g.sign(x, layer="block.sign")), ALPHA, layer="block")
    return g.node("Add", y, g.constant(BETA), layer="block")


def sign_of_a_product(g: GraphBuilder, x: str) -> str:
    y = binary(g, g.sign(x, layer="block.sign"))
    z = g.sign(normalised(g, y, "next.bn"), layer="next.sign")
    y = g.conv(z, signs(9, 5, 4, 1, 1), layer="next.conv", strides=[2, 2])
    return g.quant(y, exponent=0, layer="next.out")


def sign_of_a_biased_product(g: GraphBuilder, x: str) -> str:
    scales = np.array([1, 4, 2, 1]).reshape(4, 1, 1, 1)
    y = g.conv(x, integers(1, 4, 4, 3, 3, lo=-99, hi=99, exponent=7) * scales, integers(2, 4), pad=1, layer="stem.conv")
    return g.quant(binary(g, g.sign(y, layer="block.sign")), exponent=0, layer="block.out")


def sign_of_a_sum(g: GraphBuilder, x: str) -> str:
    y = g.node("Add", binary(g, g.sign(x, layer="block.sign")), x, layer="block")
    return g.quant(g.conv(g.sign(affine(g, y), layer="next.sign"), signs(4, 3, 4, 1, 1)), exponent=0)


def binary_classifier(g: GraphBuilder, x: str) -> str:
    vector = g.quant(g.node("GlobalAveragePool", x, layer="pool"), exponent=6, layer="mean")
    bits = g.sign(g.node("Flatten", vector, axis=1), layer="sign")
    return g.node("Gemm", bits, g.constant(signs(5, 10, 4)), g.constant(integers(6, 10)), transB=1, layer="classifier")


def unquantised_mean(g: GraphBuilder, x: str) -> str:
    mean = g.node("ReduceMean", x, g.constant([-1, -2], np.int64), keepdims=0, layer="mean")
    return g.node("MatMul", mean, g.constant(integers(6, 4, 10)), layer="classifier")


def pooled(g: GraphBuilder, x: str) -> str:
    pool = g.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2], layer="down")
    y = g.conv(pool, integers(1, 6, 4, 1, 1), integers(2, 6, exponent=12), layer="down.conv")
    return g.quant(y, layer="down.out")


def max_pooled(g: GraphBuilder, x: str) -> str:
    """Quantised and binary maps, kernels that overlap, pad, skip and leave a rest; and a pool of one pixel."""
    y = g.node("MaxPool", x, kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1], layer="stem.pool")
    y = g.node("MaxPool", y, kernel_shape=[1, 1], layer="stem.same")
    bits = g.node("MaxPool", g.sign(y, layer="block.sign"), kernel_shape=[2, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    z = g.quant(binary(g, bits), exponent=0, layer="block.out")
    return g.node("MaxPool", z, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=0, layer="block.pool")


def requantised(g: GraphBuilder, x: str) -> str:
    return g.quant(g.quant(x, exponent=2, bits=4, narrow=1, layer="first"), exponent=8, bits=7, layer="second")


def channel_scales(g: GraphBuilder, x: str) -> str:
    weights = integers(1, 4, 4, 3, 3, lo=-127, hi=127, exponent=7) * np.array([1, 8, 2, 0]).reshape(4, 1, 1, 1)
    y = g.conv(x, weights, integers(2, 4, exponent=5), pad=1, strides=[2, 1], layer="stem.conv")
    y = g.scale(y, np.array([0.5, 0.25, 4, 1]).reshape(1, 4, 1, 1), layer="stem")
    return g.quant(g.node("PRelu", y, g.constant(integers(3, 4, 1, 1)), layer="stem.act"), layer="stem.out")


PATTERNS: dict[str, Build] = {
    "half_block": half_block,
    "bare_sign": lambda g, x: g.quant(binary(g, g.sign(x, layer="block.sign")), exponent=0, layer="block.out"),
    "affine_sign": lambda g, x: g.quant(
        binary(g, g.sign(affine(g, x), layer="block.sign")), exponent=-1, layer="block.out"
    ),
    "padding_minus_one": padded(-1.0),
    "padding_plus_one": padded(1.0),
    "padding_zero_apart": padded(0.0),
    "integer_padding": integer_padding,
    "bias_then_skip": bias_then_skip,
    "bias_then_gate": bias_then_gate,
    "gate_of_a_quantised_map": gate_of_a_quantised_map,
    "bias_apart": bias_apart,
    "scaled_product": scaled_product,
    "affine_product": affine_product,
    "scaled_beside_a_gate": scaled_beside_a_gate,
    "scaled_gate_of_a_quantised_map": scaled_gate_of_a_quantised_map,
    "normalised_product": normalised_product,
    "sign_of_a_scaled_activation": sign_of_a_scaled_activation,
    "scaled_logits": scaled_logits,
    "sign_of_a_product": sign_of_a_product,
    "sign_of_a_biased_product": sign_of_a_biased_product,
    "sign_of_a_sum": sign_of_a_sum,
    "binary_classifier": binary_classifier,
    "unquantised_mean": unquantised_mean,
    "pooled": pooled,
    "max_pooled": max_pooled,
    "requantised": requantised,
    "channel_scales": channel_scales,
    "binary_weights_on_integers": lambda g, x: g.conv(x, signs(1, 4, 4, 3, 3), layer="conv"),
    "power_of_two_binary_scale": lambda g, x: g.quant(
        binary(g, g.sign(x, layer="block.sign"), weights=signs(1, 4, 4, 3, 3) * 0.25), layer="block.out"
    ),
}


@pytest.mark.parametrize("name", PATTERNS)
def test_equals_execution(name: str, tmp_path: Path) -> None:
    g = GraphBuilder()
    output = PATTERNS[name](g, g.quant("images", layer="input"))
    images = np.random.default_rng(len(name)).normal(0, 3, (12, 4, 4, 4)).astype(np.float32)
    lowered = check_file(g.save(tmp_path, output), images)
    assert any(stream.tensor for stream in lowered.graph.streams)


def test_units_and_streams_of_a_half_block(tmp_path: Path) -> None:
    g = GraphBuilder()
    output = half_block(g, g.quant("images", layer="input"))
    graph = lower(load_model(g.save(tmp_path, output))).graph
    kinds = {unit.name: unit.kind for unit in graph.units}
    assert kinds == {
        "block.gate_fork": "fork",
        "block.fork": "fork",
        "block.sign": "threshold",
        "block.conv.window": "sliding_window",
        "block.conv": "xnor_mvu",
        "block.gate.mean.sum": "global_sum",
        "block.gate.mean": "channelwise",
        "block.gate.fc1": "integer_mvu",
        "block.gate.relu": "channelwise",
        "block.gate.fc2": "integer_mvu",
        "block.gate.pre": "channelwise",
        "block.gate.out": "sigmoid_table",
        "block.out": "rescale",
    }
    frame = graph.stream_by_name["block.frame"]
    assert frame.producer and frame.consumer
    assert (frame.producer.unit, frame.consumer.unit) == ("block.gate_fork", "block.fork")
    # The gate's sum reads the raw stream, sign and skip what waits.
    assert graph.stream_at("block.gate.mean.sum", "x").producer.unit == "block.gate_fork"
    assert graph.stream_at("block.sign", "x").producer.unit == "block.fork"
    assert graph.stream_at("block.out", "s").producer.unit == "block.fork"
    assert graph.stream_at("block.conv.window", "x").tensor == "block.sign"
    assert all(stream.depth == 2 for stream in graph.streams)
    assert all(port.channels_per_word == 1 for unit in graph.units for port in unit.inputs + unit.outputs)


def test_multipliers_and_biases_need_no_unit_of_their_own(tmp_path: Path) -> None:
    g = GraphBuilder()
    graph = lower(load_model(g.save(tmp_path, normalised_product(g, g.quant("images", layer="input"))))).graph
    assert [unit.kind for unit in graph.units if unit.layer == "block.out"] == ["rescale"]
    unit = graph.unit_by_name["block.out"]
    # alpha / sqrt(variance + epsilon) = 0.75, -0.625, 0, 0.625
    assert (unit.multipliers.tolist(), unit.multiplier_exponents) == ([6, -5, 0, 5], (3,))
    assert (unit.biases.tolist(), unit.bias_exponents) == ([-5, -48, 8, -30], (4,))


def test_a_scale_before_a_sign_joins_the_threshold(tmp_path: Path) -> None:
    g = GraphBuilder()
    y = g.scale(binary(g, g.sign(g.quant("images"))), ALPHA)
    y = g.node("Add", y, g.constant(BETA))
    output = g.quant(g.conv(g.sign(y), signs(4, 3, 4, 1, 1)), exponent=0)
    images = np.random.default_rng(0).normal(0, 3, (12, 4, 4, 4)).astype(np.float32)
    kinds = [unit.kind for unit in check_file(g.save(tmp_path, output), images).graph.units]
    assert kinds == ["threshold", "sliding_window", "xnor_mvu", "threshold", "xnor_mvu", "channelwise"]


def test_one_by_one_products_at_stride_one_need_no_window(tmp_path: Path) -> None:
    for stride, expected in ((1, []), (2, ["sliding_window"])):
        g = GraphBuilder()
        y = g.conv(g.sign(g.quant("images")), signs(0, 4, 4, 1, 1), strides=[stride, stride])
        graph = lower(load_model(g.save(tmp_path, g.quant(y)))).graph
        assert [unit.kind for unit in graph.units if unit.kind == "sliding_window"] == expected


def test_logits_without_a_quantiser_lose_nothing(tmp_path: Path) -> None:
    """Channels with grids of their own come out on one common grid."""
    g = GraphBuilder((1, 4, 1, 1))
    x = g.node("Flatten", g.quant("images", exponent=5), axis=1)
    weights = integers(0, 3, 4, lo=-127, hi=127, exponent=7) * np.array([[1], [16], [64]])
    output = g.node("Gemm", x, g.constant(weights), g.constant(integers(1, 3, exponent=13)), transB=1, layer="fc")
    images = np.random.default_rng(0).normal(0, 3, (20, 4, 1, 1)).astype(np.float32)
    graph = check_file(g.save(tmp_path, output), images).graph
    port = graph.port_of(graph.output_stream)
    assert len(port.exponents) == 1
    assert graph.output_stream.tensor == "fc"
    assert graph.host_output.vector


def test_ranges_of_the_front_end_hold_what_flows(tmp_path: Path) -> None:
    """Every value that any unit gives lies in the unit's declared range."""
    for build in (half_block, channel_scales, bias_then_gate):
        g = GraphBuilder()
        output = build(g, g.quant("images", layer="input"))
        graph = lower(load_model(g.save(tmp_path, output))).graph
        images = np.random.default_rng(1).normal(0, 20, (40, 4, 4, 4)).astype(np.float32)
        streams = graph.evaluate(graph.host_input.quantise(images))
        for stream in graph.streams:
            port = graph.port_of(stream)
            values = streams[stream.name]
            values = values[values > -(1 << 61)]
            assert port.integer.lo <= values.min()
            assert values.max() <= port.integer.hi


def test_near_ties_of_a_third_party_are_reported_by_layer(tmp_path: Path) -> None:
    """A running mean on the grid with beta = 0 is a tie in three channels, gamma = 0 and beta = 0 in none."""
    g = GraphBuilder()
    parameters = ([1.0, -0.3, 0.7, 0.0], [0.0] * 4, [0.25, 0.5, -1.0, 0.25], [2.0, 3.0, 5.0, 7.0])
    x = g.quant("images", layer="input")
    y = g.node("BatchNormalization", x, *(g.constant(p) for p in parameters), layer="block.bn")
    output = g.quant(binary(g, g.sign(y, layer="block.sign")), exponent=0, layer="block.out")
    assert lower(load_model(g.save(tmp_path, output))).near_ties == {"block.sign": 3}
