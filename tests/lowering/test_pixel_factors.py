"""Factors that vary over the pixels, in Brevitas models, against torch, execution and simulation."""

# pyright: basic
from pathlib import Path

import numpy as np
import pytest

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.nn import EXPORTERS, Exporter, evaluate, export_qonnx
from r2b_hw.simulation import simulate

from .compare import check_file, first_mismatch
from .pixel_networks import Scaling, prepared

CASES: dict[str, tuple[Scaling, ...]] = {
    "rows_columns": (Scaling("rows_columns", stride=2), Scaling("rows_columns", normalised=False)),
    "dense": (Scaling("dense", alpha=False, quantised=False, normalised=False), Scaling("dense", alpha=False)),
    "pixel": (Scaling("pixel", quantised=False, normalised=False), Scaling("pixel", gated=True, prelu=False)),
    "magnitude": (Scaling("magnitude", stride=2), Scaling("magnitude", quantised=False, normalised=False)),
}
MORE: dict[str, tuple[Scaling, ...]] = {
    "gated": (Scaling("rows_columns", gated=True, normalised=False), Scaling("magnitude", gated=True)),
    "bare": tuple(Scaling(kind, prelu=False, normalised=False) for kind in ("pixel", "dense", "magnitude")),
    "padded": (Scaling("pixel", padding_value=1.0), Scaling("none", padding_value=-1.0, stride=2)),
    "rectified": (Scaling("magnitude", rectified=True), Scaling("none", rectified=True, prelu=False)),
    "none": (Scaling("none", gated=True), Scaling("none", stride=2)),
    "raw": (Scaling("none", quantised=False), Scaling("none", alpha=False, quantised=False, stride=2)),
}


def roomy(graph: HardwareGraph) -> HardwareGraph:
    """FIFOs of a frame, as no planner has sized them."""
    from dataclasses import replace

    return graph.with_streams(replace(stream, depth=graph.port_of(stream).words + 8) for stream in graph.streams)


def check(folder: Path, scalings: tuple[Scaling, ...], exporter: Exporter, seed: int, size: tuple[int, int]) -> None:
    model, images = prepared(*scalings, seed=seed, size=size)
    reference = evaluate(model, images)
    lowered = check_file(export_qonnx(model, images[:1], folder / "model.onnx", exporter), images)
    graph = lowered.graph
    assert first_mismatch(lowered, graph, images, reference.tensors) == ""
    frames = graph.host_input.quantise(images)
    streams = graph.evaluate(frames)
    outputs = graph.host_output.dequantise(streams[graph.output_stream.name])
    assert np.array_equal(outputs, reference.outputs)
    assert len(np.unique(outputs)) > 4
    simulated = simulate(roomy(graph), frames[:2], capture=list(streams))
    for name, tensor in streams.items():
        assert np.array_equal(simulated.tensors[name], tensor[:2]), name


@pytest.mark.parametrize("name", CASES)
def test_equals_torch_and_simulates(name: str, tmp_path: Path) -> None:
    exporter = EXPORTERS[list(CASES).index(name) % 2]
    check(tmp_path, CASES[name], exporter, 1, (7, 5))


@pytest.mark.long
@pytest.mark.parametrize("exporter", EXPORTERS)
@pytest.mark.parametrize("name", [*CASES, *MORE])
def test_equals_torch_and_simulates_everywhere(name: str, exporter: Exporter, tmp_path: Path) -> None:
    check(tmp_path, {**CASES, **MORE}[name], exporter, len(name), (6, 9))
