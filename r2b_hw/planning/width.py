"""Matching word widths: converters between a narrow and a wide word, by whole ratios."""

import itertools
import math
from dataclasses import replace

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.port import Port
from r2b_hw.graph.stream import Endpoint, Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.planning.folding import WORD_BITS_LIMIT, Parallelism
from r2b_hw.planning.folding import folded as folded_unit
from r2b_hw.units.width_converter import WidthConverter


def conversion_steps(port: Port, near: int, far: int, target: int) -> tuple[int, ...] | None:
    """Return the word widths (channels) passed from ``near`` to ``far``, both included; None where none is possible.

    Widths that do not divide each other meet in their greatest common divisor, or, where that would take more than
    ``target`` cycles a frame, in their least common multiple.
    """
    if near == far:
        return (near,)
    if near % far == 0 or far % near == 0:
        return (near, far)
    narrow, wide = math.gcd(near, far), math.lcm(near, far)
    if port.pixels * port.shape[2] // narrow <= target:
        return (near, narrow, far)
    # Both widths divide the channels, so their multiple does.
    return (near, wide, far) if wide * port.integer.bits <= WORD_BITS_LIMIT else None


def converters(port: Port, name: str, layer: str, steps: tuple[int, ...]) -> tuple[WidthConverter, ...]:
    """Return the converters between each two neighbours of ``steps`` on the stream of ``port``."""
    height, width, channels = port.shape
    return tuple(
        WidthConverter(
            name=f"{name}.to_{after}",
            layer=layer,
            height=height,
            width=width,
            channels=channels,
            integer=port.integer,
            exponents=port.exponents,
            input_channels_per_word=before,
            output_channels_per_word=after,
        )
        for before, after in itertools.pairwise(steps)
    )


def fold_graph(graph: HardwareGraph, parallelism: dict[str, Parallelism], target: int) -> HardwareGraph:
    """Return ``graph`` with every unit folded and width converters where two ends disagree.

    A stream keeps its name and tensor on the producer's side; behind a converter it is called as the converter.
    """
    folded: dict[str, Unit] = {
        unit.name: folded_unit(unit, parallelism[unit.name]) if unit.name in parallelism else unit
        for unit in graph.units
    }
    units: list[Unit] = list(folded.values())
    streams: list[Stream] = []
    for stream in graph.streams:
        if stream.producer is None or stream.consumer is None:
            streams.append(stream)
            continue
        producer = folded[stream.producer.unit]
        near = producer.port(stream.producer.port)
        far = folded[stream.consumer.unit].port(stream.consumer.port)
        steps = conversion_steps(near, near.channels_per_word, far.channels_per_word, target)
        if steps is None:
            raise ValueError(
                f"stream {stream.name}: no conversion of {near.channels_per_word} to {far.channels_per_word}"
            )
        current = stream
        for converter in converters(near, stream.name, producer.layer, steps):
            units.append(converter)
            streams.append(replace(current, consumer=Endpoint(converter.name, "x")))
            current = Stream(converter.name, Endpoint(converter.name, "y"), stream.consumer)
        streams.append(current)
    return replace(graph, units=tuple(units), streams=tuple(streams))
