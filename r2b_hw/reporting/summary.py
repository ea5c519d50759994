"""A report on the terminal."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from r2b_hw.reporting.amounts import synthesised_amounts
from r2b_hw.reporting.schema import Report, Status

_MARKS = {Status.PASSED: ("✓", "green"), Status.FAILED: ("✗", "bold red"), Status.NOT_RUN: ("-", "dim")}
_BUSIEST = 5
_FINDINGS = 5


def summary(report: Report) -> RenderableType:
    """Return speed, resources, verification, the busiest units and the bottleneck, for ``rich``'s console."""
    return Group(_headline(report), _resources(report), _verification(report), _busiest(report), *_bottleneck(report))


def _headline(report: Report) -> RenderableType:
    speed = report.performance
    text = Text()
    text.append(f"{speed.fps:,.0f}", style="bold")
    text.append(f" frames/s at {speed.clock_mhz:g} MHz   ")
    text.append(f"{speed.interval_cycles:,.0f}", style="bold")
    text.append(" cycles a frame   latency ")
    text.append(f"{speed.latency_cycles:,}", style="bold")
    text.append(f" cycles, {speed.latency_microseconds:,.1f} µs   ({speed.stage.value})\n")
    text.append(f"{report.operations.binary_macs:,} binary and {report.operations.real_macs:,} real MACs a frame")
    if report.accuracy is not None:
        text.append(f"   accuracy {report.accuracy.accelerator:.2%} on {report.accuracy.test_images} test images")
    exact = ("bit-exact", "green") if report.bit_exact else (f"not bit-exact: {report.bit_exact_note}", "yellow")
    text.append("\n")
    text.append(*exact)
    return Panel(text, title=f"{report.name} on {report.board.title}", title_align="left")


def _resources(report: Report) -> RenderableType:
    made = synthesised_amounts(report)
    table = Table(box=None, pad_edge=False, title="Resources", title_justify="left", title_style="bold")
    for column in ("", "model", *(["yosys"] if made else []), "available", " "):
        table.add_column(column, justify="left" if not column.strip() else "right")
    for name in ("lut", "ff", "bram36", "uram", "dsp"):
        amount = getattr(report.resources.total, name)
        value = made.get(name, amount.value)
        bar = ProgressBar(total=max(amount.available, 1), completed=value, width=30)
        share = f" {value / amount.available:.0%}" if amount.available else ""
        row = Table.grid()
        row.add_row(bar, share)
        band = f" ±{amount.error:.0%}" if amount.error else ""
        figures = [f"{amount.value:,.0f}{band}", *([f"{made[name]:,.0f}"] if made else []), f"{amount.available:,.0f}"]
        table.add_row(name.upper(), *figures, row)
    return Group(table, *_synthesis_notes(report))


def _synthesis_notes(report: Report) -> list[Text]:
    synthesis = report.synthesis
    if synthesis is None:
        return []
    if synthesis.status is not Status.PASSED:
        return [Text(f"yosys {synthesis.status.value}: {synthesis.reason}", style="dim")]
    found = [f"{finding.where}: {finding.message}" for finding in synthesis.findings]
    more = [f"and {len(found) - _FINDINGS} more findings in the report"] if len(found) > _FINDINGS else []
    return [Text(f"! {line}", style="yellow") for line in found[:_FINDINGS] + more]


def _verification(report: Report) -> RenderableType:
    table = Table(box=None, pad_edge=False, title="Verification", title_justify="left", title_style="bold")
    for column, justify in (
        ("", "left"),
        ("rung", "left"),
        ("images", "right"),
        ("mismatches", "right"),
        ("", "left"),
    ):
        table.add_column(column, justify=justify)  # pyright: ignore[reportArgumentType]
    for rung in report.verification:
        mark, style = _MARKS[rung.status]
        note = rung.reason or ""
        if rung.divergence is not None:
            at = rung.divergence
            note = f"first at {at.layer} {list(at.index)}: expected {at.expected:g}, got {at.got:g}"
        status = rung.status.value if not note else f"{rung.status.value}: {note}"
        table.add_row(
            Text(mark, style=style),
            rung.title,
            str(rung.images),
            str(rung.mismatches),
            Text(status, style=style),
        )
    return table


def _busiest(report: Report) -> RenderableType:
    table = Table(box=None, pad_edge=False, title="Busiest units", title_justify="left", title_style="bold")
    for column in ("unit", "kind", "words in → out", "cycles", "load"):
        table.add_column(column, justify="right" if column in ("cycles", "load") else "left")
    for unit in sorted(report.units, key=lambda unit: -unit.load)[:_BUSIEST]:
        words = f"{unit.input_channels_per_word} → {unit.output_channels_per_word}"
        table.add_row(unit.name, unit.kind, words, f"{unit.cycles:,}", f"{unit.load:.0%}")
    return table


def _bottleneck(report: Report) -> list[Text]:
    found = report.bottleneck
    if found is None:
        return []
    lines = [Text(f"\n{found.headline}", style="bold"), *(Text(sentence) for sentence in found.text)]
    lines.append(Text(found.latency_text, style="dim"))
    if found.changes:
        lines.append(Text(f"To go faster: {found.changes[0].text}"))
    return lines
