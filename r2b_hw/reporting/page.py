"""Renders report.html: one file, styles and drawings inside, nothing fetched."""

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from r2b_hw import resources
from r2b_hw.reporting.amounts import synthesised_amounts
from r2b_hw.reporting.block_memories import filled
from r2b_hw.reporting.bottleneck_picture import draw_blocks, draw_chain, draw_columns
from r2b_hw.reporting.pipeline import draw_pipeline
from r2b_hw.reporting.schema import Amount, Report
from r2b_hw.reporting.timeline_picture import draw_timeline


def render_page(report: Report) -> str:
    """Return the HTML page of ``report``."""
    environment = Environment(
        loader=FileSystemLoader(resources.templates_directory() / "report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = _count
    environment.filters["percent"] = _percent
    environment.filters["band"] = _band
    environment.filters["more"] = _more
    environment.filters["fold"] = _fold
    costs = {item.name: item for item in report.resources.units}
    context: dict[str, Any] = {
        "report": report,
        "sections": draw_pipeline(report),
        "bars": _bars(report),
        "costs": costs,
        "made_units": {item.name: item for item in report.synthesis.units} if report.synthesis else {},
        "made_fifos": {item.name: item for item in report.synthesis.fifos} if report.synthesis else {},
        "deep_fifos": [fifo for fifo in report.fifos if fifo.waiting or fifo.depth > _SHALLOW],
        "shallow_fifos": [fifo for fifo in report.fifos if not (fifo.waiting or fifo.depth > _SHALLOW)],
        "failed": [rung for rung in report.verification if rung.status.value == "failed"],
        "passed": [rung for rung in report.verification if rung.status.value == "passed"],
    }
    context |= _bottleneck_pictures(report) | _memories(report)
    return environment.get_template("report.html.jinja").render(context)


def _bottleneck_pictures(report: Report) -> dict[str, Any]:
    found = report.bottleneck
    if found is None:
        return {}
    alone = draw_timeline(found.alone)
    columns = draw_columns(report, found)
    whole = len(alone.rows) == len(found.alone.rows)
    return {
        "units": {unit.name: unit for unit in report.units},
        "chain": draw_chain(found),
        "columns": columns,
        "blocks": draw_blocks(report, columns),
        "alone": alone,
        "alone_all": None if whole else draw_timeline(found.alone, len(found.alone.rows)),
        "steady": draw_timeline(found.steady) if found.steady else None,
    }


def _memories(report: Report) -> dict[str, Any]:
    kinds = sorted({memory.what for memory in report.block_memories})
    by_kind = [filled(report.block_memories, kind) for kind in kinds]
    return {
        "filled": filled(report.block_memories),
        "filled_kinds": sorted(by_kind, key=lambda kind: kind.room - kind.bits, reverse=True),
    }


_SHALLOW = 32


def _bars(report: Report) -> list[tuple[str, Amount, float | None]]:
    """Return name, the model's amount and the synthesised one of every resource that the device has."""
    total, made = report.resources.total, synthesised_amounts(report)
    named = [
        ("LUT", "lut", total.lut),
        ("Flip-flop", "ff", total.ff),
        ("Block RAM (36 kbit)", "bram36", total.bram36),
        ("DSP", "dsp", total.dsp),
        ("UltraRAM", "uram", total.uram),
    ]
    return [(title, amount, made.get(key)) for title, key, amount in named if amount.device]


def _count(value: float) -> str:
    """Thousands apart, a decimal only where there is one."""
    return f"{value:,.1f}" if value % 1 and value < 1000 else f"{value:,.0f}"


def _more(value: float) -> str:
    """An additional amount, with its sign."""
    whole = round(value) if abs(value) >= 100 else round(value, 1)
    return f"{'+' if whole > 0 else '-'}{_count(abs(whole))}" if whole else "0"


def _fold(parallelism: Sequence[int]) -> str:
    pixels = f" ({parallelism[2]})" if len(parallelism) > 2 else ""
    return f"{parallelism[0]} → {parallelism[1]}{pixels}"


def _percent(value: float) -> str:
    return f"{value:.0%}" if value >= 0.1 or value == 0 else f"{value:.1%}"


def _band(error: float | None) -> str:
    """An error band behind a number; nothing where there is none or the number is exact."""
    return f" ±{_percent(error)}" if error else ""
