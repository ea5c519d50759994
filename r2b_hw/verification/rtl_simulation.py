"""RTL simulation: the SystemVerilog of an accelerator under Verilator, every word of every stream and its cycle."""

import hashlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from r2b_hw.codegen.identifiers import stream_identifiers
from r2b_hw.errors import InputError, MismatchError, ToolError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation import StallMask
from r2b_hw.tools.process import run
from r2b_hw.tools.verilator import Design, build, find_verilator
from r2b_hw.verification.port_words import Words, pack_port_words, unpack_port_words

BUILD_FOLDER = "build"
"""Folder inside the project that keeps the verilated test bench and its messages."""
SLACK = 1000
"""Cycles beyond those expected after which a run that is not done is stopped."""
_NOT_DONE = 5


@dataclass(frozen=True, eq=False)
class StreamWords:
    """Words of one stream: the cycle each was pushed at, and its bits as 64-bit lanes (words, lanes)."""

    cycles: Integers
    words: Words


@dataclass(frozen=True, eq=False)
class RtlRun:
    """What the verilated accelerator did.

    Attributes
    ----------
    output_words
        Words taken from the output, with the cycle each was taken at.
    streams
        Words pushed to each stream, by stream name; empty without a trace.
    high_water
        Most words that could be popped at once, by stream name, until the last result was taken; empty without a trace.
    unfinished
        What was missing where the run was stopped before all results were out, else None.
    """

    output_words: StreamWords
    streams: Mapping[str, StreamWords]
    high_water: Mapping[str, int]
    unfinished: str | None = None

    def tensor(self, graph: HardwareGraph, stream: str) -> Integers:
        """Return the whole tensor of a traced stream; ValueError where it has not the words of whole frames."""
        return unpack_port_words(graph.port_of(graph.stream_by_name[stream]), self.streams[stream].words)


def run_rtl(
    rtl_directory: Path,
    graph: HardwareGraph,
    frames: Integers,
    *,
    expected_cycles: int,
    pace: int = 0,
    source_stalls: StallMask | None = None,
    sink_stalls: StallMask | None = None,
    trace: bool = True,
    optimise: bool = False,
    axi_stream: bool = False,
) -> RtlRun:
    """Send ``frames`` (int64, (N, H, W, C)) through the SystemVerilog in ``rtl_directory``.

    Parameters
    ----------
    rtl_directory
        A folder written from ``render_rtl_project(graph, ...)``; what is built is what lies there.
    expected_cycles
        Cycles until the last result is taken; a run that takes notably longer is stopped.
    pace, source_stalls, sink_stalls
        As in ``simulate``.
    trace
        Record every word of every stream.
    optimise
        Compile for speed, for long runs.
    axi_stream
        Send and take words through the AXI-Stream wrapper, whose TLAST is checked; there is no trace then.

    Raises ToolError without Verilator or a C++ compiler, or where the project does not build; MismatchError, naming the
    unit, where a rule of a stream is broken.
    """
    trace = trace and not axi_stream
    executable = build_testbench(rtl_directory, trace=trace, optimise=optimise, axi_stream=axi_stream)
    rest = 2 * max(unit.interval for unit in graph.units) + SLACK if trace else 1
    with tempfile.TemporaryDirectory(prefix="r2b_rtl_") as name:
        folder = Path(name)
        pack_port_words(graph.port_of(graph.input_stream), frames).astype("<u8").tofile(folder / "input.bin")
        masks: list[str | Path] = []
        for end, mask in (("source", source_stalls), ("sink", sink_stalls)):
            if mask is not None:
                mask.astype(np.uint8).tofile(folder / f"{end}.bin")
            masks.append("-" if mask is None else folder / f"{end}.bin")
        traces: str | Path = folder if trace else "-"
        numbers = (str(expected_cycles + SLACK), str(rest), str(pace))
        command = [executable, str(len(frames)), folder / "input.bin", folder / "output.bin", traces, *numbers, *masks]
        # Constants are read from memory/ in the project.
        completed = run(command, directory=rtl_directory)
        message = (completed.errors.strip() or completed.output.strip()).splitlines()
        unfinished = f"{message[-1]}, {expected_cycles} expected" if completed.status == _NOT_DONE else None
        if completed.status and not unfinished:
            assertion = next((line for line in message if "Assertion failed" in line), None)
            if assertion is not None:
                raise MismatchError(f"RTL: {_broken_rule(graph, assertion)}")
            raise ToolError(
                f"RTL: the test bench ended with status {completed.status}: {message[0] if message else 'no message'}"
            )
        output = _read(folder / "output.bin", graph.port_of(graph.output_stream).word_bits)
        if not trace:
            return RtlRun(output, {}, {}, unfinished)
        identifiers = stream_identifiers(graph)
        streams = {
            stream.name: _read(folder / f"{identifiers[stream.name]}.bin", graph.port_of(stream).word_bits)
            for stream in graph.streams
        }
        lines = (folder / "high_water.txt").read_text(encoding="utf-8").split("\n")
        marks = {name: int(words) for name, words in (line.split() for line in lines if line)}
        return RtlRun(output, streams, {name: marks[text] for name, text in identifiers.items()}, unfinished)


def build_testbench(
    rtl_directory: Path, *, trace: bool = True, optimise: bool = False, axi_stream: bool = False
) -> Path:
    """Verilate and compile the test bench of a project and return it; an unchanged project is not built again."""
    # Verilator and the test bench run in folders of their own.
    rtl_directory = rtl_directory.absolute()
    testbench = rtl_directory / "simulation" / "testbench.cpp"
    if not testbench.is_file():
        raise InputError(f"{rtl_directory}: simulation/testbench.cpp is missing; build the accelerator again")
    build_folder = rtl_directory / BUILD_FOLDER
    sources = tuple(read_filelist(rtl_directory))
    paths = [*sources, "simulation/r2b_monitor.sv", "simulation/testbench.sv", "simulation/testbench.cpp"]
    definitions = [name for name, wanted in (("R2B_TRACE", trace), ("R2B_AXI_STREAM", axi_stream)) if wanted]
    digest = hashlib.sha256(f"{find_verilator().version}\0{definitions}\0{optimise}".encode())
    for path in paths:
        digest.update(f"{path}\0".encode())
        digest.update((rtl_directory / path).read_bytes())
    variant = "-".join(["testbench", *(name.removeprefix("R2B_").lower() for name in definitions)])
    executable = build_folder / f"{variant}-{digest.hexdigest()[:16]}"
    if executable.is_file():
        return executable
    try:
        for stale in build_folder.glob(f"{variant}-{'[0-9a-f]' * 16}*"):
            stale.unlink()
        build_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{build_folder}: cannot be made ({error.strerror}); copy the project to a folder you own"
        ) from error
    design = Design(
        rtl_directory,
        (*sources, "simulation/r2b_monitor.sv", "simulation/testbench.sv"),
        "testbench",
        tuple(definitions),
    )
    build(design, testbench, executable, optimise=optimise)
    return executable


def read_filelist(rtl_directory: Path) -> list[str]:
    """Return the sources of a project, in order; InputError where the list is missing."""
    path = rtl_directory / "filelist.f"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); build the accelerator again") from error
    return [line for line in lines if line and not line.startswith("//")]


def _broken_rule(graph: HardwareGraph, message: str) -> str:
    """Return which unit broke a rule of its output stream, from an assertion's message."""
    match = re.search(r"fifo_(\w+)\.(\w+)", message)
    names = {text: name for name, text in stream_identifiers(graph).items()}
    if match is None or match[1] not in names:
        return message.strip()
    producer = graph.stream_by_name[names[match[1]]].producer
    unit = f"unit {producer.unit} (layer {graph.unit_by_name[producer.unit].layer})" if producer else "the source"
    return f"{unit} broke the rule {match[2]} of stream {names[match[1]]}"


def _read(path: Path, bits: int) -> StreamWords:
    lanes = -(-bits // 64)
    records = np.fromfile(path, dtype="<u8").astype(np.uint64).reshape(-1, 1 + lanes)
    return StreamWords(records[:, 0].astype(np.int64), records[:, 1:])
