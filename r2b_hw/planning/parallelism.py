"""Choosing every unit's parallelism: the cheapest folding whose units all keep the target interval.

Each group of units takes the fold that is cheapest together with the converters and FIFO words it needs towards
its neighbours' current folds; this repeats until nothing changes. Where one resource overflows, its price rises
and the choice is made again, so that units trade it for others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.matrix_vector_unit import MatrixVectorUnit
from r2b_hw.graph.port import Port
from r2b_hw.graph.stream import Memory, Stream
from r2b_hw.planning.budget import Prices, amount, exceeded
from r2b_hw.planning.folding import Fold, Parallelism, convertible, folded, group_folds, groups
from r2b_hw.planning.memories import relieve, weight_moves
from r2b_hw.planning.width import conversion_steps, converters
from r2b_hw.units.memory import fifo_cost

_SWEEPS = 8
_PRICE_ROUNDS = 6
_SMALL_DEPTH = 4
_IMPOSSIBLE = 1e12


@dataclass(frozen=True)
class Choice:
    """A folding of the whole graph and what units, converters and small FIFOs cost."""

    parallelism: dict[str, Parallelism]
    cost: Cost


@dataclass(frozen=True)
class _Side:
    """One of a group's streams: which unit's input or output word it carries, and the unit at the far end."""

    stream: Stream
    port: Port
    unit: str
    is_output: bool
    far_unit: str | None


class FoldSpace:
    """All folds of a graph, computed once and searched for many targets."""

    def __init__(self, graph: HardwareGraph, overrides: Mapping[str, Parallelism]) -> None:
        self._graph = graph
        self._groups = groups(graph)
        self._folds = [group_folds(graph, group, overrides) for group in self._groups]
        self._sides = [self._sides_of(group) for group in self._groups]
        self._link_costs: dict[tuple[str, int, int, bool], Cost | None] = {}

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

    def choose(self, target: int, budget: Cost) -> Choice:
        """Return the cheapest folding found with every unit's interval at most ``target`` (at least ``fastest``)."""
        prices = Prices.of_budget(budget)
        best = self._descend(target, prices)
        choice = best
        for _ in range(_PRICE_ROUNDS):
            choice = self._relieved(choice, budget)
            over = exceeded(choice.cost, budget)
            if not over:
                return choice
            factors = {name: (amount(choice.cost, name) / max(amount(budget, name), 1.0)) ** 2 for name in over}
            prices = prices.raised(factors)
            choice = self._descend(target, prices)
            if _worst(choice.cost, budget) < _worst(best.cost, budget):
                best = choice
        return best

    def _relieved(self, choice: Choice, budget: Cost) -> Choice:
        """Return ``choice`` at the cost it has where weights move out of memories that overflow."""
        if not exceeded(choice.cost, budget):
            return choice
        units = (
            folded(unit, choice.parallelism[unit.name])
            for unit in self._graph.units
            if isinstance(unit, MatrixVectorUnit)
        )
        return replace(choice, cost=relieve(choice.cost, budget, weight_moves(units))[1])

    def _descend(self, target: int, prices: Prices) -> Choice:
        options = [_cheapest_of_equal_words(folds, target, prices) for folds in self._folds]
        picked = [min(option, key=lambda pair: pair[0])[1] for option in options]
        words: dict[str, Parallelism] = {}
        for fold in picked:
            words.update(fold.parallelism)
        link_prices: dict[tuple[str, int, int], float] = {}
        for _ in range(_SWEEPS):
            changed = False
            for index, option in enumerate(options):
                best = self._best_fold(index, option, words, target, prices, link_prices)
                if best is not picked[index]:
                    picked[index] = best
                    words.update(best.parallelism)
                    changed = True
            if not changed:
                break
        return Choice(words, self._total(picked, words, target))

    def _best_fold(
        self,
        index: int,
        option: list[tuple[float, Fold]],
        words: Mapping[str, Parallelism],
        target: int,
        prices: Prices,
        link_prices: dict[tuple[str, int, int], float],
    ) -> Fold:
        best, lowest = option[0][1], float("inf")
        for own, fold in option:
            worth = own
            for side in self._sides[index]:
                key = self._ends(side, fold.parallelism, words)
                link = link_prices.get(key)
                if link is None:
                    cost = self._link_cost(side, key[1], key[2], target)
                    link = link_prices[key] = _IMPOSSIBLE if cost is None else prices.of(cost)
                worth += link
                if worth >= lowest:
                    break
            if worth < lowest:
                best, lowest = fold, worth
        return best

    def _ends(
        self, side: _Side, own: Mapping[str, Parallelism], words: Mapping[str, Parallelism]
    ) -> tuple[str, int, int]:
        # A stream of one channel, such as a factor a pixel, has words of one channel whatever its units' parallelism.
        channels = side.port.shape[2]
        near = min(own[side.unit][1 if side.is_output else 0], channels)
        if side.far_unit is None:
            return side.stream.name, near, near
        far = min((own.get(side.far_unit) or words[side.far_unit])[0 if side.is_output else 1], channels)
        return (side.stream.name, near, far) if side.is_output else (side.stream.name, far, near)

    def _link_cost(self, side: _Side, near: int, far: int, target: int) -> Cost | None:
        """Return what a stream costs between words of ``near`` and ``far`` channels: converters and small FIFOs."""
        steps = conversion_steps(side.port, near, far, target)
        if steps is None or (len(steps) > 1 and not convertible(side.port)):
            return None
        key = (side.stream.name, near, far, len(steps) > 2 and steps[1] < near)
        if key not in self._link_costs:
            bits = side.port.word_bits // side.port.channels_per_word
            cost = Cost()
            for words in steps:
                cost += fifo_cost(bits * words, _SMALL_DEPTH, Memory.LUTRAM)
            for converter in converters(side.port, side.stream.name, "", steps):
                cost += converter.cost()
            self._link_costs[key] = cost
        return self._link_costs[key]

    def _total(self, picked: list[Fold], words: Mapping[str, Parallelism], target: int) -> Cost:
        total = Cost()
        seen: set[str] = set()
        for fold, sides in zip(picked, self._sides, strict=True):
            total += fold.cost
            for side in sides:
                if side.stream.name not in seen:
                    seen.add(side.stream.name)
                    _, near, far = self._ends(side, fold.parallelism, words)
                    total += self._link_cost(side, near, far, target) or Cost()
        return total

    def _sides_of(self, group: tuple[str, ...]) -> list[_Side]:
        sides: list[_Side] = []
        for name in group:
            unit = self._graph.unit_by_name[name]
            for port in unit.inputs:
                stream = self._graph.stream_at(name, port.name)
                far = stream.producer.unit if stream.producer else None
                if far not in group:
                    sides.append(_Side(stream, port, name, False, far))
            for port in unit.outputs:
                stream = self._graph.stream_at(name, port.name)
                far = stream.consumer.unit if stream.consumer else None
                sides.append(_Side(stream, port, name, True, far))
        return sides


def _cheapest_of_equal_words(folds: Iterable[Fold], target: int, prices: Prices) -> list[tuple[float, Fold]]:
    """Return worth and fold of those that keep ``target``, the cheapest of each choice of words.

    Folds of the same words differ in the pixels worked on at once, which their neighbours do not see.
    """
    best: dict[tuple[Parallelism, ...], tuple[float, Fold]] = {}
    for fold in folds:
        if fold.interval <= target:
            worth = prices.of(fold.cost)
            if fold.words not in best or worth < best[fold.words][0]:
                best[fold.words] = worth, fold
    return list(best.values())


def _worst(needed: Cost, budget: Cost) -> float:
    over = exceeded(needed, budget)
    return amount(needed, over[0]) / max(amount(budget, over[0]), 1e-9) if over else 0.0
