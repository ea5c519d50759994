"""Flows: strict, all errors at once, nearest key."""

from pathlib import Path

import pytest

from r2b_hw.errors import InputError
from r2b_hw.flow import Flow, load_flow
from r2b_hw.resources import flows_directory


def digits() -> str:
    return (flows_directory() / "digits.toml").read_text(encoding="utf-8")


def written(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_all_errors_at_once_with_the_nearest_key(tmp_path: Path) -> None:
    text = digits().replace("gate_ratio = 8", "gate_ration = 8").replace("batch_size = 64", 'batch_size = "64"')
    text = text.replace("{ channels = 96 }", "{ chanels = 96 }")
    with pytest.raises(InputError) as caught:
        load_flow(written(tmp_path, text))
    message = str(caught.value)
    assert "mine.toml: 'network.gate_ration' is not a known key, did you mean 'gate_ratio'?" in message
    assert "mine.toml: 'training.batch_size': Input should be a valid integer (got '64')" in message
    assert "'network.blocks.5.chanels' is not a known key, did you mean 'channels'?" in message
    assert "'network.blocks.5.channels': Field required" in message


def test_unknown_flow_lists_the_known_ones() -> None:
    with pytest.raises(
        InputError, match=r"no flow or .toml file 'digit', did you mean 'digits'\?; known flows: .*digits"
    ):
        load_flow("digit")


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"mine\.toml: cannot be read as TOML"):
        load_flow(written(tmp_path, "[network"))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("input_maximum = 2.0", "input_maximum = 3.0", "input_maximum must be a power of two"),
        ("input_height = 8", "input_height = 7", "blocks.2: stride 2 needs an even map, this one is 7x8"),
        (
            "slope_bits = 4",
            'scale = "channel-row-column"\npixel_scale_bits = 12',
            "blocks.5: scale x gate x slope, with the skip, needs 43 bits",
        ),
        ("slope_bits = 4", 'skip = "block"', "a PReLU cannot follow the addition"),
        ("slope_bits = 4", 'architecture = "real-to-bi"', "no architecture 'real-to-bi', did you mean 'real-to-bin'"),
        ("slope_bits = 4", 'architecture = "resnet18"', "'resnet18' is a real network"),
    ],
)
def test_networks_that_cannot_be_exact_are_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        load_flow(written(tmp_path, digits().replace(old, new)))


def test_the_fingerprint_follows_what_determines_training_only(tmp_path: Path) -> None:
    flow = load_flow("digits")
    renamed = load_flow(
        written(tmp_path, "# a comment\n" + digits().replace("target_fps = 15000.0", "target_fps = 1000.0"))
    )
    changed = load_flow(written(tmp_path, digits().replace("slope_bits = 4", "slope_bits = 3")))
    assert renamed.build.target_fps == 1000.0
    assert renamed.fingerprint() == flow.fingerprint() != changed.fingerprint()
    assert Flow.from_json(flow.to_json()) == flow
