"""Standings, held against the definition of dominance written another way."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.exploration import Exploration, Standing
from r2b_hw.exploration.pareto import ranked
from r2b_hw.exploration.schema import Outcome
from tests.exploration.made_up import outcome

DESIGNS = st.builds(
    outcome,
    st.sampled_from(["one", "two", "three"]),
    st.integers(1, 9),
    fps=st.none() | st.integers(1, 4).map(float),
    lut=st.integers(1, 4).map(float),
    bram36=st.integers(1, 3).map(float),
    uram=st.integers(0, 1).map(float),
    latency=st.integers(1, 3).map(float),
)


def losses(outcomes: Sequence[Outcome]) -> np.ndarray:
    """Rate counted down, everything else up, one row an outcome."""
    rows = [
        (
            -found.design.speed.fps,
            found.design.resources.taken.lut,
            found.design.resources.taken.bram36,
            found.design.resources.taken.uram,
            found.design.speed.latency_microseconds,
        )
        for found in outcomes
        if found.design is not None
    ]
    return np.array(rows).reshape(-1, 5)


def beaten(row: np.ndarray, rows: np.ndarray) -> bool:
    return bool(((rows <= row).all(axis=1) & (rows != row).any(axis=1)).any())


@given(st.lists(DESIGNS, max_size=12))
def test_standings(outcomes: list[Outcome]) -> None:
    points = ranked(outcomes)
    everything = losses(outcomes)
    for point in points:
        if point.design is None:
            assert point.standing is Standing.REFUSED
            continue
        (row,) = losses([Outcome(goal=point.goal, design=point.design, refusal=None, seconds=0.0, planner="")])
        own = losses([each for each in outcomes if each.goal.board == point.goal.board])
        expected = Standing.FRONT
        if beaten(row, own):
            expected = Standing.DOMINATED
        elif beaten(row, everything):
            expected = Standing.BOARD_FRONT
        assert point.standing is expected


@given(st.lists(DESIGNS, max_size=12))
def test_order_and_what_is_kept(outcomes: list[Outcome]) -> None:
    """Boards as they came, each from fast to slow, every figure once; the best of each kind is on the front."""
    points = ranked(outcomes)
    exploration = Exploration(name="x", points=points)
    assert list(exploration.boards) == list(dict.fromkeys(each.goal.board for each in outcomes))
    for board in exploration.boards:
        designs = [point.design for point in points if point.goal.board == board and point.design is not None]
        rates = [design.speed.fps for design in designs]
        assert rates == sorted(rates, reverse=True)
    kept = {tuple(row) for row in losses(outcomes)}
    front = [point.design for point in exploration.front if point.design is not None]
    assert bool(front) == bool(kept)
    if kept:
        assert max(design.speed.fps for design in front) == -min(row[0] for row in kept)
        assert min(design.resources.taken.lut for design in front) == min(row[1] for row in kept)


def test_equal_designs_on_two_boards_both_stay() -> None:
    points = ranked([outcome("one"), outcome("two"), outcome("two", 2000), outcome("one", lut=6_000.0)])
    assert [(point.goal.board, point.standing) for point in points] == [
        ("one", Standing.FRONT),
        ("one", Standing.DOMINATED),
        ("two", Standing.FRONT),
    ]
