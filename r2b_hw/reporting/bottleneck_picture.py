"""What the page draws of the bottleneck beside timelines: the chain of waiting, and every unit's cycles."""

from collections.abc import Sequence
from dataclasses import dataclass

from r2b_hw.reporting.activity_names import INPUT, OUTPUT
from r2b_hw.reporting.bottleneck_schema import Bottleneck, ChainLink
from r2b_hw.reporting.grouping import grouped, runs
from r2b_hw.reporting.schema import Report

_MOST_PILLS = 14
_MOST_BLOCKS = 40
_LETTER = 6.2
_BUSY = 0.9
CHART_WIDTH, CHART_LEFT, CHART_HEIGHT, CHART_TOP = 1240, 64, 200, 14


@dataclass(frozen=True)
class Pill:
    """Some units of the chain, one after the other."""

    label: str
    units: int
    title: str


@dataclass(frozen=True)
class Chain:
    """Units that wait for room, those that set the interval, and those that wait for words, in the order of data."""

    before: tuple[Pill, ...]
    limit: tuple[str, ...]
    behind: tuple[Pill, ...]


@dataclass(frozen=True)
class Column:
    """A unit's bar: busy at the bottom, blocked hanging from the top, what is left between them starved."""

    x: float
    width: float
    busy: float
    blocked: float
    full: bool
    title: str


def draw_chain(bottleneck: Bottleneck) -> Chain:
    """Return the chain with units of a part of the network put together."""
    forth = [link for link in bottleneck.chain if link.room]
    back = [link for link in bottleneck.chain if not link.room][::-1]
    circle = [step.unit for step in bottleneck.circle if step.kind == "work"] or [s.unit for s in bottleneck.circle]
    limit = (bottleneck.unit,) if bottleneck.unit and not bottleneck.fifos else tuple(dict.fromkeys(circle))
    return Chain(_pills(forth), tuple(name for name in limit if name), _pills(back))


def _pills(links: Sequence[ChainLink]) -> tuple[Pill, ...]:
    of = {unit: title for title, units in grouped([link.unit for link in links], _MOST_PILLS).items() for unit in units}
    pills: list[Pill] = []
    place = 0
    for title, units in runs([of[link.unit] for link in links]):
        members = links[place : place + units]
        text = "; ".join(
            f"{link.unit} waits {link.cycles:,.0f} cycles for {'room in' if link.room else 'words of'} {link.fifo}"
            for link in members
        )
        pills.append(Pill(title, units, text))
        place += units
    return tuple(pills)


def draw_columns(report: Report, bottleneck: Bottleneck) -> tuple[Column, ...]:
    """Return a bar for every unit, in pipeline order, for the chart of ``CHART_WIDTH`` by ``CHART_HEIGHT``."""
    units = [unit for unit in bottleneck.units if unit.name not in (INPUT, OUTPUT)]
    step = (CHART_WIDTH - CHART_LEFT - 6) / max(1, len(units))
    width = min(step * 0.8, 26)
    interval = report.performance.interval_cycles
    limiting = draw_chain(bottleneck).limit
    return tuple(
        Column(
            x=CHART_LEFT + number * step + (step - width) / 2,
            width=width,
            busy=CHART_HEIGHT * unit.busy / interval,
            blocked=CHART_HEIGHT * unit.blocked / interval,
            full=unit.busy > _BUSY * interval or unit.name in limiting,
            title=f"{unit.name}: busy {unit.busy:,.0f}, starved {unit.starved:,.0f}, blocked {unit.blocked:,.0f}",
        )
        for number, unit in enumerate(units)
    )


def draw_blocks(report: Report, columns: Sequence[Column]) -> tuple[tuple[str, float, float], ...]:
    """Return title, begin and end of the runs of neighbours that belong to one block of the network; wide ones only."""
    names = [unit.name for unit in report.units]
    of = {unit: title for title, units in grouped(names, _MOST_BLOCKS).items() for unit in units}
    result: list[tuple[str, float, float]] = []
    place = 0
    for title, units in runs([of[name] for name in names]):
        begin, end = columns[place], columns[place + units - 1]
        place += units
        if end.x + end.width - begin.x > _LETTER * len(title):
            result.append((title, begin.x, end.x + end.width))
    return tuple(result)
