"""Puts one unit into a graph of its own and holds the simulator against whole-tensor semantics."""

from collections.abc import Sequence

import numpy as np

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.host import HostInput, HostOutput
from r2b_hw.graph.stream import Endpoint, Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation import SimulationResult, simulate

Link = tuple[str | None, str | None, int]


def endpoint(text: str | None) -> Endpoint | None:
    return Endpoint(*text.rsplit(".", 1)) if text else None


def make_graph(units: Sequence[Unit], links: Sequence[Link]) -> HardwareGraph:
    """``links``: (producer "unit.port" or None, consumer or None, FIFO depth); streams are named s0, s1, ..."""
    streams = tuple(
        Stream(f"s{i}", endpoint(producer), endpoint(consumer), depth)
        for i, (producer, consumer, depth) in enumerate(links)
    )
    host_input = HostInput((1, 1, 1), IntegerType.of_bits(8, signed=True), 0)
    return HardwareGraph("test", tuple(units), streams, host_input, HostOutput((0,), vector=False))


def chain(*units: Unit, depth: int = 2) -> HardwareGraph:
    """Units with one input and one output, one behind the other."""
    ends: list[str | None] = [None]
    for unit in units:
        ends += [f"{unit.name}.{unit.inputs[0].name}", f"{unit.name}.{unit.outputs[0].name}"]
    ends.append(None)
    return make_graph(units, [(ends[i], ends[i + 1], depth) for i in range(0, len(ends), 2)])


def random_input(generator: np.random.Generator, graph: HardwareGraph, frames: int) -> Integers:
    port = graph.port_of(graph.input_stream)
    return generator.integers(port.integer.lo, port.integer.hi + 1, (frames, *port.shape))


def random_mask(generator: np.random.Generator) -> np.ndarray:
    """A stall mask that never stalls for ever."""
    return np.append(generator.integers(0, 2, int(generator.integers(1, 9))), 0).astype(bool)


def assert_simulates_exactly(
    graph: HardwareGraph, frames: Integers, generator: np.random.Generator
) -> SimulationResult:
    """Every stream of the simulation equals whole-tensor evaluation, at full rate and under random stalls."""
    expected = graph.evaluate(frames)
    names = list(graph.stream_by_name)
    stalled = simulate(
        graph, frames, capture=names, source_stalls=random_mask(generator), sink_stalls=random_mask(generator)
    )
    free = simulate(graph, frames, capture=names)
    for result in (stalled, free):
        for name in names:
            np.testing.assert_array_equal(result.tensors[name], expected[name], err_msg=name)
        np.testing.assert_array_equal(result.outputs, expected[graph.output_stream.name])
    return free
