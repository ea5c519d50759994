"""Renders report.html: one file, styles and drawings inside, nothing fetched."""

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from r2b_hw import resources
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
    costs = {item.name: item for item in report.resources.units}
    context: dict[str, Any] = {
        "report": report,
        "sections": draw_pipeline(report),
        "bars": _bars(report),
        "costs": costs,
        "deep_fifos": [fifo for fifo in report.fifos if fifo.waiting or fifo.depth > _SHALLOW],
        "shallow_fifos": [fifo for fifo in report.fifos if not (fifo.waiting or fifo.depth > _SHALLOW)],
        "failed": [rung for rung in report.verification if rung.status.value == "failed"],
        "passed": [rung for rung in report.verification if rung.status.value == "passed"],
    }
    return environment.get_template("report.html.jinja").render(context)


_SHALLOW = 32


def _bars(report: Report) -> list[tuple[str, Amount]]:
    total = report.resources.total
    named = [
        ("LUT", total.lut),
        ("Flip-flop", total.ff),
        ("Block RAM (36 kbit)", total.bram36),
        ("DSP", total.dsp),
        ("UltraRAM", total.uram),
    ]
    return [(name, amount) for name, amount in named if amount.device]


def _count(value: float) -> str:
    """Thousands apart, a decimal only where there is one."""
    return f"{value:,.1f}" if value % 1 and value < 1000 else f"{value:,.0f}"


def _percent(value: float) -> str:
    return f"{value:.0%}" if value >= 0.1 or value == 0 else f"{value:.1%}"
