"""Trees against counting: every word where words are few, random ones else; plans against their own claims."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw import popcount
from r2b_hw.popcount.greedy import greedy_plan
from r2b_hw.popcount.netlist import netlist
from r2b_hw.popcount.optimise import optimise
from r2b_hw.popcount.plan import COUNTERS, Plan, Shape
from r2b_hw.popcount.store import plan_popcount, popcount_luts
from tests.popcount.netlist_values import count

STORED = json.loads(Path(popcount.__file__).with_name("plans.json").read_text(encoding="utf-8"))


def shape_of(key: str) -> Shape:
    groups, width = map(int, key.removesuffix("_rows").split("x"))
    return Shape(groups, width, 0 if key.endswith("_rows") else 2)


def expected(shape: Shape, x: np.ndarray, weights: np.ndarray, valid: np.ndarray) -> np.ndarray:
    matches = (x == weights).reshape(len(x), shape.groups, shape.width).sum(axis=2)
    return np.where(valid, matches, shape.width // 2).sum(axis=1)


def assert_counts(plan: Plan, x: np.ndarray, weights: np.ndarray, valid: np.ndarray) -> None:
    np.testing.assert_array_equal(count(netlist(plan), x, weights, valid), expected(plan.shape, x, weights, valid))


@pytest.mark.parametrize("width", range(1, 7))
def test_every_pair_of_short_words_is_counted(width: int) -> None:
    words = np.array(list(itertools.product([0, 1], repeat=2 * width)))
    for plan in (plan_popcount(Shape(1, width)), greedy_plan(Shape(1, width))):
        assert_counts(plan, words[:, :width], words[:, width:], np.ones((len(words), 1), dtype=int))


@pytest.mark.parametrize("width", [9, 13, 16])
def test_every_word_of_matches_is_counted(width: int) -> None:
    words = np.array(list(itertools.product([0, 1], repeat=width)))
    weights = np.random.default_rng(width).integers(0, 2, words.shape)
    assert_counts(plan_popcount(Shape(1, width)), words, weights, np.ones((len(words), 1), dtype=int))


@settings(max_examples=25, deadline=None)
@given(
    shape=st.builds(Shape, st.integers(1, 10), st.integers(1, 40), st.sampled_from([0, 2])),
    stored=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_any_shape_counts_random_words(shape: Shape, stored: bool, seed: int) -> None:
    generator = np.random.default_rng(seed)
    x, weights = generator.integers(0, 2, (2, 200, shape.synapses))
    x[:2], weights[:1] = 1, 1
    valid = generator.integers(0, 2, (200, shape.groups))
    plan = plan_popcount(shape) if stored else greedy_plan(shape)
    assert_counts(plan, x, weights, valid if shape.groups > 1 else np.ones_like(valid))


@pytest.mark.parametrize("key", ["1x64", "1x64_rows", "1x576", "9x64"])
def test_wide_words_are_counted(key: str) -> None:
    shape = shape_of(key)
    generator = np.random.default_rng(1)
    x, weights = generator.integers(0, 2, (2, 100, shape.synapses))
    valid = generator.integers(0, 2, (100, shape.groups)) if shape.groups > 1 else np.ones((100, 1), dtype=int)
    assert_counts(plan_popcount(shape), x, weights, valid)


@pytest.mark.parametrize("key", STORED)
def test_stored_plans_cost_what_they_say(key: str) -> None:
    shape = shape_of(key)
    plan = plan_popcount(shape)
    assert plan.complete
    assert plan.luts == STORED[key]["luts"] <= greedy_plan(shape).luts
    # What the netlist instantiates is what the plan counts.
    tree = netlist(plan)
    assert len(tree.luts) == plan.luts
    assert len(tree.flops) + len(tree.rows) == plan.flip_flops
    assert len(tree.carries) == sum(n for layer in plan.layers for _, bits, n in layer if bits > 3)


@pytest.mark.parametrize("width", [16, 24, 64])
def test_solver_finds_the_stored_cost(width: int) -> None:
    layers = len(plan_popcount(Shape(1, width)).layers)
    optimum = optimise(Shape(1, width), layers)
    assert optimum is not None
    assert optimum.gap == 0
    assert optimum.plan.complete
    assert optimum.plan.luts == popcount_luts(width)


def test_sixty_four_synapses_take_forty_nine_luts() -> None:
    assert popcount_luts(64) == 49


def test_too_few_layers_have_no_tree() -> None:
    assert optimise(Shape(1, 64), 1) is None


def test_layers_that_take_bits_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="more bits than there are"):
        Plan(Shape(1, 16), (((0, max(COUNTERS), 5),),)).heights()


def test_incomplete_plans_are_refused() -> None:
    with pytest.raises(ValueError, match="the plan leaves"):
        netlist(Plan(Shape(1, 64), ()))
