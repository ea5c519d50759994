"""Ranges, exponents and the bit budget, against brute force."""

# pyright: basic
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.frontend import load_model
from r2b_hw.frontend.grids import channel_grids, common_grid, smallest_exponents
from r2b_hw.frontend.operations import Product

from .graphs import GraphBuilder, integers, signs


@given(st.lists(st.tuples(st.integers(-(2**20), 2**20), st.integers(-30, 30)), min_size=1, max_size=6))
def test_smallest_exponent_is_the_smallest(pairs: list[tuple[int, int]]) -> None:
    values = np.array([[np.ldexp(float(n), -e) for n, e in pairs]])
    (exponent,) = smallest_exponents(values)
    scaled = np.ldexp(values, exponent)
    assert (scaled == np.rint(scaled)).all()
    coarser = np.ldexp(values, exponent - 1)
    assert not values.any() or (coarser != np.rint(coarser)).any()


def test_grids_of_zero_channels() -> None:
    values = np.array([[0.5, -1.0], [0.0, 0.0]])
    assert channel_grids(values).exponents == (1, 1)
    assert common_grid(values).exponents == (1,)
    assert common_grid(np.zeros((2, 2))).exponents == (0,)


def test_range_of_a_product_is_reached(tmp_path: Path) -> None:
    """The corner inputs of a fully connected layer give exactly lo and hi."""
    weights, bias = integers(0, 3, 4, lo=-100, hi=100), integers(1, 3, lo=-9, hi=9, exponent=9)
    g = GraphBuilder((1, 4, 1, 1))
    x = g.quant("images", exponent=4, bits=5)
    flat = g.node("Flatten", x, axis=1)
    output = g.node("Gemm", flat, g.constant(weights), g.constant(bias), transB=1)
    model = load_model(g.save(tmp_path, output))
    facts = model.facts[output]
    corners = np.array(np.meshgrid(*[[-16, 0, 15]] * 4)).reshape(4, -1) * 2.0**-4
    values = weights.astype(np.float64) @ corners + bias[:, None]
    assert np.array_equal(np.ldexp(facts.lo.astype(float), -facts.exponents), values.min(axis=1))
    assert np.array_equal(np.ldexp(facts.hi.astype(float), -facts.exponents), values.max(axis=1))


def test_budget_counts_every_partial_sum(tmp_path: Path) -> None:
    """Weights that cancel have a small result and large partial sums."""
    weights = np.array([[127, -127] * 32], dtype=np.float32)
    g = GraphBuilder((1, 64, 1, 1))
    x = g.node("Flatten", g.quant("images", exponent=0, signed=0), axis=1)
    output = g.node("Gemm", x, g.constant(weights), transB=1, layer="fc")
    model = load_model(g.save(tmp_path, output))
    assert model.budget["fc"] == (64 * 127 * 255).bit_length()


def test_a_power_of_two_changes_the_exponent_only(tmp_path: Path) -> None:
    g = GraphBuilder()
    accumulator = g.conv(g.sign(g.quant("images")), signs(0, 4, 4, 3, 3), pad=1)
    powers = np.array([0.25, 2.0, 1.0, 2.0**-7]).reshape(1, 4, 1, 1)
    scaled = g.scale(accumulator, powers)
    model = load_model(g.save(tmp_path, g.quant(scaled)))
    before, after = model.facts[accumulator], model.facts[scaled]
    assert np.array_equal(before.lo, after.lo)
    assert (after.exponents - before.exponents).tolist() == [2, -1, 0, 7]


def test_weights_of_equal_scale_share_an_exponent(tmp_path: Path) -> None:
    weights = integers(3, 4, 4, 3, 3, lo=-127, hi=127, exponent=7)
    weights[0] = np.round(weights[0] * 16) / 16
    scaled = weights * np.array([1, 8, 1, 1], dtype=np.float32).reshape(4, 1, 1, 1)
    for values, exponents in ((weights, (7,)), (scaled, (4, 4, 7, 7))):
        g = GraphBuilder()
        model = load_model(g.save(tmp_path, g.quant(g.conv(g.quant("images"), values, pad=1))))
        product = next(operation for operation in model.operations if isinstance(operation, Product))
        assert product.weight_exponents == exponents
        column = np.broadcast_to(np.array(exponents), (4,)).reshape(4, 1, 1, 1)
        assert np.array_equal(np.ldexp(product.weights.astype(float), -column), values.transpose(0, 2, 3, 1))


def test_head_and_tail_stay_on_the_host(tmp_path: Path) -> None:
    g = GraphBuilder()
    mean, std = np.array([0.1, 0.2, 0.3, 0.4]).reshape(1, 4, 1, 1), np.float32(0.25)
    x = g.quant(g.node("Div", g.node("Sub", "images", g.constant(mean)), g.constant(std)))
    vector = g.sum(x, keepdims=0)
    logits = g.node("Gemm", vector, g.constant(integers(0, 3, 4)), transB=1)
    model = load_model(g.save(tmp_path, g.node("Softmax", logits, axis=1)))
    kinds = [kind for kind, _ in model.host_operators]
    assert kinds == ["subtract", "divide"]
    assert np.array_equal(np.float32(model.host_operators[0][1]), mean.reshape(-1).astype(np.float32))
    assert model.tail == ("Softmax",)
    assert model.output == logits
    assert model.vector
