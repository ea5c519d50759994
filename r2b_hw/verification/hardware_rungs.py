"""The rungs below lowering that run in Python: the numpy hardware graph and the cycle-accurate simulation.

Both read the output folder's graph alone. numpy is compared with the golden set, the simulation with numpy on
every stream, the ones that no layer names included, and its outputs with the golden outputs.
"""

from collections.abc import Callable

from r2b_hw.errors import DeadlockError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.simulation import simulate
from r2b_hw.verification.compare import Comparison, compare_outputs, compare_streams, result_of
from r2b_hw.verification.reference import Reference
from r2b_hw.verification.rung import Rung, RungResult, Status

BATCH = 30
"""Most images held as whole tensors of every stream at once; several are in flight in the simulation."""
_VALUES = 1 << 27
"""Most values of all streams held at once, 8 bytes each, and about three times over while they are compared."""

Progress = Callable[[int], None]


def _ignore(images: int) -> None: ...


def images_at_once(graph: HardwareGraph) -> int:
    """Return how many images' whole tensors of every stream are held at once: BATCH, or fewer of a large network's."""
    ports = (graph.port_of(stream) for stream in graph.streams)
    values = sum(port.words * port.values for port in ports)
    return max(1, min(BATCH, _VALUES // values))


def numpy_rung(graph: HardwareGraph, reference: Reference, progress: Progress = _ignore) -> RungResult:
    """Evaluate whole tensors on all reference images."""
    total = Comparison()
    batch = images_at_once(graph)
    for start in range(0, len(reference.images), batch):
        images = reference.images[start : start + batch]
        golden = {name: tensor[start : start + batch] for name, tensor in reference.tensors.items()}
        tensors = graph.evaluate(graph.host_input.quantise(images))
        total = total.plus(compare_streams(graph, golden, tensors, first_image=start))
        outputs = graph.host_output.dequantise(tensors[graph.output_stream.name])
        expected = reference.outputs[start : start + batch].reshape(outputs.shape)
        total = total.plus(compare_outputs(expected, outputs, "output"))
        progress(len(images))
    return result_of(Rung.NUMPY, len(reference.images), total)


def simulation_rung(graph: HardwareGraph, reference: Reference, progress: Progress = _ignore) -> RungResult:
    """Simulate clock by clock on all reference images, comparing every stream's words with numpy's tensors."""
    total = Comparison()
    names = [stream.name for stream in graph.streams]
    batch = images_at_once(graph)
    for start in range(0, len(reference.images), batch):
        images = reference.images[start : start + batch]
        frames = graph.host_input.quantise(images)
        try:
            result = simulate(graph, frames, capture=names)
        except DeadlockError as error:
            return RungResult(Rung.SIMULATION, Status.FAILED, start, reason=str(error))
        total = total.plus(compare_streams(graph, graph.evaluate(frames), result.tensors, first_image=start))
        outputs = graph.host_output.dequantise(result.outputs)
        expected = reference.outputs[start : start + batch].reshape(outputs.shape)
        total = total.plus(compare_outputs(expected, outputs, "output"))
        progress(len(images))
    return result_of(Rung.SIMULATION, len(reference.images), total)
