"""One graph with many branches of random shapes, types and parallelism, so that one compilation tests many units.

Every branch ends in a vector of a few channels, which is joined with those before it: plumbing that leads all branches
to the accelerator's one output. The comparison is on every stream.
"""

from typing import Any

import numpy as np
from hls_graphs import Builder, random_bits

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.port import Port
from r2b_hw.graph.stream import Endpoint
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.average_pool import AveragePool
from r2b_hw.units.channel_sum import ChannelSum
from r2b_hw.units.channelwise import Channelwise
from r2b_hw.units.fork import Fork
from r2b_hw.units.global_sum import GlobalSum
from r2b_hw.units.integer_mvu import IntegerMvu
from r2b_hw.units.max_pool import MaxPool
from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu
from r2b_hw.units.pixel_scale import PixelScale
from r2b_hw.units.rescale import Rescale
from r2b_hw.units.sigmoid_table import SigmoidTable
from r2b_hw.units.sliding_window import SlidingWindow
from r2b_hw.units.spatial_scale import SpatialScale
from r2b_hw.units.threshold import Threshold
from r2b_hw.units.width_converter import WidthConverter
from r2b_hw.units.xnor_mvu import XnorMvu

COLLECTED = 3
CHANNELS = (1, 2, 3, 5, 8, 16, 33, 64, 65, 70)
KERNELS = ((1, 1), (3, 3), (5, 5), (1, 3), (3, 2), (2, 2))


class Mixer:
    """Builds branches; each method appends a unit and returns the port it ends in."""

    def __init__(self, name: str, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.builder = Builder(name)
        self.count = 0

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}.{self.count}"

    def port(self, end: Endpoint) -> Port:
        return next(unit for unit in self.builder.units if unit.name == end.unit).port(end.port)

    def choose(self, *options: int) -> int:
        return int(self.random.choice(options))

    def divisor(self, number: int, most: int = 64) -> int:
        return self.choose(*(value for value in range(1, most + 1) if number % value == 0))

    def type(self) -> IntegerType:
        if self.random.random() < 0.3:
            return IntegerType(0, self.choose(1, 6, 37, 255))
        return IntegerType(-self.choose(1, 2, 5, 128, 200), self.choose(0, 1, 7, 100, 127))

    def fork(self, end: Endpoint | None, copies: int, port: Port | None = None) -> list[Endpoint]:
        port = port or self.port(end) if end else port
        assert port is not None
        height, width, channels = port.shape
        unit = Fork(
            name=self.name("fork"),
            layer="fork",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            copies=copies,
            integer=port.integer,
            exponents=port.exponents,
        )
        self.builder.add(unit, end)
        return [Endpoint(unit.name, output.name) for output in unit.outputs]

    def convert(self, end: Endpoint, target: int) -> Endpoint:
        """Regroup words; through single channels where neither width divides the other."""
        port = self.port(end)
        source = port.channels_per_word
        if source == target:
            return end
        if max(source, target) % min(source, target):
            return self.convert(self.convert(end, 1), target)
        height, width, channels = port.shape
        unit = WidthConverter(
            name=self.name("width"),
            layer="width",
            height=height,
            width=width,
            channels=channels,
            integer=port.integer,
            exponents=port.exponents,
            input_channels_per_word=source,
            output_channels_per_word=target,
        )
        return self.builder.add(unit, end)

    def integer_mvu(self, end: Endpoint, outputs: int, pe: int) -> Endpoint:
        port = self.port(end)
        bits = self.choose(2, 4, 8)
        unit = IntegerMvu(
            name=self.name("mvu"),
            layer="mvu",
            height=port.shape[0],
            width=port.shape[1],
            weights=self.random.integers(-(1 << (bits - 1)), 1 << (bits - 1), (outputs, *port.taps, port.shape[2])),
            weight_exponents=tuple(self.random.integers(0, 4, outputs).tolist()),
            input_integer=port.integer,
            input_exponent=port.exponents[0],
            valid_bits=port.valid_bits,
            simd=port.channels_per_word,
            pe=pe,
        )
        return self.builder.add(unit, end)

    def multipliers(self, channels: int) -> dict[str, Any]:
        """None in half of the cases."""
        if self.choose(0, 1):
            return {}
        exponents = tuple(self.random.integers(-2, 3, self.choose(1, channels)).tolist())
        return {"multipliers": self.random.integers(-5, 6, channels), "multiplier_exponents": exponents}

    def channelwise(self, end: Endpoint, output: IntegerType) -> Endpoint:
        port = self.port(end)
        height, width, channels = port.shape
        e = max(port.exponents)
        unit = Channelwise(
            name=self.name("channelwise"),
            layer="channelwise",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            integer=port.integer,
            exponents=port.exponents,
            **self.multipliers(channels),
            biases=self.random.integers(-99, 99, channels),
            bias_exponents=tuple(self.random.integers(e - 3, e + 4, channels).tolist()),
            slopes=self.random.integers(-4, 5, channels),
            slope_exponent=self.choose(0, 2),
            output_integer=output,
            output_exponent=e + self.choose(-9, -5, -2, 0, 1, 5),
        )
        return self.builder.add(unit, end)

    def window(self, end: Endpoint) -> Endpoint:
        port = self.port(end)
        height, width, channels = port.shape
        kernels = [k for k in KERNELS if all(k[i] <= port.shape[i] + 2 * (k[i] // 2) for i in (0, 1))]
        kernel = kernels[self.choose(*range(len(kernels)))]
        padding = [k // 2 if k > size else self.choose(0, k // 2) for k, size in zip(kernel, port.shape, strict=False)]
        values = (0, 1) if port.integer.binary else (port.integer.lo, port.integer.hi)
        unit = SlidingWindow(
            name=self.name("window"),
            layer="window",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            integer=port.integer,
            exponent=port.exponents[0],
            kernel=kernel,
            stride=(self.choose(1, 2), self.choose(1, 2)),
            padding=(padding[0], padding[1]),
            padding_value=self.choose(*values) if self.random.random() < 0.3 else None,
        )
        return self.builder.add(unit, end)

    def threshold(self, end: Endpoint) -> Endpoint:
        port = self.port(end)
        height, width, channels = port.shape
        unit = Threshold(
            name=self.name("threshold"),
            layer="threshold",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            integer=port.integer,
            exponent=port.exponents[0],
            thresholds=self.random.integers(port.integer.lo, port.integer.hi + 1, channels),
            inverts=random_bits(self.random, channels),
        )
        return self.builder.add(unit, end)

    def xnor_mvu(self, end: Endpoint, outputs: int, pe: int) -> Endpoint:
        port = self.port(end)
        unit = XnorMvu(
            name=self.name("xnor"),
            layer="xnor",
            height=port.shape[0],
            width=port.shape[1],
            weights=random_bits(self.random, outputs, *port.taps, port.shape[2]),
            valid_bits=port.valid_bits,
            exponents=(self.choose(0, 3),),
            simd=port.channels_per_word,
            pe=pe,
        )
        if self.count % 2:
            several = [count for count in range(2, 17) if port.pixels % count == 0]
            unit = PixelParallelMvu.of(unit, self.choose(*several or [1]))
        return self.builder.add(unit, end)

    def global_sum(self, end: Endpoint) -> Endpoint:
        port = self.port(end)
        height, width, channels = port.shape
        unit = GlobalSum(
            name=self.name("sum"),
            layer="sum",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            integer=port.integer,
            exponent=port.exponents[0],
            output_exponent=2,
        )
        return self.builder.add(unit, end)

    def sigmoid(self, end: Endpoint) -> Endpoint:
        port = self.port(end)
        height, width, channels = port.shape
        output = self.type()
        unit = SigmoidTable(
            name=self.name("sigmoid"),
            layer="sigmoid",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            integer=port.integer,
            exponent=port.exponents[0],
            table=self.random.integers(output.lo, output.hi + 1, port.integer.hi - port.integer.lo + 1),
            output_integer=output,
            output_exponent=4,
        )
        return self.builder.add(unit, end)

    def rescale(self, x: Endpoint, gate: Endpoint | None, skip: Endpoint | None) -> Endpoint:
        port = self.port(x)
        height, width, channels = port.shape
        one = IntegerType(0, 1)
        gate_port = self.port(gate) if gate else None
        skip_port = self.port(skip) if skip else None
        e = max(port.exponents)
        unit = Rescale(
            name=self.name("rescale"),
            layer="rescale",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            integer=port.integer,
            exponents=port.exponents,
            **self.multipliers(channels),
            biases=self.random.integers(-99, 99, channels if self.choose(0, 1) else 0),
            bias_exponents=tuple(self.random.integers(e - 3, e + 4, channels).tolist()),
            gated=gate is not None,
            gate_integer=gate_port.integer if gate_port else one,
            gate_exponent=gate_port.exponents[0] if gate_port else 0,
            slopes=self.random.integers(-4, 5, channels),
            slope_exponent=2,
            skipped=skip is not None,
            skip_integer=skip_port.integer if skip_port else one,
            skip_exponent=skip_port.exponents[0] if skip_port else 0,
            output_integer=self.type(),
            output_exponent=e + self.choose(-6, -2, 0, 1, 6),
        )
        return self.builder.add(unit, *(end for end in (x, gate, skip) if end is not None))

    def spatial_scale(self, end: Endpoint, shape: tuple[int, int, int]) -> Endpoint:
        port = self.port(end)
        height, width, channels = port.shape
        unit = SpatialScale(
            name=self.name("spatial"),
            layer="spatial",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            integer=port.integer,
            exponents=port.exponents,
            factors=self.random.integers(-self.choose(0, 30), self.choose(1, 31), shape),
            output_exponents=(port.exponents[0] + 3,),
        )
        return self.builder.add(unit, end)

    def pixel_scale(self, end: Endpoint) -> Endpoint:
        """Times the sum of the pixel's channels or magnitudes."""
        port = self.port(end)
        height, width, channels = port.shape
        x, summed = self.fork(end, 2)
        total = ChannelSum(
            name=self.name("channels"),
            layer="channels",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            absolute=bool(self.choose(0, 1)),
            integer=port.integer,
            exponent=port.exponents[0],
            output_exponent=2,
        )
        unit = PixelScale(
            name=self.name("pixel"),
            layer="pixel",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            integer=port.integer,
            exponents=port.exponents,
            factor_integer=total.outputs[0].integer,
            factor_exponent=2,
            output_exponents=(port.exponents[0] + 2,),
        )
        return self.builder.add(unit, x, self.builder.add(total, summed))

    def scaled(self, end: Endpoint, number: int) -> Endpoint:
        """Times constants of rows, columns, pixels or the whole map, and times a computed value a pixel."""
        height, width, channels = self.port(end).shape
        shapes = ((1, width, 1), (height, width, channels), (height, 1, 1), (height, width, 1))
        end = self.channelwise(self.spatial_scale(end, shapes[number % len(shapes)]), self.type())
        return self.channelwise(self.pixel_scale(end), self.type())

    def pool(self, end: Endpoint, kernel: tuple[int, int]) -> Endpoint:
        port = self.port(end)
        height, width, channels = port.shape
        unit = AveragePool(
            name=self.name("pool"),
            layer="pool",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            integer=port.integer,
            exponent=port.exponents[0],
            kernel=kernel,
            output_exponent=port.exponents[0] + 2,
        )
        return self.builder.add(unit, end)

    def max_pool(self, end: Endpoint) -> Endpoint:
        window = self.window(end)
        port = self.port(window)
        height, width, channels = port.shape
        unit = MaxPool(
            name=self.name("max"),
            layer="max",
            height=height,
            width=width,
            channels=channels,
            channels_per_word=port.channels_per_word,
            kernel=port.taps,
            valid_bits=port.valid_bits,
            integer=port.integer,
            exponent=port.exponents[0],
        )
        return self.builder.add(unit, window)

    def branch(self, start: Endpoint, number: int) -> Endpoint:
        """From the input to ``COLLECTED`` channels: project, activate, then binary and integer windows side by side."""
        channels = CHANNELS[number % len(CHANNELS)]
        height, width, _ = self.port(start).shape
        tip = self.integer_mvu(start, channels, self.divisor(channels))
        tip = self.channelwise(tip, self.type())
        tip = self.scaled(self.convert(tip, self.divisor(channels)), number)
        if number % 3 == 1:
            tip = self.pool(tip, (min(self.choose(1, 2), height), min(self.choose(2, 3), width)))
        if number % 3 == 2:
            tip = self.convert(self.max_pool(self.convert(tip, 1)), self.divisor(channels))
        binary, real, gate = self.fork(tip, 3)
        outputs = self.choose(1, 4, 6)
        binary = self.threshold(binary)
        if number % 2 == 1:
            binary = self.max_pool(binary)
        binary = self.xnor_mvu(self.window(binary), outputs, self.divisor(outputs))
        gate = self.convert(self.sigmoid(gate), self.divisor(channels))
        gate = self.integer_mvu(self.channelwise(self.global_sum(gate), self.type()), outputs, self.divisor(outputs))
        gate = self.convert(self.channelwise(gate, self.type()), self.port(binary).channels_per_word)
        gated = self.rescale(binary, gate, None)
        narrow = self.convert(real, 1)
        real = self.channelwise(self.integer_mvu(self.window(narrow), outputs, self.divisor(outputs)), self.type())
        both = [self.channelwise(self.global_sum(end), IntegerType(-9, 9)) for end in (gated, real)]
        ends = [self.convert(self.integer_mvu(end, COLLECTED, 1), COLLECTED) for end in both]
        return self.rescale(ends[0], None, self.channelwise(ends[1], self.type()))


def mixed_graph(name: str, seed: int, height: int, width: int, branches: int) -> HardwareGraph:
    """Return a graph of ``branches`` branches over ``height`` by ``width`` maps of six channels."""
    mixer = Mixer(name, seed)
    port = Port("x", (height, width, 6), IntegerType(-16, 15), 3, (2,))
    starts = mixer.fork(None, branches, port)
    ends = [mixer.branch(start, seed + number) for number, start in enumerate(starts)]
    tip = mixer.rescale(ends[0], None, None)
    for end in ends[1:]:
        gated = mixer.rescale(tip, mixer.channelwise(end, mixer.type()), None)
        tip = gated
    first, second = mixer.fork(tip, 2)
    return mixer.builder.finish(mixer.rescale(first, mixer.sigmoid(second), None))
