"""Which memory holds what: relief of what overflows, UltraRAM for deep FIFOs, wide words in it."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

import numpy as np
import pytest

from r2b_hw.boards import Board, load_board
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Memory
from r2b_hw.planning import plan
from r2b_hw.planning.budget import exceeded, weighted_share, worst_share
from r2b_hw.planning.costs import stream_costs, unit_costs
from r2b_hw.planning.memories import in_best_memories
from r2b_hw.simulation import simulate, simulate_timing
from r2b_hw.units.memory import constant_parts, fifo_cost, ultra_rams
from tests.planning.hand_built import GATE, residual_network

ULTRA = load_board("zcu104")


def with_resources(board: Board, **amounts: int) -> Board:
    return board.model_copy(update={"resources": board.resources.model_copy(update=amounts)})


def test_ultra_ram_is_4096_words_of_72_bits() -> None:
    assert ultra_rams(72, 4096) == 1
    assert ultra_rams(8, 65_536) == 16
    assert ultra_rams(73, 4097) == 4
    assert fifo_cost(64, 8192, Memory.URAM).uram == 2
    assert fifo_cost(64, 8192, Memory.URAM).bram36 == 0


def test_a_lut_holds_64_bits_of_constants() -> None:
    rom = constant_parts(9, 512, in_luts=True)
    assert (rom.lut["rom"], rom.exact.bram36) == (9 * 8, 0)
    assert constant_parts(9, 4096, in_luts=True).lut["rom"] > 9 * 64
    assert constant_parts(9, 64) == constant_parts(9, 64, in_luts=True)
    assert constant_parts(36, 4096).exact.bram36 == 4


def deep_streams(count: int, memory: Memory) -> HardwareGraph:
    graph = residual_network(stem=64, blocks=((64, 1),))
    return graph.with_streams(replace(stream, depth=2000, memory=memory) for stream in graph.streams[:count])


def total(graph: HardwareGraph) -> Cost:
    return reduce(Cost.__add__, [*unit_costs(graph).values(), *stream_costs(graph).values()], Cost())


def every_choice(graph: HardwareGraph, kinds: tuple[Memory, ...]) -> Iterator[HardwareGraph]:
    """Every way to place constants and deep FIFOs."""
    deep = [stream for stream in graph.streams if stream.depth > 64]
    movable = [unit for unit in graph.units if unit.with_constants(in_luts=True).cost().bram36 < unit.cost().bram36]
    for memories in itertools.product(kinds, repeat=len(deep)):
        for luts in itertools.product((False, True), repeat=len(movable)):
            placed = graph.with_streams(
                replace(stream, memory=memory) for stream, memory in zip(deep, memories, strict=True)
            )
            yield placed.with_units(
                unit.with_constants(in_luts=chosen) for unit, chosen in zip(movable, luts, strict=True)
            )


@pytest.mark.parametrize(("bram36", "uram"), [(100, 0), (7, 0), (7, 20), (4, 2)])
def test_memories_are_the_best_of_all(bram36: int, uram: int) -> None:
    graph = deep_streams(3, Memory.BRAM)
    available = Cost(lut=60_000, ff=100_000, bram36=bram36, uram=uram, dsp=500)
    kinds = (Memory.LUTRAM, Memory.BRAM, Memory.URAM) if uram else (Memory.LUTRAM, Memory.BRAM)
    shares = [
        weighted_share(total(placed), available)
        for placed in every_choice(graph, kinds)
        if not exceeded(total(placed), available)
    ]
    best = in_best_memories(graph, Cost(), available)
    assert not exceeded(total(best), available)
    # The solver works on a grid of tenths of a LUT.
    assert weighted_share(total(best), available) == pytest.approx(min(shares), abs=1e-4)
    assert {unit.name for unit in best.units} == {unit.name for unit in graph.units}


def test_where_nothing_fits_the_least_excess_is_kept() -> None:
    graph = deep_streams(3, Memory.LUTRAM)
    available = Cost(lut=3_000, ff=100_000, bram36=4, dsp=500)
    best = in_best_memories(graph, Cost(), available)
    least = min(worst_share(total(placed), available) for placed in every_choice(graph, (Memory.LUTRAM, Memory.BRAM)))
    assert 1 < worst_share(total(best), available) <= least * 1.02


def test_weights_move_to_luts_where_block_ram_overflows_and_nothing_else_changes() -> None:
    network = residual_network(stem=64, blocks=((64, 1),))
    folds = {"blocks.0.gate.fc1": (1, 1), "blocks.0.gate.fc2": (1, 1), "blocks.0.conv": (8, 1), "classifier": (1, 1)}
    roomy = plan(network, ULTRA, target_fps=500, parallelism=folds)
    short = plan(network, with_resources(ULTRA, bram36=5), target_fps=500, parallelism=folds)
    assert roomy.total.bram36 > 4 >= short.total.bram36
    assert any(getattr(unit, "weights_in_luts", False) for unit in short.graph.units)
    assert simulate_timing(short.graph).interval == short.interval


def test_a_deep_narrow_fifo_gets_wide_words_in_ultra_ram() -> None:
    network = residual_network(shape=(32, 32, 1), stem=32, blocks=((32, 1),))
    board = with_resources(ULTRA, bram36=40, lut=40_000)
    made = plan(network, board, target_fps=300)
    ultra = [stream for stream in made.graph.streams if stream.memory is Memory.URAM]
    assert all(stream.name in made.waiting_streams for stream in ultra)
    (frame,) = (stream for stream in ultra if stream.depth > 2000)
    assert made.graph.port_of(frame).word_bits == 64
    assert frame.depth * 64 >= 32 * 32 * 32 * 8
    assert made.total.uram == sum(made.stream_costs[stream.name].uram for stream in made.graph.streams)
    frames = np.random.default_rng(3).integers(GATE.lo, GATE.hi + 1, (2, 32, 32, 1))
    expected = network.evaluate(frames)[network.output_stream.name]
    np.testing.assert_array_equal(simulate(made.graph, frames).outputs, expected)
