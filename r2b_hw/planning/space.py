"""All foldings of a graph as a problem of selection, and back."""

from collections.abc import Mapping
from dataclasses import dataclass

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Stream
from r2b_hw.planning.budget import RESOURCES, amount
from r2b_hw.planning.folding import Fold, Parallelism, group_folds, groups
from r2b_hw.planning.links import Links, Way
from r2b_hw.planning.selection import Delay, Link, Problem, Selection
from r2b_hw.planning.stores import Store


@dataclass(frozen=True)
class Choice:
    """What a selection says of a graph.

    Attributes
    ----------
    parallelism
        Of each unit, by name.
    in_luts
        Names of the units whose constants lie in LUTs instead of block RAM.
    stores
        Where words wait, by stream of the unfolded graph.
    interval
        Cycles a frame of the slowest unit, converters included.
    """

    parallelism: Mapping[str, Parallelism]
    in_luts: frozenset[str]
    stores: Mapping[str, Store]
    interval: int


@dataclass(frozen=True)
class FoldProblem:
    """The problem for one target, and what its options and ways stand for."""

    problem: Problem
    folds: tuple[tuple[Fold, ...], ...]
    ways: tuple[Mapping[tuple[int, int], tuple[Way, ...]], ...]
    streams: tuple[Stream, ...]

    def choice(self, selection: Selection) -> Choice:
        """Return what ``selection`` means."""
        picked = [folds[option] for folds, option in zip(self.folds, selection.options, strict=True)]
        parallelism = {name: words for fold in picked for name, words in fold.parallelism.items()}
        stores: dict[str, Store] = {}
        for stream, link, ways, way in zip(self.streams, self.problem.links, self.ways, selection.ways, strict=True):
            store = ways[link.words(selection.options)][way].store
            if store is not None:
                stores[stream.name] = store
        in_luts = frozenset(name for fold in picked for name in fold.in_luts)
        return Choice(parallelism, in_luts, stores, max(fold.interval for fold in picked))


class FoldSpace:
    """All folds of a graph, computed once, and the problems they make for many targets."""

    def __init__(self, graph: HardwareGraph, overrides: Mapping[str, Parallelism]) -> None:
        self._graph = graph
        self._groups = groups(graph)
        self._folds = [group_folds(graph, group, overrides) for group in self._groups]
        self.links = Links(graph)
        self._group_of = {name: index for index, group in enumerate(self._groups) for name in group}

    def intervals(self) -> tuple[int, ...]:
        """Return every interval at which some unit's choice of folds changes and that all units can keep, ascending."""
        values = {fold.interval for folds in self._folds for fold in folds}
        fastest = self.fastest()
        return tuple(sorted(value for value in values if value >= fastest))

    def fastest(self) -> int:
        """Return the least interval that every unit can keep."""
        return max(min(fold.interval for fold in folds) for folds in self._folds)

    def slowest_unit(self) -> str:
        """Return the name of a unit that cannot be faster than ``fastest``."""
        slowest = max(range(len(self._groups)), key=lambda index: min(fold.interval for fold in self._folds[index]))
        return self._groups[slowest][0]

    def problem(self, target: int, budget: Cost) -> FoldProblem:
        """Return the problem whose selections keep ``target`` cycles a frame (at least ``fastest``)."""
        folds: list[tuple[Fold, ...]] = []
        costs: list[tuple[Cost, ...]] = []
        for index in range(len(self._groups)):
            kept = self._useful(index, target)
            folds.append(tuple(fold for fold, _ in kept))
            costs.append(tuple(cost for _, cost in kept))
        links: list[Link] = []
        delays: list[Delay] = []
        ways: list[Mapping[tuple[int, int], tuple[Way, ...]]] = []
        streams: list[Stream] = []
        for stream in self._graph.streams:
            near, far = self._ends(stream)
            if near is None or far is None or near == far:
                continue
            near_words = tuple(self._words(stream, fold, output=True) for fold in folds[near])
            far_words = tuple(self._words(stream, fold, output=False) for fold in folds[far])
            pairs = {(n, f) for n in set(near_words) for f in set(far_words)}
            ultra_ram = amount(budget, "uram") > 0
            found = {
                pair: self.links.ways(stream, pair[0], pair[1], target, ultra_ram=ultra_ram) for pair in sorted(pairs)
            }
            ways.append({pair: _pareto(some) for pair, some in found.items() if some})
            costs_of = {pair: tuple(way.cost for way in some) for pair, some in ways[-1].items()}
            patience: dict[tuple[int, int], tuple[int, ...]] = {}
            if self.links.is_gated(stream.name):
                patience = {pair: tuple(way.patience for way in some) for pair, some in ways[-1].items()}
                delays.append(self._delay(stream, len(links), folds))
            links.append(Link(near, far, near_words, far_words, costs_of, patience))
            streams.append(stream)
        problem = Problem(tuple(costs), tuple(links), Cost(), budget, tuple(delays))
        return FoldProblem(problem, tuple(folds), tuple(ways), tuple(streams))

    def _delay(self, stream: Stream, link: int, folds: list[tuple[Fold, ...]]) -> Delay:
        """Return how long ``stream`` waits for the vector units beside it, one after the other."""
        cycles: dict[int, tuple[int, ...]] = {}
        fixed = 0
        for name in self.links.waiting[stream.name].vectors:
            unit = self._graph.unit_by_name[name]
            cycles[self._group_of[name]] = tuple(fold.interval for fold in folds[self._group_of[name]])
            fixed += max(self.links.flight(self._graph.stream_at(name, port.name)) for port in unit.outputs)
        return Delay(link, cycles, fixed)

    def _useful(self, index: int, target: int) -> list[tuple[Fold, Cost]]:
        """Return the folds that keep ``target`` with their costs, inner streams and host ends included.

        Folds of the same words differ in what their neighbours do not see; those that cost more of everything are left
        out.
        """
        by_words: dict[tuple[Parallelism, ...], list[tuple[Fold, Cost]]] = {}
        for fold in self._folds[index]:
            if fold.interval <= target:
                cost = fold.cost + self._own_streams(index, fold, target)
                by_words.setdefault(fold.words, []).append((fold, cost))
        kept: list[tuple[Fold, Cost]] = []
        for folds in by_words.values():
            kept.extend(pair for place, pair in enumerate(folds) if not _dominated(place, [cost for _, cost in folds]))
        return kept

    def _own_streams(self, index: int, fold: Fold, target: int) -> Cost:
        """Return the FIFOs of streams whose words ``fold`` alone decides."""
        total = Cost()
        for stream in self._own(index):
            output = stream.producer is not None
            total += self.links.small_fifo(stream, self._words(stream, fold, output=output), target)
        return total

    def _own(self, index: int) -> list[Stream]:
        names = self._groups[index]
        found: list[Stream] = []
        for name in names:
            unit = self._graph.unit_by_name[name]
            for port in unit.inputs:
                stream = self._graph.stream_at(name, port.name)
                if stream.producer is None or stream.producer.unit in names:
                    found.append(stream)
            for port in unit.outputs:
                stream = self._graph.stream_at(name, port.name)
                if stream.consumer is None:
                    found.append(stream)
        return found

    def _ends(self, stream: Stream) -> tuple[int | None, int | None]:
        near = None if stream.producer is None else self._group_of[stream.producer.unit]
        far = None if stream.consumer is None else self._group_of[stream.consumer.unit]
        return near, far

    def _words(self, stream: Stream, fold: Fold, *, output: bool) -> int:
        """Return the channels a word of one end of ``stream``."""
        end = stream.producer if output else stream.consumer
        if end is None:
            raise ValueError(f"stream {stream.name} has no unit at that end")
        # A stream of one channel, such as a factor a pixel, has words of one channel whatever its units' parallelism.
        return min(fold.parallelism[end.unit][1 if output else 0], self._graph.port_of(stream).shape[2])


def _dominated(place: int, costs: list[Cost]) -> bool:
    """Whether another of ``costs`` takes no more of anything; of equal ones the first stays."""
    own = _amounts(costs[place])
    for other, cost in enumerate(costs):
        amounts = _amounts(cost)
        no_more = all(theirs <= ours for theirs, ours in zip(amounts, own, strict=True))
        if no_more and (amounts != own or other < place):
            return True
    return False


def _pareto(ways: tuple[Way, ...]) -> tuple[Way, ...]:
    """Return the ways that are not worse in everything than another of at least their patience."""
    kept: list[Way] = []
    for way in sorted(ways, key=lambda way: -way.patience):
        costs = [other.cost for other in kept]
        if not _dominated(len(costs), [*costs, way.cost]):
            kept.append(way)
    return tuple(kept)


def _amounts(cost: Cost) -> tuple[float, ...]:
    return tuple(amount(cost, name) for name in RESOURCES)
