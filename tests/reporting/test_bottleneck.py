"""Why is it slow: sums against the schedules, the right limit by name and number, and changes that hold when made."""

from dataclasses import replace
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning.folding import Parallelism, parallelism_of
from r2b_hw.planning.width import fold_graph
from r2b_hw.reporting.bottleneck import find_bottleneck
from r2b_hw.reporting.bottleneck_schema import Bottleneck, Limit
from r2b_hw.reporting.headroom import Headroom
from r2b_hw.reporting.timeline import shares_of
from r2b_hw.simulation import simulate, simulate_timing
from tests.planning.hand_built import residual_network
from tests.reporting.small_graphs import WIDE, channelwise, meeting_words, two_units
from tests.simulation.gates import GATE_DELAY, gated_body
from tests.units.harness import chain


def look_into(graph: HardwareGraph, headroom: Headroom = WIDE, waiting: tuple[str, ...] = ()) -> Bottleneck:
    found = find_bottleneck(graph, simulate_timing(graph), waiting, headroom)
    assert found is not None
    return found


def check_sums(graph: HardwareGraph, found: Bottleneck) -> None:
    """A frame's cycles: every unit fires its longest nest once; waits add up; so do latency and circle."""
    timing = simulate_timing(graph)
    assert timing.interval is not None
    for unit in found.units:
        assert unit.busy + unit.starved + unit.blocked == pytest.approx(float(timing.interval))
        assert sum(wait.cycles for wait in unit.waits) == pytest.approx(unit.starved + unit.blocked)
        assert sum(wait.cycles for wait in unit.waits if wait.fifo and not wait.room) <= unit.starved + unit.blocked
        if unit.name in graph.unit_by_name:
            assert unit.busy == graph.unit_by_name[unit.name].interval
    assert [unit.name for unit in found.units] == ["input", *(unit.name for unit in graph.units), "output"]
    assert sum(share.cycles for share in found.latency) == timing.latency
    assert found.alone.cycles == timing.latency + 1
    assert (sum(step.cycles for step in found.circle) / timing.interval).denominator == 1
    for timeline in (found.alone, found.steady):
        assert timeline is not None
        for row in timeline.rows:
            shares = np.array(shares_of(row.busy))
            lengths = np.diff(np.arange(timeline.bins + 1) * timeline.cycles // timeline.bins)
            iterations = next(unit.busy for unit in found.units if unit.name == row.unit)
            # A share is rounded up to 35ths.
            assert iterations - 1e-9 <= shares @ lengths <= iterations + (shares > 0) @ lengths / 35 + 1e-9
            assert row.begin is not None
            assert row.end is not None
            assert 0 <= row.begin < row.end <= timeline.cycles
            assert row.end - row.begin >= iterations


def unit_costs(graph: HardwareGraph) -> Cost:
    return reduce(Cost.__add__, (unit.cost() for unit in graph.units))


def test_the_slower_of_two_units_is_named_with_its_cycles() -> None:
    graph = two_units(simd=4, pe=2, pixels=6)
    found = look_into(graph)
    check_sums(graph, found)
    # 6 pixels, 8 / 2 neuron folds, 16 / 4 synapse folds.
    assert (found.limit, found.unit, found.fifos) == (Limit.UNIT, "conv", ())
    assert found.headline == "conv sets the interval: 96 cycles a frame at SIMD 4, PE 2."
    sign, conv = found.units[1:3]
    assert (conv.busy, conv.starved, conv.blocked) == (96, 0, 0)
    assert (sign.busy, sign.starved, sign.blocked) == (24, 0, 72)
    assert [(wait.fifo, wait.unit, wait.room, wait.cycles) for wait in sign.waits] == [("s1", "conv", True, 72)]
    assert [(link.unit, link.fifo, link.room, link.waits_for) for link in found.chain] == [
        ("input", "s0", True, "sign"),
        ("sign", "s1", True, "conv"),
        ("output", "s2", False, "conv"),
    ]


def test_a_timeline_begins_and_ends_where_words_are_pushed() -> None:
    graph = two_units()
    found = look_into(graph)
    frames = np.zeros((1, *graph.port_of(graph.input_stream).shape), dtype=np.int64)
    pushed = simulate(graph, frames, capture=["s1", "s2"]).push_cycles
    first = int(simulate(graph, frames).input_cycles[0])
    sign, conv = found.alone.rows[1:3]
    assert sign.begin == pushed["s1"][0] - 1 - first
    assert sign.end == pushed["s1"][-1] - 1 + 1 - first
    assert conv.end == pushed["s2"][-1] - 4 + 1 - first


def test_steps_to_a_faster_design_hold_when_they_are_made() -> None:
    graph = two_units(simd=2, pe=1, pixels=6)
    found = look_into(graph)
    assert found.changes
    parallelism: dict[str, Parallelism] = {unit.name: parallelism_of(unit) for unit in graph.units}
    before = unit_costs(graph)
    for change in found.changes:
        for fold in change.folds:
            assert fold.before == parallelism[fold.unit]
            parallelism[fold.unit] = (fold.after[0], fold.after[1], *fold.after[2:])
        made = fold_graph(graph, parallelism, 10**6)
        for fold in change.folds:
            assert fold.cycles_after == made.unit_by_name[fold.unit].interval
        assert change.interval_cycles == max(unit.interval for unit in made.units)
        assert made.unit_by_name[change.limit].interval == change.interval_cycles
        assert change.fps == pytest.approx(100e6 / change.interval_cycles)
        after = unit_costs(made)
        assert change.lut == pytest.approx(after.lut - before.lut, abs=0.1)
        assert change.ff == pytest.approx(after.ff - before.ff, abs=0.1)
        assert change.bram36 == after.bram36 - before.bram36
        assert change.exceeds == ()
        before = after
    assert found.changes[0].interval_cycles < 6 * 8 * 8


def test_a_full_board_is_named_as_what_stands_in_the_way() -> None:
    headroom = Headroom(Cost(lut=999.0), Cost(1000.0, 1e6, 1e3, 1e3, 0.0), 100.0, 5000.0)
    found = look_into(two_units(simd=2, pe=1), headroom)
    assert found.changes[-1].exceeds == ("lut",)
    assert "The board stands in the way" in found.changes[-1].text
    assert "of 1,000 LUTs" in found.changes[-1].text
    assert any("asked for 5,000 frames a second" in sentence for sentence in found.changes_text)


def test_a_gate_beside_a_shallow_fifo_is_explained_by_the_formula() -> None:
    graph = gated_body(64, 72)
    found = look_into(graph, waiting=("s1",))
    check_sums(graph, found)
    assert (found.limit, found.fifos) == (Limit.FIFO, ("s1",))
    assert found.headline.startswith("FIFOs set the interval of 80 cycles")
    text = " ".join(found.text)
    assert "s1 (72 words; fork waits 16 cycles a frame for room)" in text
    assert f"max(0, F + D - d) = 80: F = 64 words a frame, D = {GATE_DELAY} cycles" in text
    assert "d = 72 words" in text
    # F + D words of room are enough.
    depth = found.changes[0].depths[0]
    assert (depth.fifo, depth.before, depth.after) == ("s1", 72, 64 + GATE_DELAY)
    assert found.changes[0].interval_cycles == 64
    assert "64 cycles a frame (simulated), 25% more frames a second" in found.changes[0].text


def test_frames_that_alternate_are_averaged() -> None:
    graph = gated_body(16, 32)
    found = look_into(graph)
    check_sums(graph, found)
    assert found.frames == 2
    assert found.fifos == ("s1",)


def test_input_that_comes_word_by_word_is_the_limit() -> None:
    graph = chain(channelwise("one", 4, 2, 10), channelwise("two", 4, 2, 10), depth=8)
    found = look_into(graph)
    check_sums(graph, found)
    assert (found.limit, found.unit) == (Limit.INPUT, None)
    assert "a frame has 20 words, and the host sends one a cycle" in found.headline
    assert any("holds 2 of 4 channels" in sentence for sentence in found.text)
    assert found.changes[0].interval_cycles == 10
    assert found.changes_text[0].startswith("Below 10 cycles a frame no fold of")


def test_words_that_meet_in_a_narrow_one_are_the_limit() -> None:
    graph = meeting_words(pixels=5)
    found = look_into(graph)
    check_sums(graph, found)
    assert found.limit is Limit.WIDTH_CONVERTER
    assert found.headline == "The width converter narrow sets the interval: it moves 30 words a frame, one a cycle."


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_fifo_below_its_words_in_flight_is_the_limit(depth: int) -> None:
    latency = 3
    graph = chain(channelwise("one", 4, 4, 12), channelwise("two", 4, 4, 12), depth=8)
    assert next(iter(graph.unit_by_name["one"].nests()[0].accesses[1:])).latency == latency
    graph = graph.with_streams([replace(graph.stream_by_name["s1"], depth=depth)])
    found = look_into(graph)
    check_sums(graph, found)
    # At most depth words in latency + 2 cycles.
    assert simulate_timing(graph).interval == Fraction(12 * (latency + 2), depth)
    assert (found.limit, found.fifos) == (Limit.FIFO, ("s1",))
    assert (found.changes[0].depths[0].after, found.changes[0].interval_cycles) == (latency + 2, 12)


@settings(max_examples=15, deadline=None)
@given(st.integers(4, 40), st.integers(0, 60))
def test_sums_hold_for_any_gate(frame: int, extra: int) -> None:
    graph = gated_body(frame, frame + extra)
    check_sums(graph, look_into(graph))


def test_sums_hold_with_windows_whose_loops_wait_for_each_other() -> None:
    graph = residual_network((6, 6, 1), 4, ((4, 1), (8, 2)))
    graph = graph.with_streams([replace(stream, depth=400) for stream in graph.streams])
    check_sums(graph, look_into(graph))


def test_where_the_state_does_not_repeat_nothing_is_claimed() -> None:
    graph = two_units()
    assert find_bottleneck(graph, simulate_timing(graph, 1), (), WIDE) is None
