"""Jobs that depend on each other, in processes of their own."""

import os
import signal
import threading
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context, parent_process
from typing import Generic, TypeVar

from r2b_hw.errors import ToolError

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Job(Generic[_Argument]):
    """A call with one argument, after the jobs named in ``after``; function and argument can be pickled."""

    argument: _Argument
    after: frozenset[str] = frozenset()


def run_jobs(
    function: Callable[[_Argument], _Result],
    jobs: Mapping[str, Job[_Argument]],
    *,
    processes: int,
    finished: Callable[[str, _Result], None],
) -> None:
    """Call ``function`` for every job, at most ``processes`` at a time; ``finished`` is called here after each.

    Of the jobs that can start, the one with the longest chain of jobs behind it comes first. With one process all runs
    in this one.

    Raises
    ------
    ToolError
        A process was killed. Any exception of a job comes through; jobs under way are then stopped.
    """
    order = sorted(jobs, key=_chain_lengths(jobs).__getitem__, reverse=True)
    done: set[str] = set()
    if processes == 1:
        while len(done) < len(order):
            name = next(name for name in order if name not in done and jobs[name].after <= done)
            finished(name, function(jobs[name].argument))
            done.add(name)
        return
    with _pool(processes) as pool:
        running: dict[Future[_Result], str] = {}
        while len(done) < len(order):
            free = processes - len(running)
            begun = done | set(running.values())
            ready = [name for name in order if name not in begun and jobs[name].after <= done]
            running |= {pool.submit(function, jobs[name].argument): name for name in ready[:free]}
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(future)
                finished(name, future.result())
                done.add(name)


def _chain_lengths(jobs: Mapping[str, Job[_Argument]]) -> dict[str, int]:
    """How many jobs the longest chain from each job on holds."""
    lengths = dict.fromkeys(jobs, 1)
    changed = True
    while changed:
        changed = False
        for name, job in jobs.items():
            for before in job.after:
                if lengths[before] <= lengths[name]:
                    lengths[before] = lengths[name] + 1
                    changed = True
    return lengths


@contextmanager
def _pool(processes: int) -> Generator[ProcessPoolExecutor]:
    # Forked processes would share the state of threads and CUDA.
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin_worker)
    try:
        yield pool
        pool.shutdown()
    except BaseException as error:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in active_children():
            process.terminate()
        if isinstance(error, BrokenProcessPool):
            raise ToolError("a worker process was killed, perhaps for want of memory; try fewer --jobs") from error
        raise


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, and end when it ends, however that happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
