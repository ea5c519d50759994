"""Calls in parallel: every result, errors as they are, and what can go wrong on the way in one line."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from r2b_hw.errors import DoesNotFitError, InputError, ToolError
from r2b_hw.tools.parallel import call_each


def scaled(shared: np.ndarray, argument: int) -> tuple[int, float, int]:
    return argument, float(shared.sum()) * argument, os.getpid()


def fails(shared: Path, argument: int) -> int:
    if argument == 1:
        raise DoesNotFitError("too small")
    return argument


def killed(shared: Path, argument: int) -> int:
    if argument == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.2)
    return argument


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_result(jobs: int) -> None:
    """The shared array is large enough to be mapped, not copied, into the processes."""
    shared = np.ones(400_000)
    results = list(call_each(scaled, shared, range(6), jobs=jobs))
    assert sorted(result[:2] for result in results) == [(number, 4e5 * number) for number in range(6)]
    processes = {result[2] for result in results}
    assert (os.getpid() in processes) == (jobs == 1)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_comes_through(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(DoesNotFitError, match="too small"):
        list(call_each(fails, tmp_path, range(4), jobs=jobs))


def test_a_killed_process(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="a worker process was killed"):
        list(call_each(killed, tmp_path, range(4), jobs=2))
    assert list(call_each(fails, tmp_path, [3, 2], jobs=2))


def test_options(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--jobs and --cluster"):
        call_each(fails, tmp_path, [2], jobs=2, cluster="tcp://127.0.0.1:1")
    with pytest.raises(InputError, match="--jobs: expected one or more, got 0"):
        call_each(fails, tmp_path, [2], jobs=0)
    assert list(call_each(fails, tmp_path, [], jobs=4)) == []
    assert list(call_each(fails, tmp_path, [], cluster="tcp://127.0.0.1:1")) == []


def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("r2b_hw.tools.parallel._CONNECT_SECONDS", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ToolError, match=f"no Dask scheduler answers at {address}"):
        list(call_each(fails, tmp_path, [2, 3], cluster=address))
    with pytest.raises(InputError, match="nonsense://x is no address of a Dask scheduler"):
        list(call_each(fails, tmp_path, [2, 3], cluster="nonsense://x"))


def test_dask_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ToolError, match=r"pip install 'r2b-hw\[cluster\]'"):
        list(call_each(fails, tmp_path, [2, 3], cluster="tcp://127.0.0.1:1"))
