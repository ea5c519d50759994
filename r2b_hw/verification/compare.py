"""Equality of whole tensors, stream by stream in the order of computation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.verification.rung import Mismatch, Rung, RungResult, Status


@dataclass(frozen=True)
class Comparison:
    """Differences found so far."""

    tensors: int = 0
    mismatches: int = 0
    first: Mismatch | None = None

    def plus(self, other: "Comparison") -> "Comparison":
        """Return both together; of two first mismatches this one's is kept."""
        return Comparison(
            max(self.tensors, other.tensors), self.mismatches + other.mismatches, self.first or other.first
        )


def computation_order(graph: HardwareGraph) -> Sequence[str]:
    """Return stream names, producers in topological order, the input first."""
    streams = [graph.input_stream.name]
    streams += [graph.stream_at(unit.name, port.name).name for unit in graph.units for port in unit.outputs]
    return streams


def layer_of(graph: HardwareGraph, stream: str) -> str:
    """Return the layer whose unit produces ``stream``."""
    producer = graph.stream_by_name[stream].producer
    if producer is None:
        return graph.host_input.tensor or "input"
    return graph.unit_by_name[producer.unit].layer


def compare_streams(
    graph: HardwareGraph, expected: Mapping[str, Integers], got: Mapping[str, Integers], *, first_image: int = 0
) -> Comparison:
    """Compare every stream that both sides have, with equality."""
    shared = [name for name in computation_order(graph) if name in expected and name in got]
    mismatches = 0
    first: Mismatch | None = None
    for name in shared:
        if expected[name].shape != got[name].shape:
            raise ValueError(f"stream {name}: shapes {expected[name].shape} and {got[name].shape}")
        different = expected[name] != got[name]
        count = int(different.sum())
        mismatches += count
        if count and first is None:
            index = tuple(int(i) for i in np.argwhere(different)[0])
            values = int(expected[name][index]), int(got[name][index])
            first = Mismatch(layer_of(graph, name), name, (index[0] + first_image, *index[1:]), *values)
    return Comparison(len(shared), mismatches, first)


def compare_outputs(expected: npt.NDArray[np.float32], got: npt.NDArray[np.float32], layer: str) -> Comparison:
    """Compare model outputs (float32, exact)."""
    different = expected != got
    first: Mismatch | None = None
    if different.any():
        index = tuple(int(i) for i in np.argwhere(different)[0])
        first = Mismatch(layer, "outputs", index, float(expected[index]), float(got[index]))
    return Comparison(1, int(different.sum()), first)


def result_of(rung: Rung, images: int, comparison: Comparison) -> RungResult:
    """Return a rung's result: passed only if something was compared and nothing differs."""
    status = Status.FAILED if comparison.mismatches else Status.PASSED
    if not comparison.tensors or not images:
        return RungResult(rung, Status.FAILED, images, reason="nothing was compared")
    return RungResult(rung, status, images, comparison.tensors, comparison.mismatches, comparison.first)
