"""Folding files: what is written comes back as the same plan, and every mistake is named with its remedy."""

from pathlib import Path

import pytest

from r2b_hw.boards import load_board
from r2b_hw.errors import InputError
from r2b_hw.planning import Plan, folding_text, plan, read_folding, resolve_folding
from r2b_hw.planning.folding import parallelism_of, unit_folds
from r2b_hw.planning.folding_file import folding_of
from r2b_hw.storage import save_graph
from tests.planning.hand_built import residual_network

NETWORK = residual_network(blocks=((16, 2),))
BOARD = load_board("pynq-z2")


def resolved(folder: Path, text: str, interval: int | None = None) -> dict[str, tuple[int, ...]]:
    file = folder / "mine.toml"
    file.write_text(text)
    return dict(resolve_folding(read_folding(file), file, NETWORK, interval))


def problems(folder: Path, text: str, interval: int | None = None) -> list[str]:
    """The lines of the refusal, without the file's name, which each of them begins with."""
    with pytest.raises(InputError) as caught:
        resolved(folder, text, interval)
    assert caught.value.exit_code == 2
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{folder / 'mine.toml'}: ") for line in lines)
    return [line.removeprefix(f"{folder / 'mine.toml'}: ") for line in lines]


def stored(made: Plan, folder: Path) -> tuple[bytes, object, object]:
    save_graph(made.graph, folder)
    return (folder / "graph.json").read_bytes(), made.total, made.simulation.latencies


@pytest.mark.parametrize("fps", [20_000, 400_000, None])
def test_a_plans_folding_makes_the_same_plan(tmp_path: Path, fps: float | None) -> None:
    made = plan(NETWORK, BOARD, target_fps=fps)
    chosen = resolved(tmp_path, folding_text(NETWORK, made.graph, "two\nlines"), made.interval_target)
    assert chosen == {unit.name: parallelism_of(made.graph.unit_by_name[unit.name]) for unit in NETWORK.units}
    again = plan(NETWORK, BOARD, target_fps=fps, parallelism=chosen)
    assert stored(again, tmp_path / "again") == stored(made, tmp_path / "made")


def test_every_folding_of_every_unit_can_be_written(tmp_path: Path) -> None:
    for unit in NETWORK.units:
        for fold in unit_folds(unit):
            text = f'[units]\n"{unit.name}" = {folding_of(fold).text()}\n'
            assert resolved(tmp_path, text) == {unit.name: parallelism_of(fold)}


def test_some_units_leave_the_others_to_the_planner(tmp_path: Path) -> None:
    chosen = resolved(tmp_path, '[units]\n"blocks.0.conv" = { simd = 16, pe = 4 }\n')
    made = plan(NETWORK, BOARD, target_fps=20_000, parallelism=chosen)
    assert parallelism_of(made.graph.unit_by_name["blocks.0.conv"]) == (16, 4)
    assert parallelism_of(made.graph.unit_by_name["blocks.0.window"]) == (16, 16)
    assert made.graph.unit_by_name["blocks.0.out"].inputs[0].channels_per_word < 16


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    lines = problems(
        tmp_path,
        """
        [units]
        "blocks.0.cnov" = { simd = 4, pe = 2 }
        "blocks.0.conv" = { simd = 5, pe = 32 }
        "blocks.0.downsample" = { channels = 4 }
        "blocks.0.out" = { simd = 2, pe = 2 }
        "blocks.0.sign" = { channels = 12 }
        "stem.conv" = { simd = 1, pe = 2, pixels = 2 }
        """,
    )
    assert lines == [
        "there is no unit 'blocks.0.cnov', did you mean 'blocks.0.conv'?",
        "unit blocks.0.conv: simd = 5 does not divide its 16 input channels; nearest: 4 and 8",
        "unit blocks.0.conv: pe = 32 does not divide its 16 output channels; nearest: 16",
        "unit blocks.0.downsample: is an integer mvu: give simd and pe, and nothing else",
        "unit blocks.0.out: is a rescale: give channels, and nothing else",
        "unit blocks.0.sign: channels = 12 does not divide its 16 channels; nearest: 8 and 16",
        "unit stem.conv: is an integer mvu, which has one pixel at a time: give simd and pe",
    ]


@pytest.mark.parametrize(
    ("pixels", "said"),
    [
        (3, "pixels = 3 does not divide the 16 pixels of a frame; nearest: 2 and 4"),
        (8, "pixels = 8 is more than simd = 4 and pe = 4 can make use of; nearest: 4"),
    ],
)
def test_pixels(tmp_path: Path, pixels: int, said: str) -> None:
    text = f'[units]\n"blocks.0.conv" = {{ simd = 4, pe = 4, pixels = {pixels} }}\n'
    assert problems(tmp_path, text) == [f"unit blocks.0.conv: {said}"]


def test_pixels_are_kept(tmp_path: Path) -> None:
    text = '[units]\n"blocks.0.conv" = { simd = 4, pe = 4, pixels = 2 }\n'
    assert resolved(tmp_path, text) == {"blocks.0.conv": (4, 4, 2)}
    assert resolved(tmp_path, text.replace("2 }", "1 }")) == {"blocks.0.conv": (4, 4)}


def test_windows_and_their_products_must_agree(tmp_path: Path) -> None:
    text = '[units]\n"blocks.0.window" = { channels = 4 }\n"blocks.0.conv" = { simd = 8, pe = 2 }\n'
    (line,) = problems(tmp_path, text)
    assert line.startswith("units blocks.0.window and blocks.0.conv: words of 4 and 8 channels")


def test_a_unit_too_slow_for_the_goal(tmp_path: Path) -> None:
    """16 pixels of 16 x 16 products one at a time."""
    text = '[units]\n"blocks.0.conv" = { simd = 1, pe = 1 }\n'
    (line,) = problems(tmp_path, text, 4_095)
    assert line.startswith("unit blocks.0.conv: takes 4,096 cycles a frame so folded, and --target-fps leaves 4,095")
    assert resolved(tmp_path, text, 4_096) == {"blocks.0.conv": (1, 1)}


def test_words_too_wide(tmp_path: Path) -> None:
    """3x3 windows of 512 bits, with a valid bit a tap, are 4,617 bits."""
    wide = residual_network(stem=512, blocks=((16, 2),), gated=False)
    file = tmp_path / "wide.toml"
    file.write_text('[units]\n"blocks.0.conv" = { simd = 512, pe = 1 }\n"blocks.0.window" = { channels = 512 }\n')
    with pytest.raises(InputError) as caught:
        resolve_folding(read_folding(file), file, wide)
    assert str(caught.value).splitlines() == [
        f"{file}: unit blocks.0.conv: simd = 512 makes words of 4617 bits, at most 4096; nearest: 256",
        f"{file}: unit blocks.0.window: channels = 512 makes words that are too wide; nearest: 256",
    ]


def test_the_schema_is_strict(tmp_path: Path) -> None:
    lines = problems(tmp_path, '[units]\n"blocks.0.conv" = { simd = 4, pee = 2 }\n"mean" = { channels = 0 }\n')
    assert lines[0] == "'units.blocks.0.conv.pee' is not a known key, did you mean 'pe'?"
    assert lines[1].startswith("'units.mean.channels': Input should be greater than 0")
    assert "'unit' is not a known key, did you mean 'units'?" in problems(tmp_path, "[unit]\n")
    with pytest.raises(InputError, match=r"nowhere.toml: not found"):
        read_folding(tmp_path / "nowhere.toml")
