"""The C-simulation rung: compiles an HLS project with the host's C++ compiler, runs it and reads every stream back."""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from r2b_hw.codegen.identifiers import stream_identifiers
from r2b_hw.errors import DeadlockError, InputError, MismatchError, ToolError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.tools.ap_types import find_ap_types
from r2b_hw.tools.cxx import Compiler, Program, compile_program, find_compiler, release_of
from r2b_hw.tools.process import run
from r2b_hw.verification.port_words import pack_port_words, unpack_port_words

BUILD_FOLDER = "build"
"""Folder inside the HLS project that keeps the compiled test bench and the compiler's messages."""

FLAGS = (
    *("-std=c++14", "-O1", "-Wall", "-Wextra", "-Wno-unknown-pragmas", "-Wno-unused-label"),
    *("-Wno-uninitialized", "-Wno-maybe-uninitialized", "-pthread"),
)
"""Compilation outweighs the run, so -O1. The vendor's ap_int.h reads its members before it sets them."""

_ALTERED_PARAMETERS = 3
_STREAM_FAILURE = 4
_DEADLOCK = 5


def run_c_simulation(
    hls_directory: Path,
    graph: HardwareGraph,
    frames: Integers,
    *,
    hardware_arithmetic: bool = False,
    dataflow: bool = False,
) -> dict[str, Integers]:
    """Run ``frames`` through the C++ in ``hls_directory`` and return every stream's whole tensor, by stream name.

    Parameters
    ----------
    hls_directory
        A folder written from ``render_hls_project(graph, ...)``; what is compiled is what lies there.
    graph
        Names and ports of the streams.
    frames
        int64 (N, H, W, C), integers of the input stream.
    hardware_arithmetic
        Compute with the ap_int types and adder trees that are synthesised in place of machine words: many times slower.
    dataflow
        Run all units at once, each in a thread, with blocking FIFOs of the depths in ``top.cpp``, in place of one
        after another with unbounded ones. It is the same program, compiled once for both.

    Returns whole tensors as ``HardwareGraph.evaluate`` does: int64 (N, H, W, C), windows (N, H, W, kernel height,
    kernel width, C) with ``INVALID`` in taps that are not valid.

    Raises
    ------
    InputError
        ``frames`` does not fit the input stream.
    ToolError
        No compiler or ap_int.h, or the project does not compile or run.
    MismatchError
        A parameter header was altered (its layer is named), or a stream carried too few or too many words.
    DeadlockError
        With ``dataflow``: every unit that is not done waits. The full and empty streams they wait at are named.
    """
    port = graph.port_of(graph.input_stream)
    if frames.ndim != 4 or frames.shape[1:] != port.shape or len(frames) < 1:
        raise InputError(f"C-simulation: expected frames N x {port.shape}, got {frames.shape}")
    if int(frames.min()) < port.integer.lo or int(frames.max()) > port.integer.hi:
        raise InputError(f"C-simulation: input integers must lie in [{port.integer.lo}, {port.integer.hi}]")
    executable = build_testbench(hls_directory, hardware_arithmetic=hardware_arithmetic)
    with tempfile.TemporaryDirectory(prefix="r2b_c_simulation_") as name:
        folder = Path(name)
        trace = folder / "trace"
        trace.mkdir()
        pack_port_words(port, frames).astype("<u8").tofile(folder / "input.bin")
        mode = ("dataflow",) if dataflow else ()
        completed = run([executable, str(len(frames)), folder / "input.bin", "-", "-", trace, *mode])
        if completed.status:
            message = completed.errors.strip() or completed.output.strip()
            if completed.status == _DEADLOCK:
                raise DeadlockError(f"C-simulation: {_explain_deadlock(graph, message)}")
            _refuse(completed.status, _with_names(graph, message))
        return _read_streams(graph, trace, len(frames))


def build_testbench(hls_directory: Path, *, hardware_arithmetic: bool = False) -> Path:
    """Compile the test bench of an HLS project and return it; an unchanged project is not compiled again."""
    sources = tuple(hls_directory / name for name in ("top.cpp", "testbench.cpp"))
    for source in sources:
        if not source.is_file():
            raise InputError(f"{hls_directory}: {source.name} is missing; build the accelerator again")
    compiler = find_compiler()
    program = Program(
        sources=sources,
        include_directories=(hls_directory, hls_directory / "simulation"),
        system_include_directories=(find_ap_types(),),
        definitions={
            "AP_INT_MAX_W": "4096",
            "R2B_DATAFLOW": "1",
            **({"R2B_HARDWARE_ARITHMETIC": "1"} if hardware_arithmetic else {}),
        },
        flags=FLAGS,
        link_flags=("-pthread",),
    )
    build = hls_directory / BUILD_FOLDER
    executable = build / f"testbench-{_fingerprint(hls_directory, compiler, program)}"
    if executable.is_file():
        return executable
    try:
        shutil.rmtree(build, ignore_errors=True)
        build.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{build}: cannot be made ({error.strerror}); copy the project to a folder you own") from error
    compile_program(compiler, program, executable)
    return executable


def _fingerprint(directory: Path, compiler: Compiler, program: Program) -> str:
    digest = hashlib.sha256(release_of(compiler).encode())
    # Include paths are left out: a copied project is the same project.
    digest.update("\0".join((*program.flags, *sorted(map(str, (program.definitions or {}).items())))).encode())
    for path in sorted(_sources(directory)):
        digest.update(f"{path.relative_to(directory)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _sources(directory: Path) -> Iterator[Path]:
    yield from (path for pattern in ("*.h", "*.cpp", "*/*.h") for path in directory.glob(pattern))


def _refuse(status: int, message: str) -> None:
    if status in (_ALTERED_PARAMETERS, _STREAM_FAILURE):
        raise MismatchError(f"C-simulation: {message}")
    raise ToolError(f"C-simulation: the test bench ended with status {status}: {message or 'no message'}")


def _with_names(graph: HardwareGraph, message: str) -> str:
    """Replace C++ names of streams by the graph's, and add the layers at their ends."""
    names = {identifier: name for name, identifier in stream_identifiers(graph).items()}

    def describe(match: re.Match[str]) -> str:
        if match[1] not in names:
            return match[0]
        stream = graph.stream_by_name[names[match[1]]]
        ends = (("from", stream.producer), ("to", stream.consumer))
        layers = [f"{word} layer {graph.unit_by_name[end.unit].layer}" for word, end in ends if end is not None]
        return f"stream {stream.name} ({' '.join(layers)}):"

    return re.sub(r"stream (\w+):", describe, message)


def _explain_deadlock(graph: HardwareGraph, message: str) -> str:
    """Return which streams units wait at, full or empty: those of the circle of units where there is one, else all."""
    names = {identifier: name for name, identifier in stream_identifiers(graph).items()}
    found: list[tuple[str, str, str]] = re.findall(r"(full|empty) stream (\w+): (\d+ of \d+ words)", message)
    waits = [(state, names.get(stream, stream), words) for state, stream, words in found]
    circle = _circle(graph, {stream: state == "full" for state, stream, _ in waits})
    shown = [wait for wait in waits if wait[1] in circle] or waits
    full = [f"{stream} ({words})" for state, stream, words in shown if state == "full"]
    empty = [stream for state, stream, _ in shown if state == "empty"]
    return (
        f"deadlock: full: {', '.join(full) or 'none'}; empty: {', '.join(empty) or 'none'}; "
        "deepen a full FIFO until it holds what the empty one waits for"
    )


def _circle(graph: HardwareGraph, full: Mapping[str, bool]) -> set[str]:
    """Return the streams on a circle of units that wait for each other: for room in full ones, for words in others."""
    edges: dict[str, tuple[str, str]] = {}
    for stream in graph.streams:
        if stream.name in full and stream.producer is not None and stream.consumer is not None:
            ends = stream.producer.unit, stream.consumer.unit
            waiter, awaited = ends if full[stream.name] else ends[::-1]
            edges[waiter] = stream.name, awaited
    for start in edges:
        path: list[str] = []
        unit = start
        while unit in edges and unit not in path:
            path.append(unit)
            unit = edges[unit][1]
        if unit in path:
            return {edges[member][0] for member in path[path.index(unit) :]}
    return set()


def _read_streams(graph: HardwareGraph, trace: Path, frames: int) -> dict[str, Integers]:
    identifiers = stream_identifiers(graph)
    tensors: dict[str, Integers] = {}
    for stream in graph.streams:
        port = graph.port_of(stream)
        path = trace / f"{identifiers[stream.name]}.bin"
        if not path.is_file():
            raise MismatchError(f"C-simulation: stream {stream.name} is missing from the program")
        lanes = -(-port.word_bits // 64)
        words = np.fromfile(path, dtype="<u8").astype(np.uint64)
        if words.size != frames * port.words * lanes:
            expected = frames * port.words
            raise MismatchError(
                f"C-simulation: stream {stream.name} carried {words.size // lanes} words, {expected} expected"
            )
        tensors[stream.name] = unpack_port_words(port, words.reshape(-1, lanes))
    return tensors
