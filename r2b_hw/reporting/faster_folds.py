"""Which units to fold wider for a faster design, and what that costs: a level of intervals at a time; stage model.

Every step takes all units above the next level to it, each by the fold that is cheapest on this board, width converters
counted. Words in FIFOs are not counted, and the units keep the memories they have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import reduce

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.port import Port
from r2b_hw.graph.stream import Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.planning.folding import Fold, Parallelism, convertible, folded, group_folds, groups, parallelism_of
from r2b_hw.planning.width import conversion_steps, converters
from r2b_hw.reporting.headroom import Headroom
from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu
from r2b_hw.units.width_converter import WidthConverter
from r2b_hw.units.xnor_mvu import XnorMvu

_MOST_STEPS = 4
_WORTHWHILE = 0.97
"""A level is the next one where it takes at most this share of the cycles of the one before."""


@dataclass(frozen=True)
class Refolded:
    """One unit's other fold."""

    unit: str
    before: Parallelism
    after: Parallelism
    cycles_before: int
    cycles_after: int


@dataclass(frozen=True)
class Step:
    """A level reached: units folded otherwise, the cost of this step, the interval then and who sets it."""

    units: tuple[Refolded, ...]
    cost: Cost
    interval: int
    limit: str
    exceeds: tuple[str, ...]


@dataclass(frozen=True)
class Ladder:
    """Steps to faster designs, up to the first that the board has no room for; and why there is no further one.

    ``stuck`` names units that no fold makes faster, with the cycles they need.
    """

    steps: tuple[Step, ...]
    stuck: tuple[tuple[str, int], ...]


def faster_folds(graph: HardwareGraph, headroom: Headroom, already: Cost) -> Ladder:
    """Return the ladder from the folds that ``graph`` has; ``already`` is what earlier steps take beside it."""
    return _Climb(graph, headroom, already).ladder()


@dataclass(frozen=True)
class _Link:
    """A stream between two units that are no converters, whatever stands on it."""

    stream: Stream
    producer: str
    output_port: str
    consumer: str
    input_port: str


class _Climb:
    def __init__(self, graph: HardwareGraph, headroom: Headroom, already: Cost) -> None:
        self._graph = graph.with_units([_plain(unit) for unit in graph.units])
        self._headroom = headroom
        self._spent = already
        self._units: dict[str, Unit] = {u.name: u for u in graph.units if not isinstance(u, WidthConverter)}
        self._now: dict[str, Parallelism] = {name: parallelism_of(unit) for name, unit in self._units.items()}
        self._cycles: dict[str, int] = {name: unit.interval for name, unit in self._units.items()}
        self._group_of = {name: group for group in groups(self._graph) for name in group if name in self._units}
        self._folds: dict[tuple[str, ...], tuple[Fold, ...]] = {}
        self._costs = {
            group: reduce(Cost.__add__, (graph.unit_by_name[name].cost() for name in group))
            for group in set(self._group_of.values())
        }
        self._links = _links(graph)

    def ladder(self) -> Ladder:
        steps: list[Step] = []
        while len(steps) < _MOST_STEPS:
            top = max(self._cycles.values())
            lower = [cycles for cycles in self._cycles.values() if cycles <= _WORTHWHILE * top]
            level = max(lower, default=0)
            chosen = {group: self._cheapest(group, level) for group in self._above(level)}
            stuck = [group for group, fold in chosen.items() if fold is None]
            if stuck or not level:
                # Those that cannot reach the level may still gain something.
                fastest = max(min(fold.interval for fold in self._of(group)) for group in (stuck or chosen))
                if fastest > _WORTHWHILE * top:
                    names = [max(group, key=lambda name: self._cycles[name]) for group in stuck or chosen]
                    return Ladder(tuple(steps), tuple((name, self._cycles[name]) for name in names))
                level = fastest
                chosen = {group: self._cheapest(group, level) for group in self._above(level)}
            if not all(chosen.values()):
                break
            steps.append(self._take([fold for fold in chosen.values() if fold is not None]))
            if steps[-1].exceeds:
                break
        return Ladder(tuple(steps), ())

    def _above(self, level: int) -> list[tuple[str, ...]]:
        """Return the groups with a unit of more cycles than ``level``, in the graph's order."""
        return list(dict.fromkeys(self._group_of[name] for name, cycles in self._cycles.items() if cycles > level))

    def _of(self, group: tuple[str, ...]) -> tuple[Fold, ...]:
        if group not in self._folds:
            self._folds[group] = group_folds(self._graph, group, {})
        return self._folds[group]

    def _cheapest(self, group: tuple[str, ...], level: int) -> Fold | None:
        folds = [fold for fold in self._of(group) if fold.interval <= level and self._fits_links(fold)]
        return min(folds, key=lambda fold: self._headroom.worth(self._more(fold)), default=None)

    def _fits_links(self, fold: Fold) -> bool:
        links = [link for link in self._links if link.producer in fold.parallelism or link.consumer in fold.parallelism]
        return all(self._steps(link, {**self._now, **fold.parallelism}) for link in links)

    def _more(self, fold: Fold) -> Cost:
        """Return what ``fold`` takes more than its units do now, width converters included."""
        more = fold.cost + self._costs[self._group_of[next(iter(fold.parallelism))]] * -1
        for link in self._links:
            if link.producer in fold.parallelism or link.consumer in fold.parallelism:
                more += self._converters(link, {**self._now, **fold.parallelism})
                more += self._converters(link, self._now) * -1
        return more

    def _take(self, folds: Sequence[Fold]) -> Step:
        cost = Cost()
        changed: list[Refolded] = []
        for fold in folds:
            # One after the other, so that a converter between two of them is counted once.
            cost += self._more(fold)
            self._costs[self._group_of[next(iter(fold.parallelism))]] = fold.cost
            for name, parallelism in fold.parallelism.items():
                before, old = self._now[name], self._cycles[name]
                self._now[name] = parallelism
                self._cycles[name] = folded(self._graph.unit_by_name[name], parallelism).interval
                if parallelism != before:
                    changed.append(Refolded(name, before, parallelism, old, self._cycles[name]))
        self._spent += cost
        between = {
            link.stream.name: self._port(link).pixels * self._port(link).shape[2] // min(steps)
            for link in self._links
            if (steps := self._steps(link, self._now))
        }
        limit, interval = max([*self._cycles.items(), *between.items()], key=lambda item: item[1])
        return Step(
            tuple(sorted(changed, key=lambda item: -item.cycles_before)),
            cost,
            interval,
            limit,
            self._headroom.exceeded(self._spent),
        )

    def _port(self, link: _Link) -> Port:
        return self._units[link.producer].port(link.output_port)

    def _steps(self, link: _Link, words: Mapping[str, Parallelism]) -> tuple[int, ...] | None:
        port = self._port(link)
        near = min(words[link.producer][1], port.shape[2])
        far = min(words[link.consumer][0], port.shape[2])
        if not convertible(port):
            return (near,) if near == far else None
        return conversion_steps(port, near, far, max(self._cycles.values()))

    def _converters(self, link: _Link, words: Mapping[str, Parallelism]) -> Cost:
        total = Cost()
        for converter in converters(self._port(link), link.stream.name, "", self._steps(link, words) or (1,)):
            total += converter.cost()
        return total


def _plain(unit: Unit) -> Unit:
    """Return ``unit`` with one pixel at a time, so that all its folds are found."""
    if not isinstance(unit, PixelParallelMvu):
        return unit
    return XnorMvu(**{field.name: getattr(unit, field.name) for field in fields(XnorMvu)})


def _links(graph: HardwareGraph) -> tuple[_Link, ...]:
    links: list[_Link] = []
    for stream in graph.streams:
        start, end = stream.producer, stream.consumer
        if start is None or end is None or isinstance(graph.unit_by_name[start.unit], WidthConverter):
            continue
        while isinstance(unit := graph.unit_by_name[end.unit], WidthConverter):
            following = graph.stream_at(unit.name, "y").consumer
            if following is None:
                break
            end = following
        if not isinstance(graph.unit_by_name[end.unit], WidthConverter):
            links.append(_Link(stream, start.unit, start.port, end.unit, end.port))
    return tuple(links)
