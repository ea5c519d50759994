"""Independent calls in parallel, through joblib: in processes of this machine, or on the workers of a Dask cluster."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingImports=false, reportUnknownParameterType=false
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false

import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from r2b_hw.errors import InputError, ToolError

_Shared = TypeVar("_Shared")
_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")

_CONNECT_SECONDS = 10
_WORKERS_SECONDS = 60


def call_each(
    function: Callable[[_Shared, _Argument], _Result],
    shared: _Shared,
    arguments: Sequence[_Argument],
    *,
    jobs: int | None = None,
    cluster: str | None = None,
) -> Iterator[_Result]:
    """Yield ``function(shared, argument)`` for every argument as it ends, in any order.

    Parameters
    ----------
    function
        A module's function; ``shared``, arguments and results can be pickled.
    shared
        Sent to each process once.
    jobs
        Processes on this machine, one a core without it. One process, or one argument: all runs in this one.
    cluster
        Address of a Dask scheduler, whose workers are used instead. r2b-hw must be installed there.

    Raises
    ------
    InputError
        ``jobs`` and ``cluster`` are both given, or ``jobs`` is below one.
    ToolError
        The cluster does not answer, has no workers, or dask is not installed; a process was killed.
    Exception
        Of a call; calls under way are then given up.
    """
    if jobs is not None and cluster is not None:
        raise InputError("--jobs and --cluster: the cluster has its own number of workers; leave one of them out")
    if jobs is not None and jobs < 1:
        raise InputError(f"--jobs: expected one or more, got {jobs}")
    if cluster is not None:
        return _on_cluster(function, shared, arguments, cluster) if arguments else iter(())
    processes = min(jobs or os.cpu_count() or 1, len(arguments))
    if processes <= 1:
        return (function(shared, argument) for argument in arguments)
    return _on_cores(function, shared, arguments, processes)


def _on_cores(
    function: Callable[[_Shared, _Argument], _Result], shared: _Shared, arguments: Sequence[_Argument], processes: int
) -> Iterator[_Result]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    parallel = Parallel(
        n_jobs=processes,
        backend="loky",
        return_as="generator_unordered",
        batch_size=1,
        initializer=_begin_worker,
        initargs=(os.getpid(),),
    )
    try:
        yield from cast(Any, parallel)(delayed(function)(shared, argument) for argument in arguments)
    except TerminatedWorkerError as error:
        raise ToolError("a worker process was killed, perhaps for want of memory; try fewer --jobs") from error


def _begin_worker(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when it ends, however that happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _on_cluster(
    function: Callable[[_Shared, _Argument], _Result], shared: _Shared, arguments: Sequence[_Argument], address: str
) -> Iterator[_Result]:
    with _client(address) as client:
        from joblib import Parallel, delayed, parallel_config

        try:
            # A call, so that a cluster that grows with its work starts a worker.
            client.submit(int, 0, pure=False).result(timeout=_WORKERS_SECONDS)
        except TimeoutError:
            raise ToolError(f"--cluster: no worker joined {address} in {_WORKERS_SECONDS} s; start some") from None
        with parallel_config(backend="dask", client=client, scatter=[shared]):
            parallel = Parallel(return_as="generator_unordered", batch_size=1)
            try:
                yield from cast(Any, parallel)(delayed(function)(shared, argument) for argument in arguments)
            except ModuleNotFoundError as error:
                raise ToolError(f"--cluster: a worker of {address} lacks {error.name}; install r2b-hw there") from error


@contextmanager
def _client(address: str) -> Generator[Any]:
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise ToolError("--cluster: dask and distributed are not installed; pip install 'r2b-hw[cluster]'") from None
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except ValueError as error:
        raise InputError(f"--cluster: {address} is no address of a Dask scheduler ({error})") from None
    except (OSError, TimeoutError):
        raise ToolError(f"--cluster: no Dask scheduler answers at {address}; start one, or leave it out") from None
    try:
        yield client
    finally:
        client.close()
