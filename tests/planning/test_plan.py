"""Plans: fitted, refused, and changed as their schedules predict."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from r2b_hw.boards import load_board
from r2b_hw.errors import DoesNotFitError, InputError
from r2b_hw.graph.cost import Cost
from r2b_hw.planning import plan, planner
from r2b_hw.planning.budget import RESOURCES, amount, weighted_share
from r2b_hw.planning.exact import select
from r2b_hw.planning.fifos import Outgrown, Sized
from r2b_hw.planning.space import FoldSpace
from r2b_hw.planning.width import conversion_steps
from r2b_hw.simulation import simulate_timing
from tests.planning.hand_built import GATE, residual_network

NETWORK = residual_network(blocks=((16, 2),))
STRAIGHT = residual_network(blocks=((16, 1),))
BOARD = load_board("pynq-z2")


def test_a_plan_keeps_its_target_fits_and_computes_the_same() -> None:
    made = plan(NETWORK, BOARD, target_fps=20_000)
    assert made.interval_target == 5_000
    assert made.interval <= 5_000
    assert all(unit.interval <= 5_000 for unit in made.graph.units)
    assert all(amount(made.total, name) <= amount(made.available, name) for name in RESOURCES)
    for stream in made.graph.streams:
        assert made.graph.port_of(stream).word_bits <= 4096
    frames = np.random.default_rng(1).integers(GATE.lo, GATE.hi + 1, (3, 8, 8, 1))
    before, after = NETWORK.evaluate(frames), made.graph.evaluate(frames)
    for name in before:
        np.testing.assert_array_equal(before[name], after[name])
    assert simulate_timing(made.graph).interval == made.interval


def test_nothing_is_free() -> None:
    made = plan(NETWORK, BOARD, target_fps=20_000)
    assert set(made.unit_costs) == set(made.graph.unit_by_name)
    assert set(made.stream_costs) == set(made.graph.stream_by_name)
    for cost in (*made.unit_costs.values(), *made.stream_costs.values(), made.interface):
        assert cost.lut + cost.ff + cost.bram36 + cost.dsp > 0
    parts = sum((*made.unit_costs.values(), *made.stream_costs.values()), made.interface)
    for name in RESOURCES:
        assert amount(parts, name) == pytest.approx(amount(made.total, name))


def test_without_a_target_the_next_faster_folding_does_not_fit() -> None:
    small = BOARD.model_copy(update={"resources": BOARD.resources.model_copy(update={"lut": 7_000})})
    made = plan(NETWORK, small)
    assert amount(made.total, "lut") <= 5_600
    with pytest.raises(DoesNotFitError, match=r"needs [\d,]+ LUT and 5,600 are available"):
        plan(NETWORK, small, target_fps=2 * made.fps)


def test_a_refusal_names_resource_excess_contributors_and_ways_out_that_work() -> None:
    tight = BOARD.model_copy(update={"resources": BOARD.resources.model_copy(update={"dsp": 60})})
    with pytest.raises(DoesNotFitError) as caught:
        plan(NETWORK, tight, target_fps=500_000)
    assert caught.value.exit_code == 3
    first, most, *ways = str(caught.value).splitlines()
    assert "DSP and 48 are available" in first
    assert re.search(r"\d+% too many", first)
    assert re.fullmatch(r"  most of it: \S+ \d+(, \S+ \d+){2} DSP", most)
    assert len(ways) >= 3
    fps = float(ways[0].split()[1])
    assert plan(NETWORK, tight, target_fps=fps - 1).total.dsp <= 48
    name = re.match(r"  - board (\S+) at", ways[2])
    assert name is not None
    assert (
        plan(NETWORK, load_board(name[1]), target_fps=500_000).interval * 500_000 <= 1e6 * load_board(name[1]).clock_mhz
    )


def test_the_reachable_rate_is_the_next_that_fits() -> None:
    """No interval between the refused target and the one named fits."""
    tight = BOARD.model_copy(update={"resources": BOARD.resources.model_copy(update={"dsp": 60})})
    made = plan(NETWORK, tight)
    assert made.interval_bound == made.interval_target == made.interval
    with pytest.raises(DoesNotFitError, match=rf"\({made.interval_target} cycles a frame\) would fit"):
        plan(NETWORK, tight, target_fps=100e6 / (made.interval_target - 1))


def test_a_rate_no_folding_reaches_names_the_unit() -> None:
    with pytest.raises(DoesNotFitError, match=r"unit \S*window needs 72"):
        plan(NETWORK, BOARD, target_fps=2_000_000)


def test_a_network_too_large_at_its_slowest_is_refused() -> None:
    tiny = BOARD.model_copy(update={"resources": BOARD.resources.model_copy(update={"lut": 4_000})})
    with pytest.raises(DoesNotFitError, match=r"LUT too many|needs [\d,]+ LUT .*\n(.*\n)*  - no slower design fits"):
        plan(NETWORK, tiny)


def test_doubling_pe_halves_a_convolutions_cycles() -> None:
    for pe in (2, 4):
        # 64 pixels, 16 / PE neuron folds, 16 / SIMD synapse folds; every other unit is asked to follow.
        cycles = 64 * (16 // pe) * (16 // 2)
        made = plan(STRAIGHT, BOARD, target_fps=100e6 / cycles, parallelism={"blocks.0.conv": (2, pe)})
        assert made.graph.unit_by_name["blocks.0.conv"].interval == cycles
        assert made.interval == cycles


def test_overrides_and_rates_are_checked() -> None:
    with pytest.raises(InputError, match="does not divide"):
        plan(NETWORK, BOARD, parallelism={"blocks.0.conv": (3, 1)})
    with pytest.raises(InputError, match="no unit nothing"):
        plan(NETWORK, BOARD, parallelism={"nothing": (1, 1)})
    with pytest.raises(InputError, match="--target-fps"):
        plan(NETWORK, BOARD, target_fps=0)


def test_widths_meet_in_the_divisor_or_the_multiple() -> None:
    port = replace(NETWORK.unit_by_name["blocks.0.sign"].inputs[0], shape=(8, 8, 12))
    assert conversion_steps(port, 4, 12, 1000) == (4, 12)
    assert conversion_steps(port, 4, 6, 1000) == (4, 2, 6)
    assert conversion_steps(port, 4, 6, 8 * 8 * 6 - 1) == (4, 12, 6)


def deep_fifos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let FIFO sizing ask for more LUTs than any board here has, as bursts may."""
    sized = planner.size_fifos

    def deeper(*arguments: Any) -> Sized:
        made = sized(*arguments)
        assert isinstance(made, Sized)
        graph = made.graph.with_streams(replace(stream, depth=60_000) for stream in made.graph.streams)
        return replace(made, graph=graph)

    monkeypatch.setattr(planner, "size_fifos", deeper)


@pytest.mark.parametrize("fps", [None, 20_000])
def test_foldings_that_fit_with_fifos_that_do_not_are_refused(
    monkeypatch: pytest.MonkeyPatch, fps: float | None
) -> None:
    deep_fifos(monkeypatch)
    with pytest.raises(DoesNotFitError, match=r"the design needs [\d,]+ \w+ and [\d,]+ are available"):
        plan(NETWORK, BOARD, target_fps=fps)


def test_the_fastest_whose_fifos_fit_is_found_between_the_targets_of_foldings(monkeypatch: pytest.MonkeyPatch) -> None:
    sized, limit = planner.size_fifos, 1_234

    def deeper(stores: Any, target: int, *others: Any) -> Any:
        made = sized(stores, target, *others)
        if target >= limit:
            return made
        return Outgrown(made.graph.with_streams(replace(stream, depth=60_000) for stream in made.graph.streams))

    search = planner.Search(NETWORK, FoldSpace(NETWORK, {}), BOARD)
    assert search.space.fastest() < limit
    assert limit not in search.space.intervals()
    monkeypatch.setattr(planner, "size_fifos", deeper)
    made = search.fastest()
    assert made is not None
    assert limit <= made.target <= 1.02 * limit
    assert made.interval_bound < limit


def test_what_is_set_aside_for_fifos_does_not_shrink_the_gap() -> None:
    """The gap is against every folding that fits, also where the choice was narrowed beforehand."""
    search = planner.Search(NETWORK, FoldSpace(NETWORK, {}), BOARD)
    set_aside = search.budget + Cost(lut=9_000, ff=20_000, bram36=4, dsp=20) * -1
    free, narrowed = search.design(5_000), search.design(5_000, set_aside)
    assert isinstance(free, planner.Design)
    assert isinstance(narrowed, planner.Design)
    best, second = (select(search.problem(5_000, reserve).problem).selection for reserve in (Cost(), set_aside))
    assert best is not None
    assert second is not None
    share, least = (weighted_share(chosen.cost, search.budget) for chosen in (second, best))
    assert share > least
    assert free.gap == 0
    assert narrowed.gap == pytest.approx((share - least) / share, abs=1e-5)
