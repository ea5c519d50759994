"""A file appears whole or not at all, and damage is seen."""

# pyright: basic
import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from r2b_hw.errors import InputError
from r2b_hw.training.whole_file import load_state, remove_partial_files, save_state

CONTENT = {"weights": torch.arange(4000.0), "epochs": [1, 2], "score": (0.5, -1.0)}


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The system refuses to make any file longer than ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state.pt"
    save_state(CONTENT, path)
    loaded = load_state(path)
    assert torch.equal(loaded["weights"], CONTENT["weights"])
    assert loaded["epochs"] == [1, 2] and loaded["score"] == (0.5, -1.0)
    assert [file.name for file in path.parent.iterdir()] == ["state.pt"]


def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    save_state(CONTENT, path)
    whole = path.read_bytes()
    for length in (0, 3, 40, 71, 72, 73, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"state\.pt: is damaged or no stage file"):
            load_state(path)


def test_a_changed_byte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    save_state(CONTENT, path)
    whole = path.read_bytes()
    for place in (0, 10, 71, 72, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(InputError, match="is damaged"):
            load_state(path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(InputError, match="is damaged"):
        load_state(path)


def test_a_write_that_fails_halfway_leaves_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    save_state({"epoch": 1}, path)
    with largest_file(8000), pytest.raises(InputError, match=r"state\.pt: cannot be written \(File too large\)"):
        save_state(CONTENT, path)
    assert load_state(path) == {"epoch": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["state.pt"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_earlier_file(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.pt"
    save_state({"epoch": 1}, path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        if call == "fsync":
            patch.setattr(os, "fsync", full)
        else:
            patch.setattr(Path, "replace", full)
        with pytest.raises(InputError, match="No space left on device"):
            save_state({"epoch": 2}, path)
    assert load_state(path) == {"epoch": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["state.pt"]


def test_what_killed_writes_leave_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    save_state({"epoch": 1}, path)
    (tmp_path / "state.ptx7k2.partial").write_bytes(b"half")
    remove_partial_files(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["state.pt"]
