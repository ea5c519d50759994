"""A comparison on the terminal, and in Markdown."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from r2b_hw.reporting.comparison import Comparison, Row
from r2b_hw.reporting.markdown import table

_FOLDINGS = "Units that are folded differently (channels in → out, cycles a frame)"


def comparison_tables(found: Comparison) -> RenderableType:
    """Return the tables for ``rich``'s console; what is the same in all builds is dim."""
    parts = [_rich(found.names, found.figures, None)]
    if found.foldings:
        parts.append(_rich(found.names, found.foldings, _FOLDINGS))
    return Group(*parts)


def comparison_markdown(found: Comparison) -> str:
    """Return the tables as Markdown."""
    lines = table(["", *found.names], [[row.title, *row.texts] for row in found.figures])
    if found.foldings:
        lines += [f"## {_FOLDINGS}", ""]
        lines += table(["unit", *found.names], [[row.title, *row.texts] for row in found.foldings])
    return "\n".join(lines).rstrip() + "\n"


def _rich(names: Sequence[str], rows: Sequence[Row], title: str | None) -> Table:
    made = Table(box=None, pad_edge=False, title=title, title_justify="left", title_style="bold")
    made.add_column("")
    for name in names:
        made.add_column(name, justify="right", overflow="fold")
    for row in rows:
        made.add_row(row.title, *(Text(text, style="" if row.differs else "dim") for text in row.texts))
    return made
