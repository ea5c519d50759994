"""Builds side by side: what the rows say is what the reports say."""

import json
from pathlib import Path

import pytest

from r2b_hw.reporting import Report, compare, load_report, write_report
from tests.conftest import CommandLine, Small


def edited(report: Report, **changes: object) -> Report:
    return report.model_copy(update=changes)


def test_rows_say_what_the_reports_say(small: Small) -> None:
    report = load_report(small.folder)
    first, second = report.units[:2]
    wider = first.model_copy(update={"output_channels_per_word": 77, "cycles": 5})
    other = edited(report, units=(wider, *report.units[2:]), accuracy=None)
    found = compare({"one": report, "two": other})
    figures = {row.title: row for row in found.figures}
    assert found.names == ("one", "two")
    assert figures["frames a second"].values == (report.performance.fps,) * 2
    assert not figures["frames a second"].differs
    lut = report.resources.total.lut
    assert figures["LUT, model"].texts[0] == f"{lut.value:,.0f}, {lut.value / lut.available:.0%}"
    assert "URAM, model" not in figures
    assert figures["RTL, Verilator"].values == ("passed", "passed")
    foldings = {row.title: row for row in found.foldings}
    assert set(foldings) == {first.name, second.name}
    assert foldings[first.name].texts[1] == f"{first.input_channels_per_word} → 77, 5"
    assert foldings[second.name].texts[1] == "-"
    assert foldings[second.name].values[1] is None


@pytest.fixture
def slower(small: Small, tmp_path: Path) -> Path:
    """A folder with the report of the small accelerator at half its speed."""
    report = load_report(small.folder)
    speed = report.performance
    half = speed.model_copy(update={"interval_cycles": 2 * speed.interval_cycles, "fps": speed.fps / 2})
    write_report(edited(report, performance=half), tmp_path / "slower" / "report")
    return tmp_path / "slower"


def test_command(small: Small, slower: Path, r2b: CommandLine) -> None:
    names = (str(small.folder), str(slower))
    document = json.loads(r2b("compare", *names, "--json").output)
    for name, folder in zip(names, (small.folder, slower), strict=True):
        report = load_report(folder)
        assert document[name]["figures"]["cycles a frame"] == report.performance.interval_cycles
        assert document[name]["figures"]["DSP, model"] == report.resources.total.dsp.value
        assert document[name]["foldings"] == {}
    markdown = r2b("compare", *names, "--markdown").output.splitlines()
    assert markdown[0] == f"|  | {names[0]} | {names[1]} |"
    assert "| board | pynq-z2 | pynq-z2 |" in markdown
    assert "cycles a frame" in r2b("compare", *names).output


def test_what_cannot_be_compared(small: Small, slower: Path, r2b: CommandLine, tmp_path: Path) -> None:
    ended = r2b("compare", small.folder)
    assert (ended.code, ended.error) == (2, f"{small.folder}: name two folders or more, each once")
    assert r2b("compare", small.folder, small.folder).code == 2
    assert r2b("compare", small.folder, tmp_path / "nothing").code == 2
    both = r2b("compare", small.folder, slower, "--json", "--markdown")
    assert (both.code, both.error) == (2, "--json and --markdown: choose one of them")
