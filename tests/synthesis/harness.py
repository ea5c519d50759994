"""Small real projects for Yosys."""

from pathlib import Path

import numpy as np

from r2b_hw.codegen import write_files
from r2b_hw.codegen.rtl.project import render_rtl_project
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Memory, Stream
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.synthesis.modules import Module
from r2b_hw.units.threshold import Threshold
from r2b_hw.units.width_converter import WidthConverter
from tests.units.harness import chain

CHANNELS = 4
FOLDS = 130
"""Deeper than constants go in LUTs."""


def threshold(name: str, folds: int = FOLDS) -> Threshold:
    generator = np.random.default_rng(7)
    integer = IntegerType(-128, 127)
    return Threshold(
        name=name,
        layer=f"layer.{name}",
        height=2,
        width=2,
        channels=folds * CHANNELS,
        channels_per_word=CHANNELS,
        thresholds=generator.integers(integer.lo, integer.hi + 1, folds * CHANNELS),
        inverts=generator.integers(0, 2, folds * CHANNELS),
        integer=integer,
        exponent=0,
    )


def converter(name: str, of: Threshold) -> WidthConverter:
    return WidthConverter(
        name=name,
        layer=of.layer,
        height=2,
        width=2,
        channels=of.channels,
        integer=IntegerType.of_bit(),
        exponents=(0,),
        input_channels_per_word=CHANNELS,
        output_channels_per_word=2 * CHANNELS,
    )


def small_graph() -> HardwareGraph:
    """A threshold with constants in block RAM and a width converter, between FIFOs of three memories."""
    first = threshold("sign")
    graph = chain(first, converter("sign.wide", first))
    memories = ((600, Memory.BRAM), (1, Memory.REGISTER), (40, Memory.LUTRAM))
    streams = [
        Stream(stream.name, stream.producer, stream.consumer, depth, memory)
        for stream, (depth, memory) in zip(graph.streams, memories, strict=True)
    ]
    return graph.with_streams(streams)


def write_project(graph: HardwareGraph, folder: Path) -> Path:
    """The RTL project of ``graph`` in ``folder``."""
    write_files(folder, render_rtl_project(graph))
    return folder


def module(name: str, ports: str, body: str) -> Module:
    """A module by hand, with ``clk``."""
    return Module(name, {f"{name}.sv": f"module {name} (input logic clk, {ports});\n{body}\nendmodule\n"})
