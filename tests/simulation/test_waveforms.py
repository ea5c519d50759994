"""Waveforms against the simulation that carries data, and the VCD file read back."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from vcd.reader import TokenKind, tokenize

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.unit import INVALID
from r2b_hw.schedule.loop_nest import Direction
from r2b_hw.simulation import simulate, simulate_timing
from r2b_hw.simulation.recording import WORKS
from r2b_hw.simulation.vcd import write_vcd
from r2b_hw.simulation.waveforms import Waveforms, access_cycles, record_waveforms, working_cycles
from r2b_hw.storage import load_graph
from tests.conftest import CommandLine, Small

FRAMES = 3


@pytest.fixture(scope="module")
def graph(small_built: tuple[Small, Path]) -> HardwareGraph:
    return load_graph(small_built[0].folder)


@pytest.fixture(scope="module")
def frames(graph: HardwareGraph, small_built: tuple[Small, Path]) -> np.ndarray:
    return graph.host_input.quantise(small_built[0].images[:FRAMES])


@pytest.fixture(scope="module")
def waveforms(graph: HardwareGraph, frames: np.ndarray) -> Waveforms:
    return record_waveforms(graph, frames)


def test_words_come_and_go_as_in_the_simulation(graph: HardwareGraph, frames: np.ndarray, waveforms: Waveforms) -> None:
    """The cycles of pushes are found twice: from what nests did, and from the words themselves."""
    result = simulate(graph, frames, capture=list(graph.stream_by_name))
    recording = waveforms.recording
    assert recording.end == result.cycles
    fired = {(site.unit, site.nest): working_cycles(recording, n) for n, site in enumerate(recording.nests)}
    delays = {wait.stream: wait.delay for wait in recording.waits}
    for wave in waveforms.streams:
        reserved = access_cycles(graph, fired, wave.stream, Direction.WRITE)
        arrivals = reserved + delays[wave.stream.name]
        assert np.array_equal(arrivals[arrivals < recording.end], wave.arrivals)
        assert (wave.taken >= wave.arrivals[: wave.taken.size]).all()
        _, occupancy = wave.occupancy()
        assert occupancy.min() == 0
        assert occupancy.max() == result.high_water[wave.stream.name] <= wave.stream.depth
    output = next(wave for wave in waveforms.streams if wave.stream.consumer is None)
    assert np.array_equal(output.taken, result.output_cycles.reshape(-1))
    assert output.values.reshape(-1).tolist() == result.outputs.reshape(-1).tolist()


def test_units_work_as_long_as_their_stalls_say(graph: HardwareGraph, waveforms: Waveforms) -> None:
    stalls = simulate_timing(graph, FRAMES).stalls
    work: defaultdict[str, int] = defaultdict(int)
    for number, nest in enumerate(waveforms.recording.nests):
        begins, codes = waveforms.recording.segments(number)
        work[nest.unit] = max(work[nest.unit], int(np.diff(begins)[codes == WORKS].sum()))
    assert {name: work[name] for name in stalls} == {name: stall.active for name, stall in stalls.items()}


def test_the_file_says_the_same(waveforms: Waveforms, tmp_path: Path) -> None:
    path = tmp_path / "out.vcd"
    with path.open("w") as stream:
        write_vcd(waveforms, stream)
    names: dict[str, str] = {}
    scopes: list[str] = []
    changes: defaultdict[str, list[tuple[int, object]]] = defaultdict(list)
    now = 0
    with path.open("rb") as stream:
        for token in tokenize(stream):
            match token.kind:
                case TokenKind.SCOPE:
                    scopes.append(token.scope.ident)
                case TokenKind.UPSCOPE:
                    scopes.pop()
                case TokenKind.VAR:
                    names[token.var.id_code] = ".".join([*scopes, token.var.reference])
                case TokenKind.CHANGE_TIME:
                    now = token.time_change
                case TokenKind.CHANGE_SCALAR | TokenKind.CHANGE_VECTOR | TokenKind.CHANGE_STRING:
                    change = getattr(token, token.kind.name.lower().replace("change_", "") + "_change")
                    changes[names[change.id_code]].append((now, change.value))
                case _:
                    pass
    for wave in waveforms.streams:
        scope = f"streams.{wave.stream.name}"
        taken = {cycle for cycle, value in changes[f"{scope}.ready"] if value == "1"}
        assert taken == set(wave.taken[np.diff(wave.taken, prepend=-9) > 1].tolist())
        oldest = wave.values[min(wave.taken.size, wave.arrivals.size - 1)].reshape(-1).tolist()
        said = str(changes[f"{scope}.data"][-1][1]).split(",")
        assert said == ["x" if value == INVALID else str(value) for value in oldest]
    assert changes["host.sink"][-1][1] == "works"
    assert any("starved" in str(value) for _, value in changes["units.classifier.compute"] + changes["host.sink"])


def test_command(small: Small, images_file: Path, r2b: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "out.vcd"
    ended = r2b("simulate", small.folder, "--input", images_file, "--frames", 1, "--vcd", out)
    assert ended.code == 0
    assert f"{out}, a nanosecond is a clock cycle" in ended.output
    assert out.read_text().startswith("$comment r2b-hw")
    assert {path.name for path in tmp_path.iterdir()} == {out.name, images_file.name}
    ended = r2b("simulate", small.folder, "--input", images_file, "--vcd", tmp_path)
    assert (ended.code, ended.error) == (2, f"--vcd: {tmp_path} is a folder; name a .vcd file")
