"""A wrong threshold, rounding, padding or weight is found, at the layer it was put in."""

# pyright: basic
from dataclasses import replace

import numpy as np
import pytest

from r2b_hw.frontend import load_model
from r2b_hw.graph.unit import Unit
from r2b_hw.lowering import Lowered, lower
from r2b_hw.units import channelwise, rescale

from .compare import first_mismatch
from .networks import Exported, exported


@pytest.fixture(scope="module")
def case() -> tuple[Exported, Lowered]:
    network = exported("gated", "torchscript")
    lowered = lower(load_model(network.path))
    assert first_mismatch(lowered, lowered.graph, network.images, network.tensors) == ""
    return network, lowered


def mismatch(case: tuple[Exported, Lowered], *units: Unit) -> str:
    network, lowered = case
    return first_mismatch(lowered, lowered.graph.with_units(units), network.images, network.tensors)


def test_threshold_plus_one(case: tuple[Exported, Lowered]) -> None:
    unit = case[1].graph.unit_by_name["blocks.1.sign"]
    assert mismatch(case, replace(unit, thresholds=unit.thresholds + 1)) == "blocks.1.sign"


def test_threshold_inverted(case: tuple[Exported, Lowered]) -> None:
    unit = case[1].graph.unit_by_name["blocks.0.sign"]
    inverts = unit.inverts.copy()
    inverts[3] ^= 1
    assert mismatch(case, replace(unit, inverts=inverts)) == "blocks.0.sign"


def test_padding_with_minus_one(case: tuple[Exported, Lowered]) -> None:
    graph = case[1].graph
    window = replace(graph.unit_by_name["blocks.0.conv.window"], padding_value=0)
    product = replace(graph.unit_by_name["blocks.0.conv"], valid_bits=False)
    assert mismatch(case, window, product) == "blocks.0.conv"


def test_flipped_weight_bit(case: tuple[Exported, Lowered]) -> None:
    unit = case[1].graph.unit_by_name["blocks.2.conv"]
    weights = unit.weights.copy()
    weights[1, 2, 0, 3] ^= 1
    assert mismatch(case, replace(unit, weights=weights)) == "blocks.2.conv"


def test_slope_plus_one(case: tuple[Exported, Lowered]) -> None:
    unit = case[1].graph.unit_by_name["blocks.1.out"]
    assert mismatch(case, replace(unit, slopes=unit.slopes + 1)) == "blocks.1.out"


def half_up(values, shifts, lo, hi):
    right = np.maximum(np.broadcast_to(shifts, values.shape), 0)
    left = np.maximum(-np.broadcast_to(shifts, values.shape), 0)
    half = np.where(right > 0, np.int64(1) << np.maximum(right - 1, 0), 0)
    return np.clip(((values + half) >> right) << left, lo, hi)


@pytest.mark.parametrize(("room", "layer"), [(channelwise, "stem.out"), (rescale, "blocks.0.out")])
def test_rounding_half_up(case: tuple[Exported, Lowered], room, layer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "requantise", half_up)
    assert mismatch(case) == layer
