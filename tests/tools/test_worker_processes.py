"""Jobs run once, after those they need, and failures come through."""

import os
import time
from pathlib import Path

import pytest

from r2b_hw.errors import InputError, ToolError
from r2b_hw.tools.worker_processes import Job, run_jobs

AFTER = {"a": set(), "b": {"a"}, "c": {"a"}, "d": {"b", "c"}, "e": set()}


def touch(path: Path) -> int:
    """Note when the job began and ended, by the clock all processes share."""
    began = time.monotonic()
    time.sleep(0.05)
    path.write_text(f"{began} {time.monotonic()}")
    return os.getpid()


def refuse(path: Path) -> int:
    raise InputError(f"{path.name}: is refused")


def die(path: Path) -> int:
    os._exit(9)


@pytest.mark.parametrize("processes", [1, 2])
def test_jobs_wait_for_those_they_need(tmp_path: Path, processes: int) -> None:
    jobs = {name: Job(tmp_path / name, frozenset(after)) for name, after in AFTER.items()}
    where: dict[str, int] = {}

    def finished(name: str, process: int) -> None:
        assert name not in where
        where[name] = process

    run_jobs(touch, jobs, processes=processes, finished=finished)
    assert set(where) == set(AFTER)
    assert (set(where.values()) == {os.getpid()}) == (processes == 1)
    times = {name: tuple(map(float, (tmp_path / name).read_text().split())) for name in AFTER}
    assert all(times[before][1] <= times[name][0] for name, after in AFTER.items() for before in after)


def test_the_longest_chain_begins_first(tmp_path: Path) -> None:
    jobs = {name: Job(tmp_path / name, frozenset(after)) for name, after in AFTER.items()}
    order: list[str] = []
    run_jobs(touch, dict(reversed(jobs.items())), processes=1, finished=lambda name, _: order.append(name))
    assert order[0] == "a"
    assert set(order[1:3]) == {"b", "c"}


@pytest.mark.parametrize("processes", [1, 2])
def test_an_error_of_a_job_comes_through(tmp_path: Path, processes: int) -> None:
    with pytest.raises(InputError, match="first: is refused"):
        run_jobs(refuse, {"first": Job(tmp_path / "first")}, processes=processes, finished=lambda *_: None)


def test_a_killed_process_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="a worker process was killed"):
        run_jobs(die, {"first": Job(tmp_path / "first")}, processes=2, finished=lambda *_: None)
