"""Hardware graphs built by hand with random parameters."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from r2b_hw.codegen import render_hls_project, write_files
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.host import HostInput, HostOutput
from r2b_hw.graph.stream import Endpoint, Memory, Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.average_pool import AveragePool
from r2b_hw.units.channelwise import Channelwise
from r2b_hw.units.fork import Fork
from r2b_hw.units.global_sum import GlobalSum
from r2b_hw.units.integer_mvu import IntegerMvu
from r2b_hw.units.rescale import Rescale
from r2b_hw.units.sigmoid_table import SigmoidTable
from r2b_hw.units.sliding_window import SlidingWindow
from r2b_hw.units.threshold import Threshold
from r2b_hw.units.width_converter import WidthConverter
from r2b_hw.units.xnor_mvu import XnorMvu


@dataclass
class Builder:
    """Adds units one after another; ``tip`` is the port that the next unit continues."""

    name: str
    units: list[Unit] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)

    def add(self, unit: Unit, *sources: Endpoint | None) -> Endpoint:
        """Join ``unit``'s inputs to ``sources`` (None is the accelerator's input) and return its first output."""
        self.units.append(unit)
        for port, source in zip(unit.inputs, sources, strict=True):
            name = f"{source.unit}.{source.port}" if source else "input"
            self.streams.append(Stream(name, source, Endpoint(unit.name, port.name), 2 + len(self.streams) % 3))
        return Endpoint(unit.name, unit.outputs[0].name)

    def finish(self, end: Endpoint) -> HardwareGraph:
        """Make ``end`` the accelerator's output."""
        self.streams.append(Stream(f"{end.unit}.{end.port}", end, None, 4, Memory.BRAM))
        port = self.units[0].inputs[0]
        height, width, channels = port.shape
        host_input = HostInput((channels, height, width), port.integer, 0)
        return HardwareGraph(self.name, tuple(self.units), tuple(self.streams), host_input, HostOutput((0,), False))


def random_bits(random: np.random.Generator, *shape: int) -> Integers:
    return random.integers(0, 2, shape)


def random_frames(graph: HardwareGraph, random: np.random.Generator, count: int) -> Integers:
    """Integers over the whole input range, with both ends of it."""
    port = graph.port_of(graph.input_stream)
    frames = random.integers(port.integer.lo, port.integer.hi + 1, (count, *port.shape))
    frames[0, 0, 0, 0] = port.integer.lo
    frames[-1, -1, -1, -1] = port.integer.hi
    return frames


def half_block(
    name: str,
    random: np.random.Generator,
    *,
    height: int = 4,
    width: int = 5,
    channels: int = 12,
    outputs: int = 12,
    kernel: int = 3,
    stride: int = 1,
    padding_value: int | None = None,
    simd: int = 4,
    pe: int = 3,
    vector: int = 12,
    gated: bool = True,
    skipped: bool = True,
) -> HardwareGraph:
    """threshold -> window -> XNOR MVU -> rescale with gate and skip (identity, or average pool and 1x1 convolution)."""
    builder = Builder(name)
    residual = IntegerType.of_bits(8, signed=True)
    shape = {"height": height, "width": width, "channels": channels}
    fork = Fork(
        name="fork",
        layer="block.in",
        copies=1 + gated + skipped,
        **shape,
        channels_per_word=simd,
        integer=residual,
        exponents=(4,),
    )
    builder.add(fork, None)
    copies = [Endpoint("fork", port.name) for port in fork.outputs]
    thresholds = random.integers(residual.lo, residual.hi + 1, channels)
    sign = builder.add(
        Threshold(
            name="sign",
            layer="block.sign",
            **shape,
            channels_per_word=simd,
            thresholds=thresholds,
            inverts=random_bits(random, channels),
            integer=residual,
            exponent=4,
        ),
        copies[0],
    )
    window = SlidingWindow(
        name="window",
        layer="block.conv",
        **shape,
        channels_per_word=simd,
        integer=IntegerType.of_bit(),
        exponent=0,
        kernel=(kernel, kernel),
        stride=(stride, stride),
        padding=(kernel // 2, kernel // 2),
        padding_value=padding_value,
    )
    windows = builder.add(window, sign)
    out_height, out_width, _ = window.outputs[0].shape
    out_shape = {"height": out_height, "width": out_width, "channels": outputs}
    mvu = XnorMvu(
        name="conv",
        layer="block.conv",
        height=out_height,
        width=out_width,
        weights=random_bits(random, outputs, kernel, kernel, channels),
        valid_bits=window.valid_bits,
        exponents=(3,),
        simd=simd,
        pe=pe,
    )
    sums = builder.add(mvu, windows)
    rescale_sources = [builder.add(_converter("conv.width", mvu.outputs[0].integer, (3,), out_shape, pe, vector), sums)]
    gate_integer = IntegerType.of_bits(8, signed=False)
    if gated:
        rescale_sources.append(_gate(builder, random, copies[1], residual, shape, outputs, simd, vector, gate_integer))
    skip_integer = residual
    if skipped:
        source = copies[-1]
        if stride == 1 and channels == outputs:
            source = builder.add(_converter("skip.width", residual, (4,), shape, simd, vector), source)
        else:
            source = _downsample(builder, random, source, residual, shape, out_shape, simd, vector, stride)
        rescale_sources.append(source)
    end = builder.add(
        Rescale(
            name="out",
            layer="block.out",
            **out_shape,
            channels_per_word=vector,
            integer=mvu.outputs[0].integer,
            exponents=(3,),
            gated=gated,
            gate_integer=gate_integer,
            gate_exponent=8,
            slopes=random.integers(-8, 8, outputs),
            slope_exponent=3,
            skipped=skipped,
            skip_integer=skip_integer,
            skip_exponent=4,
            output_integer=residual,
            output_exponent=4,
        ),
        *rescale_sources,
    )
    return builder.finish(end)


def _converter(
    name: str,
    integer: IntegerType,
    exponents: tuple[int, ...],
    shape: dict[str, int],
    inputs: int,
    outputs: int,
) -> WidthConverter:
    if max(inputs, outputs) % min(inputs, outputs):
        raise ValueError("choose widths that divide each other")
    return WidthConverter(
        name=name,
        layer=name,
        **shape,
        integer=integer,
        exponents=exponents,
        input_channels_per_word=inputs,
        output_channels_per_word=outputs,
    )


def _gate(
    builder: Builder,
    random: np.random.Generator,
    source: Endpoint,
    residual: IntegerType,
    shape: dict[str, int],
    outputs: int,
    simd: int,
    vector: int,
    gate_integer: IntegerType,
) -> Endpoint:
    channels = shape["channels"]
    total = GlobalSum(
        name="gate.sum",
        layer="block.gate",
        **shape,
        channels_per_word=simd,
        integer=residual,
        exponent=4,
        output_exponent=9,
    )
    tip = builder.add(total, source)
    pre = IntegerType.of_bits(8, signed=True)
    vector_shape = {"height": 1, "width": 1, "channels": channels}
    means = Channelwise(
        name="gate.mean",
        layer="block.gate.gin",
        **vector_shape,
        channels_per_word=simd,
        integer=total.outputs[0].integer,
        exponents=(9,),
        biases=np.zeros(channels, np.int64),
        bias_exponents=(0,),
        slopes=np.ones(channels, np.int64),
        slope_exponent=0,
        output_integer=pre,
        output_exponent=5,
    )
    tip = builder.add(means, tip)
    fully = IntegerMvu(
        name="gate.fc",
        layer="block.gate.fc",
        height=1,
        width=1,
        weights=random.integers(-128, 128, (outputs, 1, 1, channels)),
        weight_exponents=tuple(random.integers(6, 9, outputs).tolist()),
        input_integer=pre,
        input_exponent=5,
        valid_bits=False,
        simd=simd,
        pe=vector,
        weights_in_luts=True,
    )
    tip = builder.add(fully, tip)
    biased = Channelwise(
        name="gate.pre",
        layer="block.gate.pre",
        height=1,
        width=1,
        channels=outputs,
        channels_per_word=vector,
        integer=fully.outputs[0].integer,
        exponents=fully.outputs[0].exponents,
        biases=random.integers(-999, 999, outputs),
        bias_exponents=(12,),
        slopes=np.ones(outputs, np.int64),
        slope_exponent=0,
        output_integer=pre,
        output_exponent=4,
    )
    tip = builder.add(biased, tip)
    table = np.sort(random.integers(gate_integer.lo, gate_integer.hi + 1, 256))
    return builder.add(
        SigmoidTable(
            name="gate.sigmoid",
            layer="block.gate.sigmoid",
            height=1,
            width=1,
            channels=outputs,
            channels_per_word=vector,
            table=table,
            integer=pre,
            exponent=4,
            output_integer=gate_integer,
            output_exponent=8,
        ),
        tip,
    )


def _downsample(
    builder: Builder,
    random: np.random.Generator,
    source: Endpoint,
    residual: IntegerType,
    shape: dict[str, int],
    out_shape: dict[str, int],
    simd: int,
    vector: int,
    stride: int,
) -> Endpoint:
    tip = source
    integer, exponent = residual, 4
    if stride > 1:
        pool = AveragePool(
            name="skip.pool",
            layer="block.down.pool",
            **shape,
            channels_per_word=simd,
            kernel=(stride, stride),
            integer=residual,
            exponent=4,
            output_exponent=6,
        )
        tip = builder.add(pool, tip)
        integer, exponent = pool.outputs[0].integer, 6
    outputs = out_shape["channels"]
    mvu = IntegerMvu(
        name="skip.conv",
        layer="block.down.conv",
        height=out_shape["height"],
        width=out_shape["width"],
        weights=random.integers(-128, 128, (outputs, 1, 1, shape["channels"])),
        weight_exponents=(7,),
        input_integer=integer,
        input_exponent=exponent,
        valid_bits=False,
        simd=simd,
        pe=vector,
    )
    tip = builder.add(mvu, tip)
    return builder.add(
        Channelwise(
            name="skip.out",
            layer="block.down.out",
            **out_shape,
            channels_per_word=vector,
            integer=mvu.outputs[0].integer,
            exponents=mvu.outputs[0].exponents,
            biases=random.integers(-4000, 4000, outputs),
            bias_exponents=(12,),
            slopes=random.integers(-8, 8, outputs),
            slope_exponent=3,
            output_integer=residual,
            output_exponent=4,
        ),
        tip,
    )


def write_project(directory: Path, graph: HardwareGraph) -> None:
    write_files(directory, render_hls_project(graph, part="xc7z020clg400-1", clock_mhz=100.0))


def diverging(graph: HardwareGraph, frames: Integers, got: dict[str, Integers]) -> list[str]:
    """Names of the streams that differ, in topological order."""
    expected = graph.evaluate(frames)
    assert set(got) == set(expected)
    assert all(got[name].dtype == np.int64 for name in got)
    return [name for name in expected if not np.array_equal(expected[name], got[name])]
