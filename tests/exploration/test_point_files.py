"""Points on disk: whole or not there, and only those of the very same question."""

from pathlib import Path

import pytest

from r2b_hw.errors import InputError
from r2b_hw.exploration.point_files import PointFiles
from tests.exploration.made_up import outcome

FINGERPRINT = "0123456789abcdef" * 4


@pytest.mark.parametrize("found", [outcome(), outcome(fps=None), outcome(interval=None)])
def test_round_trip(tmp_path: Path, found: object) -> None:
    files = PointFiles(tmp_path / "points")
    made = outcome() if found is None else found
    files.write(made, FINGERPRINT)  # pyright: ignore[reportArgumentType]
    assert files.read(made.goal, FINGERPRINT) == made  # pyright: ignore[reportAttributeAccessIssue]
    assert len(list((tmp_path / "points").iterdir())) == 1


def test_another_question_has_no_answer(tmp_path: Path) -> None:
    files = PointFiles(tmp_path)
    files.write(outcome(), FINGERPRINT)
    assert files.read(outcome().goal, "f" * 64) is None
    assert files.read(outcome(interval=1001).goal, FINGERPRINT) is None
    # The name holds a part of the fingerprint only.
    assert files.read(outcome().goal, FINGERPRINT[:12] + "f" * 52) is None


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"fingerprint": "x"}', b"\xff\xfe"])
def test_a_damaged_file_is_planned_again(tmp_path: Path, damage: bytes) -> None:
    files = PointFiles(tmp_path)
    files.write(outcome(), FINGERPRINT)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    assert files.read(outcome().goal, FINGERPRINT) is None
    files.write(outcome(), FINGERPRINT)
    assert files.read(outcome().goal, FINGERPRINT) == outcome()


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = PointFiles(tmp_path)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(InputError, match="No space left on device"):
            files.write(outcome(), FINGERPRINT)
    assert list(tmp_path.iterdir()) == []
    assert files.read(outcome().goal, FINGERPRINT) is None


def test_without_a_folder_nothing_is_kept() -> None:
    files = PointFiles(None)
    files.write(outcome(), FINGERPRINT)
    assert files.read(outcome().goal, FINGERPRINT) is None
