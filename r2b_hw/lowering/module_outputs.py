"""Streams of the hardware graph as outputs of the model's modules, for comparison with the other rungs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.lowering.accumulator import Accumulator
from r2b_hw.numeric.rounding import Integers


@dataclass(frozen=True, eq=False)
class ModuleOutput:
    """What ``stream`` says of ``module``'s output: ``values`` (N, C, H, W) float64; vectors have H = W = 1."""

    stream: str
    module: str
    values: npt.NDArray[np.float64]


def module_outputs(
    graph: HardwareGraph, accumulators: Mapping[str, Accumulator], tensors: Mapping[str, Integers]
) -> Iterator[ModuleOutput]:
    """Yield, in the order of the units, every stream that equals a module's output or gives it by a known affine.

    ``tensors`` are whole tensors by stream name, as ``graph.evaluate`` returns them.
    """
    ranks = {unit.name: rank for rank, unit in enumerate(graph.units, start=1)}
    ordered = sorted(graph.streams, key=lambda s: ranks[s.producer.unit] if s.producer else 0)
    for stream in ordered:
        accumulator = accumulators.get(stream.name)
        if stream.tensor is None and accumulator is None:
            continue
        port = graph.port_of(stream)
        integers = tensors[stream.name]
        values = (2 * integers - 1 if port.integer.binary else integers).astype(np.float64)
        values = np.ldexp(values, -np.array(port.exponents))
        module = stream.tensor
        if accumulator is not None:
            values = np.ldexp(values, np.array(accumulator.shifts)) + np.array(accumulator.offsets)
            module = accumulator.module
        yield ModuleOutput(stream.name, module or "", np.ascontiguousarray(values.transpose(0, 3, 1, 2)))
