"""An exploration on the terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from r2b_hw.exploration import Design, Exploration, Standing
from r2b_hw.exploration.schema import Outcome

_MARKS = {Standing.FRONT: "●", Standing.BOARD_FRONT: "○", Standing.DOMINATED: "·"}


def exploration_table(exploration: Exploration) -> RenderableType:
    """The table: a row a design, then the reasons of what was refused."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    table.add_column("board", no_wrap=True)
    for column in ("frames/s", "cycles", "latency µs", "LUT", "BRAM36", "URAM", "DSP"):
        table.add_column(column, justify="right", no_wrap=True)
    for point in exploration.points:
        if point.design is not None:
            style = "dim" if point.standing is Standing.DOMINATED else ""
            table.add_row(_MARKS[point.standing], point.goal.board, *_cells(point.design), style=style)
    reasons = [
        Text(f"✗ {point.goal.board}, {_asked(point.goal.fps)}: {point.refusal}", style="yellow")
        for point in exploration.refused
    ]
    note = Text(
        "● no design beats it   ○ one on another board does   · one on its own board does\n"
        "(in rate, LUT, BRAM36, URAM and latency together). Rate, cycles a frame and\n"
        "latency: stage simulated. LUT, BRAM36, URAM, DSP: stage model, and the share of\n"
        "what a design may take.",
        style="dim",
    )
    return Group(table, *reasons, note)


def _cells(design: Design) -> list[str]:
    speed, resources = design.speed, design.resources

    def count(name: str) -> str:
        taken, available = getattr(resources.taken, name), getattr(resources.available, name)
        share = f" {taken / available:3.0%}" if available else ""
        return f"{taken:,.1f}{share}" if taken % 1 and name != "lut" else f"{taken:,.0f}{share}"

    return [
        f"{speed.fps:,.0f}",
        f"{speed.interval_cycles:,.0f}",
        f"{speed.latency_microseconds:,.1f}",
        *(count(name) for name in ("lut", "bram36", "uram", "dsp")),
    ]


def outcome_line(outcome: Outcome, kept: bool) -> str:
    """Return what became of one point, as it ends."""
    how = "kept" if kept else f"{outcome.seconds:.1f} s"
    where = f"  {outcome.goal.board}, {_asked(outcome.goal.fps)}"
    if outcome.design is None:
        return f"{where}: refused [{how}]"
    taken = outcome.design.resources.taken
    return f"{where}: {outcome.design.speed.fps:,.0f} frames/s, {taken.lut:,.0f} LUT, {taken.bram36:g} BRAM36 [{how}]"


def _asked(fps: float | None) -> str:
    return "as fast as fits" if fps is None else f"{fps:,.0f} frames/s asked for"
