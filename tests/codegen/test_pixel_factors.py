"""C-simulation of planned networks with factors of pixels: one unit after another, and all at once with their FIFOs."""

# pyright: basic
from pathlib import Path

import numpy as np
import pytest
from hls_graphs import diverging, random_frames, write_project

from r2b_hw.boards import load_board
from r2b_hw.frontend import load_model
from r2b_hw.lowering import lower
from r2b_hw.nn import export_qonnx
from r2b_hw.planning import plan
from r2b_hw.verification.c_simulation import run_c_simulation
from tests.lowering.pixel_networks import Scaling, prepared

KINDS = {"spatial_scale", "pixel_scale", "channel_sum"}
SCALINGS = (
    Scaling("magnitude", stride=2),
    Scaling("pixel", gated=True),
    Scaling("rows_columns", normalised=False),
    Scaling("dense", alpha=False, quantised=False, normalised=False),
)


@pytest.mark.long
@pytest.mark.parametrize("rate", [None, 20_000])
def test_a_planned_network_equals_its_evaluation(rate: float | None, tmp_path: Path) -> None:
    model, images = prepared(*SCALINGS, size=(9, 8))
    lowered = lower(load_model(export_qonnx(model, images[:1], tmp_path / "model.onnx")))
    made = plan(lowered.graph, load_board("ultra96-v2"), target_fps=rate)
    graph = made.graph
    assert {unit.kind for unit in graph.units} >= KINDS
    assert made.interval <= made.interval_target
    write_project(tmp_path, graph)
    frames = np.concatenate([graph.host_input.quantise(images[:2]), random_frames(graph, np.random.default_rng(1), 2)])
    unplanned = lowered.graph.evaluate(frames)
    assert diverging(lowered.graph, frames, {name: graph.evaluate(frames)[name] for name in unplanned}) == []
    for dataflow in (False, True):
        assert diverging(graph, frames, run_c_simulation(tmp_path, graph, frames, dataflow=dataflow)) == []
