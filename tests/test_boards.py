"""Boards: the shipped files load, the data sheets' figures stand, and mistakes are named."""

from pathlib import Path

import pytest

from r2b_hw.boards import known_boards, load_board
from r2b_hw.errors import InputError
from r2b_hw.resources import boards_directory

# LUT, FF, RAMB36, URAM, DSP as printed in DS190, DS891 and DS987.
DATA_SHEETS = {
    "pynq-z2": (53_200, 106_400, 140, 0, 220),
    "zcu104": (230_400, 460_800, 312, 96, 1_728),
    "zcu102": (274_080, 548_160, 912, 0, 2_520),
    "kv260": (117_120, 234_240, 144, 64, 1_248),
    "ultra96-v2": (70_560, 141_120, 216, 0, 360),
}


def test_every_shipped_board_has_its_data_sheets_figures() -> None:
    assert set(known_boards()) == set(DATA_SHEETS)
    for name, expected in DATA_SHEETS.items():
        board = load_board(name)
        device = board.resources
        assert (device.lut, device.ff, device.bram36, device.uram, device.dsp) == expected
        assert board.name == name
        assert any(source.startswith("DS") for source in board.sources)
        assert board.interface.length_register_bits > 14


def test_an_unknown_board_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match="did you mean 'pynq-z2'") as caught:
        load_board("pynq-z1")
    assert all(name in str(caught.value) for name in DATA_SHEETS)


def test_all_mistakes_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    text = (boards_directory() / "pynq-z2.toml").read_text()
    text = text.replace("lut = 53200", 'lut = "many"').replace("clock_mhz", "clock_mzh").replace("dsp =", "dps =")
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load_board(file)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(str(file)) for line in lines)
    assert any("resources.lut" in line and "many" in line for line in lines)
    assert any("'clock_mzh' is not a known key, did you mean 'clock_mhz'?" in line for line in lines)
    assert any("'resources.dps' is not a known key, did you mean 'dsp'?" in line for line in lines)
    assert any("resources.dsp" in line and "required" in line for line in lines)


def test_a_board_file_of_ones_own_loads(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text((boards_directory() / "kv260.toml").read_text())
    assert load_board(file).name == "mine"
