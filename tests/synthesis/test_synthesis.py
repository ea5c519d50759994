"""Small real units through Yosys: counts that can be told by hand, the cache, findings, the report."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import sleep

import pytest
from rich.console import Console

from r2b_hw.boards import load_board
from r2b_hw.errors import InputError, MismatchError, ToolError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.pipeline.synth import synth_folder, synthesis_beside
from r2b_hw.planning import plan
from r2b_hw.reporting import build_report, load_report, summary, write_report
from r2b_hw.storage import save_graph
from r2b_hw.synthesis import Finding, FindingKind, Synthesis, batches, synthesise
from r2b_hw.tools import yosys
from tests.synthesis.harness import CHANNELS, small_graph, threshold, write_project
from tests.units.harness import chain


@pytest.fixture(scope="module")
def graph() -> HardwareGraph:
    return small_graph()


@pytest.fixture(scope="module")
def project(graph: HardwareGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(graph, tmp_path_factory.mktemp("rtl"))


@pytest.fixture(scope="module")
def made(graph: HardwareGraph, project: Path) -> Synthesis:
    return synthesise(project, graph, "xc7", jobs=1)


def test_memories_are_what_they_were_planned_to_be(made: Synthesis) -> None:
    deep, register, shallow = (made.streams[name].usage for name in ("s0", "s1", "s2"))
    # 600 words of 32 bit: a RAMB18 has 512 of 36, a RAMB36 1024 of 36.
    assert (deep.bram36, deep.bram18, deep.lutram) == (1, 0, 0)
    # Four bits and two counters of one word.
    assert (register.ff, register.lutram, register.block_rams) == (CHANNELS + 2, 0, 0)
    # 40 words of 8 bit: RAM64M holds three columns, of 64 words, in four LUTs.
    assert (shallow.lutram, shallow.block_rams) == (12, 0)
    sign = made.units["sign"].usage
    assert (sign.block_rams, sign.dsp, sign.latches) == (1, 0, 0)
    # What the two words of a wide one are kept in, the bit that is in flight, the phase.
    assert made.units["sign.wide"].usage.ff >= CHANNELS
    assert made.total.lut == sum(f.usage.lut for f in (*made.units.values(), *made.streams.values())) > 0
    assert all(figures.delay_ps > 0 for figures in made.units.values())


def test_nothing_is_synthesised_twice(
    made: Synthesis, graph: HardwareGraph, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("Yosys ran")

    monkeypatch.setattr(batches, "run_yosys", never)
    again = synthesise(project, graph, "xc7")
    assert (made.runs, again.runs) == (5, 0)
    assert (again.units, again.streams) == (made.units, made.streams)
    with pytest.raises(AssertionError, match="Yosys ran"):
        synthesise(project, graph, "xcup")


def test_changed_constants_are_synthesised_anew_and_comments_are_not(
    made: Synthesis, graph: HardwareGraph, tmp_path: Path
) -> None:
    write_project(graph, tmp_path)
    for file in (*tmp_path.rglob("*.sv"), *tmp_path.rglob("*.mem")):
        file.write_text(f"// Another header.\n{file.read_text()}")
    assert synthesise(tmp_path, graph, "xc7").runs == 0
    (memory,) = (tmp_path / "memory").glob("*thresholds*")
    memory.write_text(memory.read_text().replace("3", "4"))
    assert synthesise(tmp_path, graph, "xc7", unit="sign").runs == 1


def test_the_folder_and_its_report(made: Synthesis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = plan(chain(threshold("sign", folds=2)), load_board("pynq-z2"), target_fps=None)
    graph = planned.graph
    save_graph(graph, tmp_path)
    write_project(graph, tmp_path / "rtl")
    write_report(build_report(planned, verification=()), tmp_path / "report")
    with monkeypatch.context() as patch:
        patch.setattr(yosys, "_PACKAGE", "a_package_that_nobody_has")
        with synthesis_beside(tmp_path) as synthesised:
            assert synthesised() is None
        with pytest.raises(ToolError, match=r"Yosys is missing: run pip install 'r2b-hw\[rtl\]'"):
            synth_folder(tmp_path)
    without = load_report(tmp_path)
    assert without.synthesis is not None
    assert (without.synthesis.status.value, without.synthesis.total) == ("not-run", None)
    assert "Yosys is missing" in (tmp_path / "report" / "report.html").read_text()

    figures = made.units["sign"]
    units, streams = (dict.fromkeys(names, figures) for names in (graph.unit_by_name, graph.stream_by_name))
    finding = Finding("sign", FindingKind.LATCH, "a latch <here>")
    found = replace(made, units=units, streams=streams, findings=(finding,))
    with monkeypatch.context() as patch:
        patch.setattr("r2b_hw.pipeline.synth.synthesise", lambda *_, **__: found)
        synth_folder(tmp_path)
    report = load_report(tmp_path)
    assert report.synthesis is not None
    assert report.synthesis.total is not None
    assert report.synthesis.total.lut == figures.usage.lut * (len(units) + len(streams)) > 0
    assert report.synthesis.stage.value == "yosys"
    assert {item.name for item in report.synthesis.units} == set(units)
    page = (tmp_path / "report" / "report.html").read_text()
    assert "a latch &lt;here&gt;" in page
    assert f'<td class="n">{figures.usage.lut:,}</td>' in page
    console = Console(width=140, record=True)
    console.print(summary(report))
    assert f" {report.synthesis.total.lut + report.resources.interface.lut:,.0f} " in console.export_text()


def test_wrong_wishes_are_refused_with_what_is_possible(graph: HardwareGraph, project: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'xc8', did you mean 'xc7'\?; known: xc7 \(7-series\), xcup"):
        synthesise(project, graph, "xc8")
    with pytest.raises(InputError, match=r"no unit sing, did you mean 'sign'\?"):
        synthesise(project, graph, "xc7", unit="sing")
    with pytest.raises(InputError, match=r"filelist.f: cannot be read"):
        synthesise(tmp_path / "nowhere", graph, "xc7")
    with pytest.raises(InputError, match="--jobs: 0"):
        synth_folder(tmp_path, jobs=0)


def test_a_build_that_fails_does_not_wait_for_its_synthesis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = plan(chain(threshold("sign", folds=2)), load_board("pynq-z2"), target_fps=None)
    save_graph(planned.graph, tmp_path)
    write_report(build_report(planned, verification=()), tmp_path / "report")
    begun = Event()

    def endless(*_: object, progress: Callable[[object], None], **__: object) -> None:
        begun.set()
        while True:
            sleep(0.01)
            progress(None)

    monkeypatch.setattr("r2b_hw.pipeline.synth.synthesise", endless)
    with pytest.raises(MismatchError, match="a rung"), synthesis_beside(tmp_path):
        assert begun.wait(10)
        raise MismatchError("a rung failed")
    assert load_report(tmp_path).synthesis is None
