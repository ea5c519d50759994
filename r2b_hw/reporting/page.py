"""Renders report.html: one file, styles and drawings inside, nothing fetched."""

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from r2b_hw import resources
from r2b_hw.reporting.amounts import synthesised_amounts
from r2b_hw.reporting.pipeline import draw_pipeline
from r2b_hw.reporting.schema import Amount, Report


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
    return environment.get_template("report.html.jinja").render(context)


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


def _percent(value: float) -> str:
    return f"{value:.0%}" if value >= 0.1 or value == 0 else f"{value:.1%}"


def _band(error: float | None) -> str:
    """An error band behind a number; nothing where there is none or the number is exact."""
    return f" ±{_percent(error)}" if error else ""
