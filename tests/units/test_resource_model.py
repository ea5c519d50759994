"""The resource model against the counts of synthesis in benchmarks/, on configurations held out from its fit."""

import sys
from collections.abc import Iterator
from csv import DictReader
from pathlib import Path

import numpy as np
import pytest

from r2b_hw.graph.stream import Memory
from r2b_hw.synthesis.families import FAMILIES
from r2b_hw.units.coefficients import ERRORS, FF, LUT
from r2b_hw.units.memory import block_rams, fifo_cost
from r2b_hw.units.registry import unit_kinds

FOLDER = Path(__file__).parents[2] / "benchmarks" / "resource_model"


@pytest.fixture(scope="module")
def judged() -> Iterator[list]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(FOLDER), *sys.path])
        import fit

        yield fit.judged("xc7")


def test_enough_was_measured_and_every_kind(judged: list) -> None:
    assert len(judged) >= 200
    measured = {row.group for row in judged}
    assert set(unit_kinds()) <= measured
    assert measured == set(LUT) == set(FF) == set(ERRORS["xc7"])


@pytest.mark.parametrize("what", ["lut", "ff"])
def test_held_out_configurations_lie_within_the_band(judged: list, what: str) -> None:
    errors = [row.error(what) for row in judged if row.held_out]
    assert len(errors) >= 50
    assert np.median(errors) <= 0.10
    assert np.quantile(errors, 0.95) <= 0.25


def test_block_rams_and_dsps_are_exact(judged: list) -> None:
    assert [row for row in judged if not row.exact] == []


def test_block_rams_of_memories_alone_are_exact() -> None:
    with (FOLDER / "memories.csv").open(encoding="utf-8", newline="") as stream:
        rows = [
            {name: value if name == "family" else int(value) for name, value in r.items()} for r in DictReader(stream)
        ]
    assert {(row["family"], row["written"]) for row in rows} == {(f, w) for f in FAMILIES for w in (0, 1)}
    for row in rows:
        planned = block_rams(row["width"], row["depth"], written=bool(row["written"]))
        assert planned == row["bram18"] / 2, row


def test_nothing_is_free(judged: list) -> None:
    assert min(row.estimate("lut") for row in judged) >= 0.9
    for memory, depth in ((Memory.REGISTER, 1), (Memory.LUTRAM, 2), (Memory.BRAM, 500), (Memory.URAM, 5000)):
        assert fifo_cost(1, depth, memory).lut >= 1
