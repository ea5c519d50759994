"""The choice behind a plan, free of hardware: one option of each item, one way for each link between two items.

An item is a group of units, its options are foldings. A link is a stream; what it costs depends on the words at its two
ends, which the options of its items fix.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce

from r2b_hw.graph.cost import Cost
from r2b_hw.planning.budget import exceeded, weighted_share


@dataclass(frozen=True)
class Link:
    """A stream between the items ``near`` and ``far``.

    Attributes
    ----------
    near_words, far_words
        The words at either end, one entry an option of that item.
    ways
        What the stream can cost for each pair of words that can be joined: one cost a way.
    patience
        For the same pairs and ways, the cycles the stream can hold words beyond a frame; empty where nothing asks.
    """

    near: int
    far: int
    near_words: tuple[int, ...]
    far_words: tuple[int, ...]
    ways: Mapping[tuple[int, int], tuple[Cost, ...]]
    patience: Mapping[tuple[int, int], tuple[int, ...]] = field(default_factory=dict[tuple[int, int], tuple[int, ...]])

    def words(self, options: Sequence[int]) -> tuple[int, int]:
        """Return the words at the two ends where the items take ``options``."""
        return self.near_words[options[self.near]], self.far_words[options[self.far]]


@dataclass(frozen=True)
class Delay:
    """A stream that waits for a vector: the way chosen for ``link`` must have the patience for the units on the way.

    Attributes
    ----------
    cycles
        By item, the cycles that each of its options takes.
    fixed
        Cycles that pass in any case.
    """

    link: int
    cycles: Mapping[int, tuple[int, ...]]
    fixed: int

    def total(self, options: Sequence[int]) -> int:
        """Return the cycles that pass where the items take ``options``."""
        return self.fixed + sum(cycles[options[item]] for item, cycles in self.cycles.items())


@dataclass(frozen=True)
class Problem:
    """Items with the costs of their options, links, what is spent in any case, and what may be spent.

    ``delays`` tie links to items they do not join.
    """

    items: tuple[tuple[Cost, ...], ...]
    links: tuple[Link, ...]
    fixed: Cost
    budget: Cost
    delays: tuple[Delay, ...] = ()


@dataclass(frozen=True)
class Selection:
    """An option of each item and a way of each link of ``problem``, by their indices."""

    problem: Problem
    options: tuple[int, ...]
    ways: tuple[int, ...]

    def parts(self) -> Iterator[Cost]:
        """Yield what each item and each link costs."""
        yield from (options[pick] for options, pick in zip(self.problem.items, self.options, strict=True))
        for link, way in zip(self.problem.links, self.ways, strict=True):
            yield link.ways[link.words(self.options)][way]

    @cached_property
    def cost(self) -> Cost:
        """The sum of all parts and of what is fixed."""
        return reduce(Cost.__add__, self.parts(), self.problem.fixed)

    @property
    def share(self) -> float:
        """The weighted share of the budget: what is minimised."""
        return weighted_share(self.cost, self.problem.budget)

    @property
    def patient(self) -> bool:
        """Whether every stream that waits for a vector can hold its words as long as that takes."""
        for delay in self.problem.delays:
            link = self.problem.links[delay.link]
            if link.patience[link.words(self.options)][self.ways[delay.link]] < delay.total(self.options):
                return False
        return True

    @property
    def fits(self) -> bool:
        """Whether every resource is within the budget, and nothing waits longer than it can."""
        return not exceeded(self.cost, self.problem.budget) and self.patient
