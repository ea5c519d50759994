"""Builds side by side: speed, resources, accuracy and what was verified, and the units that are folded differently."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from r2b_hw.reporting.amounts import synthesised_amounts
from r2b_hw.reporting.schema import Report, Status, UnitReport

_RESOURCES = ("lut", "ff", "bram36", "uram", "dsp")
_ABSENT = "-"


@dataclass(frozen=True)
class Row:
    """One figure of every build, as text and as it stands in a JSON document."""

    title: str
    texts: tuple[str, ...]
    values: tuple[object, ...]

    @property
    def differs(self) -> bool:
        """Whether the builds are not all the same in it."""
        return len(set(self.texts)) > 1


@dataclass(frozen=True)
class Comparison:
    """Builds side by side.

    Attributes
    ----------
    names
        Of the builds, the columns.
    figures
        Of whole designs.
    foldings
        Units that are not the same in all builds: channels of input and output words, cycles a frame (model).
    """

    names: tuple[str, ...]
    figures: tuple[Row, ...]
    foldings: tuple[Row, ...]

    def document(self) -> dict[str, object]:
        """Return what a JSON document of it holds: by build, its figures and the foldings that differ."""
        return {
            name: {
                "figures": {row.title: row.values[place] for row in self.figures},
                "foldings": {row.title: row.values[place] for row in self.foldings},
            }
            for place, name in enumerate(self.names)
        }


def compare(reports: Mapping[str, Report]) -> Comparison:
    """Lay reports side by side, by the names of the builds."""
    several = list(reports.values())
    return Comparison(tuple(reports), tuple(_figures(several)), tuple(_foldings(several)))


def _figures(reports: Sequence[Report]) -> list[Row]:
    def row(title: str, value: Callable[[Report], object], text: Callable[[Report], str]) -> Row:
        return Row(title, tuple(text(report) for report in reports), tuple(value(report) for report in reports))

    rows = [
        row("network", lambda r: r.name, lambda r: r.name),
        row("board", lambda r: r.board.name, lambda r: r.board.name),
        row("clock, MHz", lambda r: r.performance.clock_mhz, lambda r: f"{r.performance.clock_mhz:g}"),
        row("frames a second", lambda r: r.performance.fps, lambda r: f"{r.performance.fps:,.0f}"),
        row(
            "cycles a frame", lambda r: r.performance.interval_cycles, lambda r: f"{r.performance.interval_cycles:,.0f}"
        ),
        row("latency, cycles", lambda r: r.performance.latency_cycles, lambda r: f"{r.performance.latency_cycles:,}"),
        row(
            "latency, µs",
            lambda r: r.performance.latency_microseconds,
            lambda r: f"{r.performance.latency_microseconds:,.1f}",
        ),
        row("stage of these", lambda r: r.performance.stage.value, lambda r: r.performance.stage.value),
    ]
    rows += [made for name in _RESOURCES for made in _resource(name, reports)]
    rows.append(
        row(
            "accuracy",
            lambda r: r.accuracy.accelerator if r.accuracy else None,
            lambda r: f"{r.accuracy.accelerator:.2%}" if r.accuracy else _ABSENT,
        )
    )
    titles = dict.fromkeys(rung.title for report in reports for rung in report.verification)
    rows += [
        row(title, lambda r, title=title: _status(r, title), lambda r, title=title: _status(r, title))
        for title in titles
    ]
    return rows


def _resource(name: str, reports: Sequence[Report]) -> Iterator[Row]:
    """Yield rows of a resource, one a stage: none where no device has it, or nothing was synthesised."""
    amounts = [getattr(report.resources.total, name) for report in reports]
    if not any(amount.device for amount in amounts):
        return
    stages = {
        "model": [amount.value for amount in amounts],
        "yosys": [synthesised_amounts(report).get(name) for report in reports],
    }
    for stage, values in stages.items():
        if any(value is not None for value in values):
            texts = (
                _ABSENT if value is None else f"{value:,.0f}" + (f", {value / limit:.0%}" if limit else "")
                for value, limit in zip(values, (amount.available for amount in amounts), strict=True)
            )
            yield Row(f"{name.upper()}, {stage}", tuple(texts), tuple(values))


def _status(report: Report, title: str) -> str:
    found = [rung.status for rung in report.verification if rung.title == title]
    return (found[0] if found else Status.NOT_RUN).value


def _foldings(reports: Sequence[Report]) -> list[Row]:
    units = [{unit.name: unit for unit in report.units} for report in reports]
    names = dict.fromkeys(name for known in units for name in known)
    rows = [
        Row(
            name,
            tuple(_folding(known.get(name)) for known in units),
            tuple(known[name].model_dump(include=_FOLDING) if name in known else None for known in units),
        )
        for name in names
    ]
    return [row for row in rows if row.differs]


_FOLDING = {"input_channels_per_word", "output_channels_per_word", "cycles"}


def _folding(unit: UnitReport | None) -> str:
    if unit is None:
        return _ABSENT
    return f"{unit.input_channels_per_word} → {unit.output_channels_per_word}, {unit.cycles:,}"
