"""The exact search against every selection there is, on problems small enough to try them all."""

import itertools
import math
import random
from collections.abc import Iterator

import pytest

from r2b_hw.graph.cost import Cost
from r2b_hw.planning.budget import worst_share
from r2b_hw.planning.exact import Proof, nearest, select
from r2b_hw.planning.greedy import descend
from r2b_hw.planning.selection import Link, Problem, Selection

GRID = 1e-6
"""Shares are compared on the solver's grid."""


def some_cost(draw: random.Random, most: int) -> Cost:
    # On the solver's grid, so that the optimum is the same.
    return Cost(
        lut=draw.randrange(10 * most) / 10,
        ff=draw.randrange(most),
        bram36=draw.randrange(most) / 2,
        dsp=draw.choice((0, 0, draw.randrange(most))),
    )


def random_problem(seed: int) -> Problem:
    """A chain of four items with a bridge from the first to the third, words of 1, 2 and 4."""
    draw = random.Random(seed)
    items = tuple(tuple(some_cost(draw, 40) for _ in range(draw.randint(1, 4))) for _ in range(4))
    links: list[Link] = []
    for near, far in ((0, 1), (1, 2), (2, 3), (0, 2)):
        near_words, far_words = (tuple(draw.choice((1, 2, 4)) for _ in items[item]) for item in (near, far))
        ways = {
            pair: tuple(some_cost(draw, 20) for _ in range(draw.randint(1, 2)))
            for pair in itertools.product(set(near_words), set(far_words))
            # Some words cannot be joined.
            if draw.random() < 0.85
        }
        links.append(Link(near, far, near_words, far_words, ways))
    budget = Cost(lut=draw.randint(60, 200), ff=draw.randint(100, 300), bram36=draw.randint(40, 90), dsp=60)
    return Problem(items, tuple(links), some_cost(draw, 5), budget)


def every_selection(problem: Problem) -> Iterator[Selection]:
    for options in itertools.product(*(range(len(costs)) for costs in problem.items)):
        choices = [
            range(len(link.ways.get((link.near_words[options[link.near]], link.far_words[options[link.far]]), ())))
            for link in problem.links
        ]
        for ways in itertools.product(*choices):
            yield Selection(problem, options, ways)


@pytest.mark.parametrize("seed", range(60))
def test_the_best_of_all(seed: int) -> None:
    problem = random_problem(seed)
    fitting = [selection.share for selection in every_selection(problem) if selection.fits]
    outcome = select(problem)
    quick = descend(problem)
    if not fitting:
        assert outcome.proof is Proof.INFEASIBLE
        assert outcome.selection is None
        assert quick is None or not quick.fits
        return
    assert outcome.proof is Proof.OPTIMAL
    assert outcome.selection is not None
    assert outcome.selection.fits
    assert outcome.selection.share == pytest.approx(min(fitting), abs=GRID)
    assert outcome.gap == 0
    if quick is not None and quick.fits:
        assert outcome.selection.share <= quick.share + GRID
    first = select(problem, first=True)
    assert first.selection is not None
    assert first.selection.fits
    assert first.bound <= min(fitting) + GRID


@pytest.mark.parametrize("seed", range(40))
def test_the_nearest_of_all(seed: int) -> None:
    problem = random_problem(seed)
    excesses = [worst_share(selection.cost, problem.budget) for selection in every_selection(problem)]
    found = nearest(problem)
    if not excesses:
        assert found is None
        return
    assert found is not None
    assert min(excesses) <= worst_share(found.cost, problem.budget) <= 1.02 * min(excesses) + 1e-3


def test_a_hint_is_never_lost() -> None:
    problem = random_problem(3)
    best = min((selection for selection in every_selection(problem) if selection.fits), key=lambda one: one.share)
    outcome = select(problem, hint=best, effort=1e-9)
    assert outcome.selection is not None
    assert outcome.selection.share <= best.share
    assert outcome.bound <= best.share


def test_without_effort_nothing_is_claimed() -> None:
    outcome = select(random_problem(3), effort=0.0)
    assert outcome.proof in (Proof.UNKNOWN, Proof.FOUND)
    assert outcome.bound < math.inf
    if outcome.selection is not None:
        assert outcome.gap > 0


def test_a_resource_the_board_lacks_cannot_be_needed() -> None:
    needs = Problem(((Cost(lut=1, dsp=1),),), (), Cost(), Cost(lut=10, ff=10))
    assert select(needs).proof is Proof.INFEASIBLE
    assert nearest(needs) is None
