"""Goals that no plan can reach are bad input, told at once."""

import re

import pytest

from r2b_hw.boards import Board, load_board
from r2b_hw.errors import DoesNotFitError, InputError
from r2b_hw.planning import check_rate, cycles_a_frame, plan
from r2b_hw.planning.budget import amount, available
from tests.planning.hand_built import residual_network

NETWORK = residual_network(blocks=((16, 2),))
BOARD = load_board("pynq-z2")


def without(resource: str, interface: float = 0.0) -> Board:
    resources = BOARD.resources.model_copy(update={resource: 0})
    way = BOARD.interface.model_copy(update={"bram36": interface})
    return BOARD.model_copy(update={"resources": resources, "interface": way})


def test_more_than_a_frame_a_clock() -> None:
    """A frame is 64 words, one a clock: at 100 MHz 1,562,500 frames a second."""
    with pytest.raises(InputError, match=r"^--target-fps: 100,100,000 .* at 100 MHz; .* 64 words, .* at most 1562500$"):
        plan(NETWORK, BOARD, target_fps=1.001e8)
    with pytest.raises(InputError, match=r"at most 781250$"):
        plan(NETWORK, BOARD, target_fps=1e8, clock_mhz=50)
    with pytest.raises(DoesNotFitError, match=r"needs \d+ at any size"):
        plan(NETWORK, BOARD, target_fps=1e8)
    check_rate(None, 100.0, 64)


@pytest.mark.parametrize("cycles", [1, 3, 7, 6386, 123_457])
@pytest.mark.parametrize("clock", [100.0, 150.0, 187.5])
def test_a_rate_of_whole_cycles_comes_back(cycles: int, clock: float) -> None:
    assert cycles_a_frame(clock * 1e6 / cycles, clock) == cycles
    assert cycles_a_frame(clock * 1e6 / (cycles + 0.5), clock) == cycles


@pytest.mark.parametrize(
    ("board", "said"),
    [
        (without("dsp"), r"has no DSP \(dsp = 0\), and stem.conv, "),
        (without("bram36", 2.0), r"has no block RAM \(bram36 = 0\), and the way to memory \(axi-dma\)"),
    ],
)
def test_a_board_without_a_resource_that_units_need(board: Board, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        plan(NETWORK, board, target_fps=1000)
    assert "\n" not in str(caught.value)


def test_the_units_named_are_those_that_have_no_other_way() -> None:
    with pytest.raises(InputError) as caught:
        plan(NETWORK, without("dsp"), target_fps=1000)
    named = re.findall(r"[\w.]+(?=,| and 2)", str(caught.value).split("), and ")[1])
    assert named
    assert all(NETWORK.unit_by_name[name].cost().dsp > 0 for name in named)


def test_a_board_without_a_resource_that_nothing_needs() -> None:
    ungated = residual_network(blocks=((16, 2),), gated=False)
    made = plan(ungated, without("bram36"), target_fps=1000)
    assert made.total.bram36 == 0


@pytest.mark.parametrize("percent", [0.5, 37.5, 80.0, 100.0])
def test_a_budget_replaces_the_share_kept_free(percent: float) -> None:
    board = BOARD.with_budget(percent)
    for name in ("lut", "ff", "bram36", "uram", "dsp"):
        assert amount(available(board), name) == pytest.approx(getattr(BOARD.resources, name) * percent / 100)
    assert BOARD.with_budget(None) is BOARD
    assert BOARD.with_budget(80.0) == BOARD


@pytest.mark.parametrize("percent", [0.0, -5.0, 100.5, float("nan"), float("inf")])
def test_a_budget_that_makes_no_sense(percent: float) -> None:
    with pytest.raises(InputError, match="--budget: expected the percentage of the device"):
        BOARD.with_budget(percent)


def test_a_design_keeps_its_budget() -> None:
    made = plan(NETWORK, BOARD.with_budget(14.0))
    assert made.total.lut <= 0.14 * BOARD.resources.lut
    assert made.interval > plan(NETWORK, BOARD).interval
