"""Equality of the verilated accelerator with the simulation: values, cycles, high-water marks."""

from dataclasses import dataclass

import numpy as np

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.simulation import SimulationResult
from r2b_hw.verification.compare import Comparison, compare_streams, computation_order, layer_of
from r2b_hw.verification.rtl_simulation import RtlRun


@dataclass(frozen=True)
class RtlComparison:
    """Values compared as on every rung, and the first difference in time, in words, or None."""

    values: Comparison
    timing: str | None


def compare_rtl(graph: HardwareGraph, simulated: SimulationResult, verilated: RtlRun) -> RtlComparison:
    """Compare every word of every stream, the cycle it was pushed at, and every FIFO's high-water mark.

    ``simulated`` has captured all streams. The first difference in time is looked for in the order of computation, so
    that the unit it names is the one that differs and not one behind it.
    """
    problem = _first_difference_in_time(graph, simulated, verilated)
    tensors = {
        name: verilated.tensor(graph, name)
        for name in simulated.tensors
        if len(verilated.streams[name].cycles) == len(simulated.push_cycles[name])
    }
    return RtlComparison(compare_streams(graph, simulated.tensors, tensors), problem)


def _first_difference_in_time(graph: HardwareGraph, simulated: SimulationResult, verilated: RtlRun) -> str | None:
    earliest: tuple[int, str] | None = None
    for name in computation_order(graph):
        problem = _difference(graph, name, simulated, verilated)
        if problem is not None and (earliest is None or problem[0] < earliest[0]):
            earliest = problem
    if earliest is not None:
        return earliest[1]
    if verilated.unfinished is not None:
        return verilated.unfinished
    output = graph.output_stream.name
    if not np.array_equal(verilated.output_words.cycles, simulated.output_cycles.reshape(-1)):
        return f"stream {output}: results are not taken in the cycles of the simulation"
    if not np.array_equal(verilated.output_words.words, verilated.streams[output].words):
        return f"stream {output}: the words taken are not those that were pushed"
    for name in computation_order(graph):
        if verilated.high_water[name] != simulated.high_water[name]:
            marks = f"{verilated.high_water[name]} words, {simulated.high_water[name]} in the simulation"
            return f"stream {name} (layer {layer_of(graph, name)}): its FIFO held at most {marks}"
    return None


def _difference(
    graph: HardwareGraph, name: str, simulated: SimulationResult, verilated: RtlRun
) -> tuple[int, str] | None:
    """Return the cycle and the description of the first word of a stream that differs in time, or None."""
    expected, got = simulated.push_cycles[name], verilated.streams[name].cycles
    count = min(len(expected), len(got))
    different = np.flatnonzero(expected[:count] != got[:count])
    producer = graph.stream_by_name[name].producer
    unit = f"unit {producer.unit}" if producer else "the source"
    where = f"{unit} (layer {layer_of(graph, name)}), stream {name}"
    if different.size:
        word = int(different[0])
        cycles = f"pushed in cycle {int(got[word])}, in {int(expected[word])} in the simulation"
        return min(int(got[word]), int(expected[word])), f"{where}: word {word} is {cycles}"
    if len(expected) != len(got):
        cycle = int((expected if len(expected) > len(got) else got)[count])
        return cycle, f"{where}: {len(got)} words pushed, {len(expected)} in the simulation"
    return None
