"""Hardware graphs built by hand: a gated Real-to-Binary network, and a fork beside a delay."""

import numpy as np

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.host import HostInput, HostOutput
from r2b_hw.graph.stream import Endpoint, Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.average_pool import AveragePool
from r2b_hw.units.channelwise import Channelwise
from r2b_hw.units.fork import Fork
from r2b_hw.units.global_sum import GlobalSum
from r2b_hw.units.integer_mvu import IntegerMvu
from r2b_hw.units.rescale import Rescale
from r2b_hw.units.sigmoid_table import SigmoidTable
from r2b_hw.units.sliding_window import SlidingWindow
from r2b_hw.units.threshold import Threshold
from r2b_hw.units.xnor_mvu import XnorMvu

RESIDUAL = IntegerType(-128, 127)
GATE = IntegerType(0, 255)


class GraphBuilder:
    """Collects units and joins them; ends are (unit, port), the accelerator's input is None."""

    def __init__(self, seed: int = 0) -> None:
        self.random = np.random.default_rng(seed)
        self.units: list[Unit] = []
        self.streams: list[Stream] = []

    def add(self, unit: Unit, *sources: Endpoint | None, tensor: str | None = None) -> Endpoint:
        """Add a unit fed from ``sources`` and return its first output."""
        self.units.append(unit)
        for port, source in zip(unit.inputs, sources, strict=True):
            self.streams.append(
                Stream(f"{unit.name}.{port.name}", source, Endpoint(unit.name, port.name), tensor=tensor)
            )
        return Endpoint(unit.name, unit.outputs[0].name)

    def fork(self, name: str, source: Endpoint | None, shape: tuple[int, int, int], copies: int = 2) -> list[Endpoint]:
        """Add a fork and return its outputs."""
        height, width, channels = shape
        fork = Fork(
            name=name,
            layer=name,
            height=height,
            width=width,
            channels=channels,
            copies=copies,
            integer=RESIDUAL,
            exponents=(5,),
        )
        self.add(fork, source)
        return [Endpoint(name, f"y{copy}") for copy in range(copies)]

    def requantise(self, name: str, source: Endpoint, shape: tuple[int, int, int], integer: IntegerType) -> Endpoint:
        """Add a channelwise unit with a bias and ReLU, to the residual type."""
        height, width, channels = shape
        fed = next(unit for unit in self.units if unit.name == source.unit)
        unit = Channelwise(
            name=name,
            layer=name,
            height=height,
            width=width,
            channels=channels,
            integer=integer,
            exponents=fed.outputs[0].exponents,
            biases=self.random.integers(-9, 9, channels),
            bias_exponents=(8,),
            slopes=np.zeros(channels, dtype=np.int64),
            slope_exponent=0,
            output_integer=RESIDUAL,
            output_exponent=5,
        )
        return self.add(unit, source)

    def dense(
        self,
        name: str,
        source: Endpoint,
        shape: tuple[int, int, int],
        outputs: int,
        integer: IntegerType,
        exponent: int = 5,
    ) -> tuple[Endpoint, IntegerType]:
        """Add a 1x1 integer MVU and return its output and accumulator."""
        height, width, channels = shape
        unit = IntegerMvu(
            name=name,
            layer=name,
            height=height,
            width=width,
            weights=self.random.integers(-127, 128, (outputs, 1, 1, channels)),
            weight_exponents=(5,),
            input_integer=integer,
            input_exponent=exponent,
            valid_bits=False,
        )
        return self.add(unit, source), unit.outputs[0].integer

    def stem(self, shape: tuple[int, int, int], outputs: int) -> Endpoint:
        """Add a 3x3 integer convolution and its requantiser."""
        height, width, channels = shape
        window = SlidingWindow(
            name="stem.window",
            layer="stem",
            height=height,
            width=width,
            channels=channels,
            integer=GATE,
            exponent=7,
            kernel=(3, 3),
            stride=(1, 1),
            padding=(1, 1),
        )
        taken = self.add(window, None)
        mvu = IntegerMvu(
            name="stem.conv",
            layer="stem",
            height=height,
            width=width,
            weights=self.random.integers(-127, 128, (outputs, 3, 3, channels)),
            weight_exponents=(3,),
            input_integer=GATE,
            input_exponent=7,
            valid_bits=True,
        )
        taken = self.add(mvu, taken)
        return self.requantise("stem.out", taken, (height, width, outputs), mvu.outputs[0].integer)

    def gate(self, name: str, source: Endpoint, shape: tuple[int, int, int], outputs: int) -> Endpoint:
        """Add global sum -> MVU -> ReLU -> MVU -> quantiser -> sigmoid."""
        height, width, channels = shape
        hidden = max(channels // 8, 1)
        total = GlobalSum(
            name=f"{name}.sum",
            layer=name,
            height=height,
            width=width,
            channels=channels,
            integer=RESIDUAL,
            exponent=5,
            output_exponent=11,
        )
        end = self.add(total, source)
        end = self.requantise(f"{name}.mean", end, (1, 1, channels), total.outputs[0].integer)
        end, accumulator = self.dense(f"{name}.fc1", end, (1, 1, channels), hidden, RESIDUAL)
        end = self.requantise(f"{name}.relu", end, (1, 1, hidden), accumulator)
        end, accumulator = self.dense(f"{name}.fc2", end, (1, 1, hidden), outputs, RESIDUAL)
        end = self.requantise(f"{name}.logit", end, (1, 1, outputs), accumulator)
        sigmoid = SigmoidTable(
            name=f"{name}.sigmoid",
            layer=name,
            height=1,
            width=1,
            channels=outputs,
            table=np.arange(256, dtype=np.int64),
            integer=RESIDUAL,
            exponent=5,
            output_integer=GATE,
            output_exponent=8,
        )
        return self.add(sigmoid, end)

    def block(
        self,
        name: str,
        source: Endpoint,
        shape: tuple[int, int, int],
        outputs: int,
        stride: int,
        *,
        gated: bool = True,
    ) -> Endpoint:
        """Add a half-block; a stride of 2 downsamples the skip."""
        height, width, channels = shape
        body, gates = source, ()
        if gated:
            to_gate, body = self.fork(f"{name}.gate_fork", source, shape)
            gates = (self.gate(f"{name}.gate", to_gate, shape, outputs),)
        to_sign, skip = self.fork(f"{name}.skip_fork", body, shape)
        sign = Threshold(
            name=f"{name}.sign",
            layer=f"{name}.sign",
            height=height,
            width=width,
            channels=channels,
            thresholds=self.random.integers(-20, 20, channels),
            inverts=self.random.integers(0, 2, channels),
            integer=RESIDUAL,
            exponent=5,
        )
        end = self.add(sign, to_sign)
        window = SlidingWindow(
            name=f"{name}.window",
            layer=f"{name}.conv",
            height=height,
            width=width,
            channels=channels,
            integer=IntegerType.of_bit(),
            exponent=0,
            kernel=(3, 3),
            stride=(stride, stride),
            padding=(1, 1),
        )
        end = self.add(window, end)
        low, wide = window.output_height, window.output_width
        mvu = XnorMvu(
            name=f"{name}.conv",
            layer=f"{name}.conv",
            height=low,
            width=wide,
            weights=self.random.integers(0, 2, (outputs, 3, 3, channels)),
            valid_bits=True,
            exponents=(3,),
        )
        end = self.add(mvu, end)
        if stride != 1 or outputs != channels:
            pool = AveragePool(
                name=f"{name}.pool",
                layer=f"{name}.downsample",
                height=height,
                width=width,
                channels=channels,
                kernel=(stride, stride),
                integer=RESIDUAL,
                exponent=5,
                output_exponent=7,
            )
            skip = self.add(pool, skip)
            skip, accumulator = self.dense(
                f"{name}.downsample", skip, (low, wide, channels), outputs, pool.outputs[0].integer, 7
            )
            skip = self.requantise(f"{name}.shortcut", skip, (low, wide, outputs), accumulator)
        rescale = Rescale(
            name=f"{name}.out",
            layer=f"{name}.out",
            height=low,
            width=wide,
            channels=outputs,
            integer=mvu.outputs[0].integer,
            exponents=(3,),
            gated=gated,
            gate_integer=GATE,
            gate_exponent=8,
            slopes=self.random.integers(-8, 8, outputs),
            slope_exponent=3,
            skipped=True,
            skip_integer=RESIDUAL,
            skip_exponent=5,
            output_integer=RESIDUAL,
            output_exponent=5,
        )
        return self.add(rescale, end, *gates, skip)

    def graph(self, name: str, shape: tuple[int, int, int], integer: IntegerType, output: Endpoint) -> HardwareGraph:
        """Close the graph at ``output``."""
        height, width, channels = shape
        self.streams.append(Stream("output", output, None))
        host_input = HostInput((channels, height, width), integer, 5)
        return HardwareGraph(name, tuple(self.units), tuple(self.streams), host_input, HostOutput((0,), False))


def residual_network(
    shape: tuple[int, int, int] = (8, 8, 1),
    stem: int = 16,
    blocks: tuple[tuple[int, int], ...] = ((16, 1), (32, 2)),
    classes: int = 10,
    *,
    gated: bool = True,
) -> HardwareGraph:
    """Return stem, half-blocks of (channels, stride), mean and classifier; every unit unfolded."""
    builder = GraphBuilder()
    end = builder.stem(shape, stem)
    height, width, channels = shape[0], shape[1], stem
    for index, (outputs, stride) in enumerate(blocks):
        end = builder.block(f"blocks.{index}", end, (height, width, channels), outputs, stride, gated=gated)
        height, width, channels = -(-height // stride), -(-width // stride), outputs
    total = GlobalSum(
        name="mean.sum",
        layer="mean",
        height=height,
        width=width,
        channels=channels,
        integer=RESIDUAL,
        exponent=5,
        output_exponent=9,
    )
    end = builder.add(total, end)
    end = builder.requantise("mean", end, (1, 1, channels), total.outputs[0].integer)
    end, _ = builder.dense("classifier", end, (1, 1, channels), classes, RESIDUAL)
    return builder.graph("network", shape, GATE, end)


DIGITS_BLOCKS = ((32, 1), (32, 1), (64, 2), (64, 1), (128, 2), (128, 1))


def gated_map(delays: int = 5, height: int = 8, width: int = 8) -> HardwareGraph:
    """Return fork -> {global sum -> ``delays`` channelwise units, map} -> rescale, one word a pixel.

    The delay of the contract, fork's last fire to rescale's first, is 1 + 3 + 4 * delays.
    """
    builder = GraphBuilder()
    to_gate, body = builder.fork("fork", None, (height, width, 1))
    total = GlobalSum(
        name="sum",
        layer="gate",
        height=height,
        width=width,
        channels=1,
        integer=RESIDUAL,
        exponent=5,
        output_exponent=11,
    )
    end = builder.add(total, to_gate)
    integer = total.outputs[0].integer
    for index in range(delays):
        end = builder.requantise(f"delay{index}", end, (1, 1, 1), integer)
        integer = RESIDUAL
    rescale = Rescale(
        name="out",
        layer="out",
        height=height,
        width=width,
        channels=1,
        integer=RESIDUAL,
        exponents=(5,),
        gated=True,
        gate_integer=RESIDUAL,
        gate_exponent=5,
        slopes=np.ones(1, dtype=np.int64),
        slope_exponent=0,
        skipped=False,
        skip_integer=RESIDUAL,
        skip_exponent=5,
        output_integer=RESIDUAL,
        output_exponent=5,
    )
    end = builder.add(rescale, body, end)
    return builder.graph("gated", (height, width, 1), RESIDUAL, end)
