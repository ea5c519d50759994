"""Small random networks of every shape, from either exporter: every named stream equals torch and executed QONNX."""

# pyright: basic
import numpy as np
import pytest

from r2b_hw.frontend import execute, load_model
from r2b_hw.lowering import lower, module_outputs
from r2b_hw.nn import EXPORTERS, Exporter

from .networks import NETWORKS, exported

SHORT = [
    ("gated", "torchscript"),
    ("bare", "torchscript"),
    ("non_square", "dynamo"),
    ("magnitudes", "torchscript"),
    ("rows_columns", "torchscript"),
    ("block_skip", "torchscript"),
]
ALL = [(name, exporter) for name in NETWORKS for exporter in EXPORTERS if (name, exporter) not in SHORT]


def check(name: str, exporter: Exporter, seed: int = 5) -> None:
    case = exported(name, exporter, seed)
    executed = execute(case.path, case.images)
    lowered = lower(load_model(case.path))
    graph = lowered.graph
    streams = graph.evaluate(graph.host_input.quantise(case.images))
    assert np.array_equal(graph.host_output.dequantise(streams[graph.output_stream.name]), case.outputs)
    assert np.array_equal(executed.outputs, case.outputs)
    compared: set[str] = set()
    for output in module_outputs(graph, lowered.accumulators, streams):
        # Execution also knows the outputs of modules that hold no quantised layer.
        for tensors in (case.tensors, executed.tensors):
            golden = tensors.get(output.module)
            if golden is not None:
                assert np.array_equal(output.values.reshape(golden.shape), golden), output.stream
        assert output.module in executed.tensors
        compared.add(output.module)
    # No quantised layer that torch captured goes unchecked.
    assert {"input", "classifier"} < case.layers <= compared
    assert lowered.near_ties == {}


@pytest.mark.parametrize(("name", "exporter"), SHORT)
def test_equals_torch_and_execution(name: str, exporter: Exporter) -> None:
    check(name, exporter)


@pytest.mark.long
@pytest.mark.parametrize("seed", [5, 6])
@pytest.mark.parametrize(("name", "exporter"), ALL)
def test_equals_torch_and_execution_everywhere(name: str, exporter: Exporter, seed: int) -> None:
    check(name, exporter, seed)


def test_both_exporters_give_the_same_graph() -> None:
    torchscript, dynamo = (lower(load_model(exported("non_square", exporter).path)).graph for exporter in EXPORTERS)
    assert [unit.name for unit in torchscript.units] == [unit.name for unit in dynamo.units]
    for one, other in zip(torchscript.units, dynamo.units, strict=True):
        assert one.kind == other.kind
        assert np.array_equal(one.state(), other.state())
    assert torchscript.streams == dynamo.streams
