"""Renders explore.html: one file, styles and drawings inside, nothing fetched."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from r2b_hw import resources
from r2b_hw.exploration import chart
from r2b_hw.exploration.schema import Exploration, Standing
from r2b_hw.version import __version__


def render_exploration(exploration: Exploration) -> str:
    """Return the HTML page of ``exploration``."""
    templates = resources.templates_directory()
    environment = Environment(
        loader=FileSystemLoader([templates / "exploration", templates / "report"]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = _count
    page = environment.get_template("explore.html.jinja")
    return page.render(
        exploration=exploration,
        panels=chart.panels(exploration),
        legend=chart.legend(exploration),
        designs=[point for point in exploration.points if point.standing is not Standing.REFUSED],
        standings=list(Standing),
        version=__version__,
        chart=chart,
        share=_share,
    )


def _count(value: float) -> str:
    """Thousands apart, a decimal only where there is one."""
    return f"{value:,.1f}" if value % 1 and value < 1000 else f"{value:,.0f}"


def _share(taken: float, available: float) -> str:
    return f"{taken / available:.0%}" if available else ""
