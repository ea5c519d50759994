"""What the page draws of the bottleneck beside timelines: the chain of waiting, and every unit's cycles."""

from collections.abc import Sequence
from dataclasses import dataclass

from r2b_hw.reporting.activity_names import INPUT, OUTPUT
from r2b_hw.reporting.bottleneck_schema import Bottleneck, ChainLink, UnitActivity, Wait
from r2b_hw.reporting.grouping import grouped, runs
from r2b_hw.reporting.schema import Report

_MOST_PILLS = 12
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


def draw_chain(report: Report, bottleneck: Bottleneck) -> Chain:
    """Return the chain with units of a layer, or of a part of its path, put together."""
    forth = [link for link in bottleneck.chain if link.room]
    back = [link for link in bottleneck.chain if not link.room][::-1]
    circle = [step.unit for step in bottleneck.circle if step.kind == "work"] or [s.unit for s in bottleneck.circle]
    limit = (bottleneck.unit,) if bottleneck.unit and not bottleneck.fifos else tuple(dict.fromkeys(circle))
    return Chain(_pills(report, forth), tuple(name for name in limit if name), _pills(report, back))


def _pills(report: Report, links: Sequence[ChainLink]) -> tuple[Pill, ...]:
    layers = {link.unit: link.unit for link in links}
    layers |= {unit.name: unit.layer for unit in report.units if unit.name in layers}
    of = {unit: title for title, units in grouped(layers, _MOST_PILLS).items() for unit in units}
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
    return tuple(
        Column(
            x=CHART_LEFT + number * step + (step - width) / 2,
            width=width,
            busy=CHART_HEIGHT * unit.busy / interval,
            blocked=CHART_HEIGHT * unit.blocked / interval,
            full=unit.busy > 0.9 * interval,
            title=f"{unit.name}: busy {unit.busy:,.0f}, starved {unit.starved:,.0f}, blocked {unit.blocked:,.0f} cycles",
        )
        for number, unit in enumerate(units)
    )


def busiest_first(bottleneck: Bottleneck, most: int) -> tuple[UnitActivity, ...]:
    """Return the busiest units."""
    return tuple(sorted(bottleneck.units, key=lambda unit: -unit.busy)[:most])


def longest_wait(unit: UnitActivity) -> Wait | None:
    """Return what the unit waits for longest."""
    return unit.waits[0] if unit.waits else None
