"""A report in Markdown, for a pull request or a README: figures, verification, and why it is not faster."""

from collections.abc import Sequence

from r2b_hw.reporting.amounts import synthesised_amounts
from r2b_hw.reporting.schema import Report
from r2b_hw.reporting.words import count, percent


def markdown_text(report: Report) -> str:
    """Return the report's figures as Markdown."""
    speed = report.performance
    lines = [
        f"# {report.name} on {report.board.title}",
        "",
        f"{count(speed.fps)} frames a second at {speed.clock_mhz:g} MHz, {count(speed.interval_cycles)} cycles a "
        f"frame, latency {count(speed.latency_cycles)} cycles ({speed.stage.value}).",
        "",
        *_resources(report),
        *_verification(report),
        *_bottleneck(report),
    ]
    return "\n".join(lines).rstrip() + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table, and an empty one behind it."""
    cells = [[text.replace("|", "\\|").replace("\n", " ") for text in row] for row in rows]
    return [*(f"| {' | '.join(row)} |" for row in ([*head], ["---"] * len(head), *cells)), ""]


def _resources(report: Report) -> list[str]:
    made = synthesised_amounts(report)
    rows: list[list[str]] = []
    for name in ("lut", "ff", "bram36", "uram", "dsp"):
        amount = getattr(report.resources.total, name)
        if amount.device:
            value = made.get(name, amount.value)
            share = percent(value / amount.available) if amount.available else ""
            synthesised = [f"{made[name]:,.0f}"] if made else []
            rows.append([name.upper(), f"{amount.value:,.0f}", *synthesised, f"{amount.available:,.0f}", share])
    return table(["Resource", "model", *(["yosys"] if made else []), "available", "share"], rows)


def _verification(report: Report) -> list[str]:
    rows = [
        [rung.title, rung.status.value, count(rung.images), count(rung.mismatches), rung.reason or ""]
        for rung in report.verification
    ]
    return table(["Rung", "", "images", "mismatches", ""], rows) if rows else []


def _bottleneck(report: Report) -> list[str]:
    found = report.bottleneck
    if found is None:
        return []
    lines = ["## Why is it not faster?", "", f"**{found.headline}**", ""]
    for sentence in (*found.text, found.latency_text):
        lines += [sentence, ""]
    if found.changes or found.changes_text:
        lines += ["## To go faster", ""]
    if found.changes:
        lines += [f"{number}. {change.text}" for number, change in enumerate(found.changes, 1)]
        lines.append("")
    for sentence in found.changes_text:
        lines += [sentence, ""]
    return lines
