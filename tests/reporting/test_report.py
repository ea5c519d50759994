"""The report: fixed keys, a round trip, true sums, a page that needs nothing else, light imports."""

import html
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from r2b_hw.boards import load_board
from r2b_hw.errors import InputError
from r2b_hw.planning import Plan, plan
from r2b_hw.reporting import (
    Accuracy,
    Divergence,
    Report,
    Status,
    VerificationRung,
    build_report,
    load_report,
    schema_document,
    summary,
    write_report,
)
from r2b_hw.reporting.block_memories import RAMB36_BITS, filled
from r2b_hw.reporting.bottleneck import find_bottleneck
from r2b_hw.reporting.grouping import grouped
from r2b_hw.reporting.headroom import Headroom
from r2b_hw.reporting.pipeline import draw_pipeline
from r2b_hw.reporting.timeline_picture import LEFT, WIDTH, draw_timeline
from tests.planning.hand_built import residual_network

RUNGS = (
    VerificationRung(rung="simulation", images=450, mismatches=0, status=Status.PASSED),
    VerificationRung(
        rung="HLS C-simulation",
        images=100,
        mismatches=7,
        status=Status.FAILED,
        divergence=Divergence(layer="blocks.0.conv", index=(3, 1, 2, 5), expected=14, got=12),
    ),
    VerificationRung(rung="RTL", images=0, mismatches=0, status=Status.NOT_RUN, reason="no <RTL> & back end"),
)


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan(residual_network(), load_board("pynq-z2"), target_fps=10_000)


@pytest.fixture(scope="module")
def report(made: Plan) -> Report:
    accuracy = Accuracy(accelerator=0.98, train_images=1000, validation_images=200, test_images=450)
    headroom = Headroom(made.total, made.available, made.clock_mhz, made.target_fps)
    found = find_bottleneck(made.graph, made.simulation, made.waiting_streams, headroom)
    return build_report(made, verification=RUNGS, accuracy=accuracy, bottleneck=found)


def test_the_fixed_keys_are_there_with_their_stage(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path)
    content = json.loads((tmp_path / "report.json").read_text())
    assert content["schema_version"] == 1
    speed = content["performance"]
    assert speed["stage"] == "simulated"
    assert speed["fps"] == pytest.approx(100e6 / speed["interval_cycles"])
    assert isinstance(speed["latency_cycles"], int)
    for name in ("lut", "ff", "bram36", "dsp", "uram"):
        assert set(content["resources"]["total"][name]) >= {"value", "available", "stage"}
    assert {rung["status"] for rung in content["verification"]} == {"passed", "failed", "not-run"}
    assert all(set(rung) >= {"rung", "images", "mismatches", "status"} for rung in content["verification"])


def test_the_parts_add_up_to_the_totals(report: Report) -> None:
    for name in ("lut", "ff", "bram36"):
        parts = [*report.resources.units, report.resources.interface, *report.fifos]
        total = sum(getattr(part, name) for part in parts)
        assert getattr(report.resources.total, name).value == pytest.approx(total, abs=0.05 * len(parts))
    assert report.operations.binary_macs == sum(unit.binary_macs for unit in report.units)
    # The stem's nine taps, and the first half-block's 3x3x16x16 at 64 pixels, the second's at 16.
    assert report.operations.binary_macs == 64 * 9 * 16 * 16 + 16 * 9 * 16 * 32
    assert max(unit.load for unit in report.units) <= 1


def test_a_written_report_loads_unchanged(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path / "report")
    assert load_report(tmp_path) == report
    assert load_report(tmp_path / "report" / "report.json") == report


def test_a_broken_report_is_refused_by_key(report: Report, tmp_path: Path) -> None:
    content = json.loads(report.model_dump_json())
    content["schema_version"] = 99
    content["performance"]["speed"] = 1
    (tmp_path / "report.json").write_text(json.dumps(content))
    with pytest.raises(InputError) as caught:
        load_report(tmp_path)
    assert "performance.speed" in str(caught.value)
    assert "schema_version" in str(caught.value)
    with pytest.raises(InputError, match="build the design first"):
        load_report(tmp_path / "nowhere")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_is_self_contained_and_shows_everything(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path)
    text = (tmp_path / "report.html").read_text()
    page = _Page()
    page.feed(text)
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert page.links == []
    assert not re.search(r"https?://|@import|url\((?!#)", text)
    for unit in report.units:
        assert f"<code>{unit.name}</code>" in text
    assert "no &lt;RTL&gt; &amp; back end" in text
    assert "[3, 1, 2, 5]: expected 14, got 12" in text


def test_the_page_says_why_it_is_not_faster(report: Report, tmp_path: Path) -> None:
    found = report.bottleneck
    assert found is not None
    write_report(report, tmp_path)
    text = (tmp_path / "report.html").read_text()
    for sentence in (found.headline, found.latency_text, *(change.text for change in found.changes)):
        assert html.escape(sentence, quote=False).replace("'", "&#39;") in text
    assert text.count('class="timeline"') >= 2
    # Everything a drawing uses lies in the page: its hatching too.
    assert '<pattern id="hatch"' in text
    # Without it the page still stands.
    write_report(report.model_copy(update={"bottleneck": None}), tmp_path)
    assert "Why is it not faster?" not in (tmp_path / "report.html").read_text()


def test_a_timeline_stays_within_its_drawing(report: Report) -> None:
    assert report.bottleneck is not None
    for most in (10, 1000):
        picture = draw_timeline(report.bottleneck.alone, most)
        assert len(picture.rows) <= max(most, len(report.units) + 2)
        for row in picture.rows:
            assert 0 <= row.y <= picture.height - picture.row_height
            assert row.line is not None
            assert LEFT <= row.line[0] < row.line[1] <= WIDTH
            for x, y in re.findall(r"M(\S+) (\S+?)v", row.busy + row.blocked):
                assert LEFT <= float(x) <= WIDTH
                assert row.y < float(y) <= row.y + picture.row_height
        for x in re.findall(r"[MH](\d+\.\d)", picture.path):
            assert LEFT <= float(x) <= WIDTH


def test_groups_hold_every_unit_once() -> None:
    names = ["input", *(f"blocks.{block}.{part}" for block in range(9) for part in ("a.b", "a.c", "d")), "output"]
    for most in (3, 12, 40):
        groups = grouped(names, most)
        assert [unit for units in groups.values() for unit in units] == names
        assert len(groups) <= most
    assert grouped(names, 12)["blocks.3"] == ("blocks.3.a.b", "blocks.3.a.c", "blocks.3.d")


def test_block_memories_account_for_every_block(report: Report, made: Plan) -> None:
    by_owner: dict[str, float] = {}
    for memory in report.block_memories:
        by_owner[memory.owner] = by_owner.get(memory.owner, 0.0) + memory.bram36
        assert memory.bits == memory.width * memory.depth * memory.count
        assert 0 < memory.efficiency <= 1
    expected = {**{name: cost.bram36 for name, cost in made.unit_costs.items()}}
    expected |= {name: cost.bram36 for name, cost in made.stream_costs.items()}
    assert by_owner == {name: blocks for name, blocks in expected.items() if blocks}
    total = filled(report.block_memories)
    assert total.room == sum(expected.values()) * RAMB36_BITS
    wasted = [memory.bram36 * RAMB36_BITS - memory.bits for memory in report.block_memories]
    assert wasted == sorted(wasted, reverse=True)


def test_the_drawing_holds_every_unit_once_and_no_wire_crosses_a_unit(report: Report) -> None:
    drawings = draw_pipeline(report)
    assert sorted(box.unit.name for d in drawings for box in d.boxes) == sorted(unit.name for unit in report.units)
    drawn = {wire.stream.name for d in drawings for wire in d.wires if wire.stream}
    between_rows = len(drawings) - 1
    assert len(drawn) == len(report.fifos) - 2 - between_rows
    for drawing in drawings:
        for wire in drawing.wires:
            x = y = 0.0
            for command, numbers in re.findall(r"([MHVQh])([^MHVQh]*)", wire.path):
                values = [float(value) for value in numbers.split()]
                before = (x, y)
                match command:
                    case "M":
                        x, y = values
                        continue
                    case "H":
                        x = values[0]
                    case "h":
                        x += values[0]
                    case "V":
                        y = values[0]
                    case _:
                        x, y = values[2:]
                for box in drawing.boxes:
                    inside_x = max(before[0], x) > box.x + 1 and min(before[0], x) < box.x + box.width - 1
                    inside_y = max(before[1], y) > box.y + 1 and min(before[1], y) < box.y + box.height - 1
                    assert not (inside_x and inside_y), (drawing.title, box.unit.name, wire.path)


def test_the_summary_names_speed_fit_and_failures(report: Report) -> None:
    console = Console(width=140, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(summary(report))
    text = captured.get()
    assert "frames/s at 100 MHz" in text
    assert "first at blocks.0.conv [3, 1, 2, 5]: expected 14, got 12" in text
    assert "not-run" in text


def test_the_schema_documents_every_key() -> None:
    document = json.loads(schema_document())
    assert "cycles between frames" in json.dumps(document)
    assert "resources" in document["properties"]


def test_showing_a_report_loads_neither_numba_nor_torch() -> None:
    code = "import sys, r2b_hw.reporting; print(*(name for name in ('numba', 'torch', 'numpy') if name in sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
