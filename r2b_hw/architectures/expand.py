"""From the description of a network to its layers, in the order of computation."""

from collections.abc import Iterator

from r2b_hw.architectures.description import (
    Activation,
    Architecture,
    Gate,
    GateHidden,
    HalfBlock,
    Normalisation,
    Scale,
    Skip,
)
from r2b_hw.architectures.layer import Kind, Layer, Parameters, Shape


def layers(network: Architecture) -> tuple[Layer, ...]:
    """Return every layer of ``network``, with shapes for its size of image."""
    return tuple(_layers(network))


def _layers(network: Architecture) -> Iterator[Layer]:
    stem = tuple(_stem(network))
    yield from stem
    shape, number = stem[-1].outputs, 0
    for stage, (blocks, channels) in enumerate(network.stages):
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            for half, half_stride in enumerate((stride, 1)):
                outputs = _reduced(shape, channels, half_stride)
                yield from _half_block(network, f"blocks.{number}", shape, outputs, half_stride, second=half == 1)
                shape, number = outputs, number + 1
    vector = Shape(shape.channels, 1, 1)
    yield Layer("mean", Kind.GLOBAL_MEAN, shape, vector)
    yield _fully_connected("classifier", shape.channels, network.classes, bias=True)


def _stem(network: Architecture) -> Iterator[Layer]:
    stem = network.stem
    image = Shape(network.channels, network.height, network.width)
    shape = _reduced(image, stem.channels, stem.stride)
    yield _convolution("stem.conv", image, shape, stem.kernel, stem.stride, binary=False)
    yield _normalisation("stem.norm", shape)
    yield from _activation("stem", stem.activation, shape)
    if stem.max_pool:
        yield Layer("stem.pool", Kind.MAX_POOL, shape, _reduced(shape, stem.channels, 2), kernel=3, stride=2)


def _half_block(
    network: Architecture, name: str, inputs: Shape, outputs: Shape, stride: int, *, second: bool
) -> Iterator[Layer]:
    half = network.half_block
    double_skip = half.skip is Skip.CONVOLUTION
    adds = double_skip or second
    if half.normalisation is Normalisation.BEFORE:
        yield _normalisation(f"{name}.bn", inputs)
    if half.gate is not None:
        yield from _gate(f"{name}.gate", half.gate, inputs, outputs.channels)
    if half.binary:
        yield Layer(f"{name}.sign", Kind.SIGN, inputs, inputs, at_fork=double_skip or not second)
    yield _convolution(f"{name}.conv", inputs, outputs, 3, stride, binary=half.binary)
    yield from _scale(name, half, inputs, outputs, stride)
    if half.normalisation is Normalisation.AFTER:
        yield _normalisation(f"{name}.bn", outputs)
    if double_skip or not adds:
        yield from _activation(name, half.activation, outputs)
    if inputs != outputs:
        yield from _downsample(network, f"{name}.downsample", inputs, outputs, stride)
    if adds:
        yield Layer(f"{name}.add", Kind.ADDITION, outputs, outputs)
    if adds and not double_skip:
        yield from _activation(name, half.activation, outputs)


def _gate(name: str, gate: Gate, inputs: Shape, outputs: int) -> Iterator[Layer]:
    hidden = (inputs.channels if gate.hidden_from is GateHidden.INPUTS else outputs) // gate.ratio
    vector = Shape(hidden, 1, 1)
    yield Layer(f"{name}.mean", Kind.GLOBAL_MEAN, inputs, Shape(inputs.channels, 1, 1))
    yield _fully_connected(f"{name}.fc1", inputs.channels, hidden, bias=gate.bias)
    yield Layer(f"{name}.relu", Kind.ACTIVATION, vector, vector)
    yield _fully_connected(f"{name}.fc2", hidden, outputs, bias=gate.bias)
    vector = Shape(outputs, 1, 1)
    yield Layer(f"{name}.sigmoid", Kind.SIGMOID, vector, vector)


def _scale(name: str, half: HalfBlock, inputs: Shape, outputs: Shape, stride: int) -> Iterator[Layer]:
    """The multiplication by scale and gate; with K also its computation and a multiplication of its own."""
    if half.scale is Scale.NONE and half.gate is None:
        return
    channels, height, width = outputs
    learned = {
        Scale.CHANNEL: channels,
        Scale.DENSE: outputs.elements,
        Scale.CHANNEL_AND_PIXEL: channels + height * width,
        Scale.CHANNEL_ROW_COLUMN: channels + height + width,
    }.get(half.scale, 0)
    derived = channels if half.scale in (Scale.ANALYTIC, Scale.ANALYTIC_AND_K) else 0
    stored = Parameters(learned=learned, derived=derived)
    yield Layer(f"{name}.scale", Kind.SCALE, outputs, outputs, parameters=stored)
    if half.scale is Scale.ANALYTIC_AND_K:
        plane = Shape(1, height, width)
        yield Layer(f"{name}.k", Kind.INPUT_MAGNITUDE, inputs, plane, kernel=3, stride=stride)
        yield Layer(f"{name}.k_scale", Kind.SCALE, outputs, outputs)


def _downsample(network: Architecture, name: str, inputs: Shape, outputs: Shape, stride: int) -> Iterator[Layer]:
    downsample = network.downsample
    if downsample.average_pool and stride > 1:
        pooled = Shape(inputs.channels, outputs.height, outputs.width)
        yield Layer(f"{name}.pool", Kind.AVERAGE_POOL, inputs, pooled, kernel=stride, stride=stride)
        inputs, stride = pooled, 1
        if downsample.binary:
            yield Layer(f"{name}.sign", Kind.SIGN, inputs, inputs)
    yield _convolution(f"{name}.conv", inputs, outputs, 1, stride, binary=downsample.binary)
    yield _normalisation(f"{name}.norm", outputs)


def _convolution(name: str, inputs: Shape, outputs: Shape, kernel: int, stride: int, *, binary: bool) -> Layer:
    weights = kernel**2 * inputs.channels * outputs.channels
    parameters = Parameters(binary=weights) if binary else Parameters(learned=weights)
    return Layer(name, Kind.CONVOLUTION, inputs, outputs, kernel, stride, binary, parameters=parameters)


def _fully_connected(name: str, inputs: int, outputs: int, *, bias: bool) -> Layer:
    parameters = Parameters(learned=inputs * outputs + (outputs if bias else 0))
    return Layer(
        name, Kind.FULLY_CONNECTED, Shape(inputs, 1, 1), Shape(outputs, 1, 1), bias=bias, parameters=parameters
    )


def _normalisation(name: str, shape: Shape) -> Layer:
    parameters = Parameters(learned=2 * shape.channels, statistics=2 * shape.channels)
    return Layer(name, Kind.BATCH_NORMALISATION, shape, shape, parameters=parameters)


def _activation(name: str, activation: Activation, shape: Shape) -> Iterator[Layer]:
    if activation is Activation.NONE:
        return
    slopes = Parameters(learned=shape.channels) if activation is Activation.PRELU else Parameters()
    yield Layer(f"{name}.{activation.value}", Kind.ACTIVATION, shape, shape, parameters=slopes)


def _reduced(shape: Shape, channels: int, stride: int) -> Shape:
    """The map after a padded window of this stride: ceil(side / stride)."""
    return Shape(channels, -(-shape.height // stride), -(-shape.width // stride))
