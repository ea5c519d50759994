"""Which memory holds what: relief of what overflows, UltraRAM for deep FIFOs, wide words in it."""

from dataclasses import replace

import numpy as np
import pytest

from r2b_hw.boards import Board, load_board
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.stream import Memory
from r2b_hw.planning import fifos, plan
from r2b_hw.planning.budget import Prices, available
from r2b_hw.planning.memories import fifo_moves, moved, relieve, weight_moves
from r2b_hw.planning.stores import find_stores
from r2b_hw.simulation import simulate, simulate_timing
from r2b_hw.units.memory import constant_parts, fifo_cost, ultra_rams
from tests.planning.hand_built import GATE, gated_map, residual_network

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


def test_relief_takes_the_cheapest_move_and_no_more_than_needed() -> None:
    graph = residual_network(stem=64, blocks=((64, 1),))
    streams = [replace(stream, depth=2000, memory=Memory.BRAM) for stream in graph.streams[:3]]
    graph = graph.with_streams(streams)
    moves = [*weight_moves(graph.units), *fifo_moves(graph)]
    total = Cost(lut=1000.0, bram36=50.0)
    taken, after = relieve(total, Cost(lut=1e6, ff=1e6, bram36=49.5, dsp=1.0, uram=0.0), moves)
    assert len(taken) == 1
    assert after.bram36 <= 49.5
    assert all(move.moved.memory is not Memory.URAM for move in taken if hasattr(move.moved, "memory"))
    relieved = moved(graph, taken)
    assert relieve(total, Cost(lut=1e6, ff=1e6, bram36=51.0), moves) == ((), total)
    assert {unit.name for unit in relieved.units} == {unit.name for unit in graph.units}


def test_relief_never_breaks_another_budget() -> None:
    graph = residual_network(stem=64, blocks=((64, 1),))
    moves = list(weight_moves(graph.units))
    assert moves
    budget = Cost(lut=1000.0, ff=1e6, bram36=1.0, dsp=1.0)
    taken, after = relieve(Cost(lut=1000.0, bram36=50.0), budget, moves)
    assert not taken
    assert after.lut == 1000.0


def test_a_move_makes_room_for_another() -> None:
    graph = residual_network(stem=64, blocks=((64, 1),))
    deep = replace(graph.streams[0], depth=3000, memory=Memory.LUTRAM)
    graph = graph.with_streams([deep])
    moves = [*weight_moves(graph.units), *fifo_moves(graph)]
    budget = Cost(lut=5000.0, ff=1e6, bram36=49.5, dsp=1.0, uram=10.0)
    taken, after = relieve(Cost(lut=4990.0, bram36=50.0), budget, moves)
    assert [getattr(move.moved, "memory", None) for move in taken] == [Memory.URAM, None]
    assert after.bram36 <= 49.5
    assert after.lut <= 5000
    without = Cost(lut=5000.0, ff=1e6, bram36=49.5, dsp=1.0)
    assert relieve(Cost(lut=4990.0, bram36=50.0), without, moves)[0] == ()


def test_weights_move_to_luts_where_block_ram_overflows_and_nothing_else_changes() -> None:
    network = residual_network(stem=64, blocks=((64, 1),))
    folds = {"blocks.0.gate.fc1": (1, 1), "blocks.0.gate.fc2": (1, 1), "blocks.0.conv": (8, 1), "classifier": (1, 1)}
    roomy = plan(network, ULTRA, target_fps=500, parallelism=folds)
    short = plan(network, with_resources(ULTRA, bram36=5), target_fps=500, parallelism=folds)
    assert roomy.total.bram36 > 4 >= short.total.bram36
    assert any(getattr(unit, "weights_in_luts", False) for unit in short.graph.units)
    assert not any(getattr(unit, "weights_in_luts", False) for unit in roomy.graph.units)
    assert simulate_timing(short.graph).interval == short.interval


def test_a_deep_narrow_fifo_gets_wide_words_in_ultra_ram() -> None:
    network = residual_network(shape=(32, 32, 1), stem=32, blocks=((32, 1),))
    board = with_resources(ULTRA, bram36=40, lut=40_000)
    made = plan(network, board, target_fps=300)
    ultra = [stream for stream in made.graph.streams if stream.memory is Memory.URAM]
    assert ultra
    for stream in ultra:
        port = made.graph.port_of(stream)
        assert stream.name in made.waiting_streams
        assert port.word_bits == 64
        assert stream.depth * port.word_bits >= 32 * 32 * 32 * 8
    assert made.total.uram == sum(made.stream_costs[stream.name].uram for stream in made.graph.streams)
    frames = np.random.default_rng(3).integers(GATE.lo, GATE.hi + 1, (2, 32, 32, 1))
    expected = network.evaluate(frames)[network.output_stream.name]
    np.testing.assert_array_equal(simulate(made.graph, frames).outputs, expected)


@pytest.mark.parametrize("target", [1_000, 5_000])
def test_least_depths_keep_the_interval(target: int) -> None:
    board = load_board("pynq-z2")
    network = residual_network(blocks=((16, 1), (16, 1)))
    thorough = plan(network, board, target_fps=100e6 / target)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fifos, "_THOROUGH_WORDS", 0)
        quick = plan(network, board, target_fps=100e6 / target)
    assert quick.interval <= target
    assert simulate_timing(quick.graph).interval == quick.interval
    assert quick.waiting_streams == thorough.waiting_streams
    floors = find_stores(thorough.graph, target, Prices.of_budget(available(board)).of).floors
    assert all(quick.graph.stream_by_name[name].depth >= depth for name, depth in floors.items())


def test_depths_beyond_the_least_are_found_where_those_are_too_slow() -> None:
    board = load_board("pynq-z2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fifos, "_THOROUGH_WORDS", 0)
        made = plan(gated_map(), board, target_fps=100e6 / 64)
    assert made.interval == 64
    assert made.graph.stream_by_name["out.x"].depth >= 88
