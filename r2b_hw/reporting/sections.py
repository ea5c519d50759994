"""Cuts the pipeline into rows: a fork up to the join of its branches, or a run of units without branches.

Works on the report's streams alone, so that any graph can be drawn; names only make titles.
"""

from dataclasses import dataclass

from r2b_hw.reporting.schema import FifoReport, Report

_WITHOUT_LAYER = ("fork", "width_converter")
"""Kinds that bear the layer of whatever feeds them."""


@dataclass(frozen=True)
class Link:
    """A stream between two units."""

    producer: str
    consumer: str
    stream: FifoReport


@dataclass(frozen=True)
class Row:
    """Units of one row of the drawing, in topological order, and the streams between them."""

    title: str
    units: tuple[str, ...]
    links: tuple[Link, ...]


def rows_of(report: Report, longest: int) -> tuple[Row, ...]:
    """Return the rows; a run without branches has at most ``longest`` units."""
    order = [unit.name for unit in report.units]
    place = {name: index for index, name in enumerate(order)}
    links = [Link(s.producer, s.consumer, s) for s in report.fifos if s.producer is not None and s.consumer is not None]
    reach = {name: max((place[link.consumer] for link in links if link.producer == name), default=0) for name in order}
    forks = {name for name in order if sum(link.producer == name for link in links) > 1}
    furthest = 0
    runs: list[list[str]] = [[]]
    branched: list[bool] = [False]
    for index, name in enumerate(order):
        # All earlier streams end here: one stream enters, or, behind a fork, its branches join.
        alone = furthest <= index
        if alone and not branched[-1] and (name in forks or len(runs[-1]) >= longest):
            runs.append([])
            branched.append(name in forks)
        runs[-1].append(name)
        if alone and branched[-1] and len(runs[-1]) > 1:
            runs.append([])
            branched.append(False)
        furthest = max(furthest, reach[name])
    rows: list[Row] = []
    for units in runs:
        if units:
            inside = set(units)
            joined = tuple(link for link in links if link.producer in inside and link.consumer in inside)
            layers = [unit.layer for unit in report.units if unit.name in inside and unit.kind not in _WITHOUT_LAYER]
            rows.append(Row(_title(layers), tuple(units), joined))
    return tuple(rows)


def _title(layers: list[str]) -> str:
    """Return what the layers' paths have in common, or the first and last of them."""
    paths = [layer.split(".") for layer in layers] or [["words"]]
    common: list[str] = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    if common:
        return ".".join(common)
    heads = list(dict.fromkeys(path[0] for path in paths))
    return heads[0] if len(heads) == 1 else f"{heads[0]} … {heads[-1]}"
