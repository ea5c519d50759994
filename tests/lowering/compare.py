"""Compares a lowered graph with other rungs, on every stream that says whose output it is."""

# pyright: basic
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from r2b_hw.frontend import execute, load_model
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.lowering import Lowered, lower, module_outputs


def first_mismatch(lowered: Lowered, graph: HardwareGraph, images: np.ndarray, golden: Mapping[str, np.ndarray]) -> str:
    """Return the module of the first stream of ``graph`` that differs from ``golden``; empty where all are equal."""
    streams = graph.evaluate(graph.host_input.quantise(images))
    for output in module_outputs(graph, lowered.accumulators, streams):
        expected = golden[output.module]
        if not np.array_equal(output.values.reshape(expected.shape), expected):
            return output.module
    return ""


def check_file(path: Path, images: np.ndarray) -> Lowered:
    """Lower the file at ``path`` and assert that every named stream and the outputs equal its execution."""
    lowered = lower(load_model(path))
    executed = execute(path, images)
    graph = lowered.graph
    assert first_mismatch(lowered, graph, images, executed.tensors) == ""
    streams = graph.evaluate(graph.host_input.quantise(images))
    outputs = graph.host_output.dequantise(streams[graph.output_stream.name])
    assert outputs.dtype == np.float32
    assert np.array_equal(outputs, executed.outputs)
    return lowered
