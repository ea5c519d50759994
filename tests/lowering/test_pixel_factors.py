"""Factors that vary over the pixels, in Brevitas models, against torch, execution and simulation."""

# pyright: basic
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from r2b_hw.boards import load_board
from r2b_hw.frontend import load_model
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.lowering import lower
from r2b_hw.nn import EXPORTERS, Exporter, evaluate, export_qonnx
from r2b_hw.planning import plan
from r2b_hw.simulation import simulate
from r2b_hw.units.spatial_scale import SpatialScale

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
    check(tmp_path, CASES[name], "torchscript", 1, (7, 5))


@pytest.mark.long
@pytest.mark.parametrize("exporter", EXPORTERS)
@pytest.mark.parametrize("name", [*CASES, *MORE])
def test_equals_torch_and_simulates_everywhere(name: str, exporter: Exporter, tmp_path: Path) -> None:
    check(tmp_path, {**CASES, **MORE}[name], exporter, len(name), (6, 9))


def test_a_plan_holds_the_map_beside_k(tmp_path: Path) -> None:
    """K is one channel wide whatever the words of the map it scales; FIFOs keep the target on both branches."""
    model, images = prepared(Scaling("magnitude"), size=(7, 5))
    graph = lower(load_model(export_qonnx(model, images[:1], tmp_path / "model.onnx"))).graph
    for cycles in (7 * 6, 400):
        made = plan(graph, load_board("ultra96-v2"), clock_mhz=100, target_fps=100e6 / cycles)
        assert made.interval <= cycles
        factor = next(unit for unit in made.graph.units if unit.kind == "pixel_scale")
        assert factor.port("k").channels_per_word == 1
        assert "blocks.0.out.s" in made.waiting_streams
    assert plan(graph, load_board("ultra96-v2")).graph.unit_by_name[factor.name].channels_per_word > 1


def test_a_changed_factor_is_found(tmp_path: Path) -> None:
    model, images = prepared(Scaling("pixel"), Scaling("magnitude"))
    golden = evaluate(model, images).tensors
    lowered = lower(load_model(export_qonnx(model, images[:1], tmp_path / "model.onnx")))
    unit = next(unit for unit in lowered.graph.units if isinstance(unit, SpatialScale))
    # Two pixels exchange their factors: the type of the product stays.
    factors = unit.factors.copy()
    factors[[3, 4], 2] = factors[[4, 3], 2]
    graph = lowered.graph.with_units([replace(unit, factors=factors)])
    assert first_mismatch(lowered, graph, images, golden) == "blocks.0.out"
