"""The search: foldings chosen exactly, FIFOs sized by simulation, memories chosen exactly, until the whole fits.

What FIFOs cost is known only when they are sized. The choice of foldings counts the least depths; where the sized
design exceeds the board, what it exceeds it by is set aside and the choice is made again.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from r2b_hw.boards import Board
from r2b_hw.errors import DoesNotFitError
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning.budget import Prices, available, exceeded, interface_cost, weighted_share
from r2b_hw.planning.costs import stream_costs, unit_costs
from r2b_hw.planning.exact import Proof, select
from r2b_hw.planning.fifos import Outgrown, size_fifos
from r2b_hw.planning.greedy import descend
from r2b_hw.planning.memories import in_best_memories, shortfall
from r2b_hw.planning.space import Choice, FoldProblem, FoldSpace
from r2b_hw.planning.stores import find_stores
from r2b_hw.planning.width import fold_graph
from r2b_hw.simulation import SimulationResult

_ROUNDS = 4
"""Choices of foldings for a target, each with more set aside for FIFOs than the one before."""
_TRIES = 2
"""The same where the target is one of many."""
_CLOSE = 1.02
"""The fastest design is looked for until it is this close to a target whose FIFOs do not fit."""
_ROUNDING = 1e-5
_NOTHING = Cost()


@dataclass(frozen=True)
class Design:
    """A folded graph with depths and memories, its costs, and what is proven of it.

    Attributes
    ----------
    gap
        How far, relative, a design of less weighted share could lie below this one's choice of foldings; 0: none does.
    interval_bound
        No folding that fits has a shorter interval than this, in cycles.
    """

    graph: HardwareGraph
    target: int
    simulation: SimulationResult
    waiting: tuple[str, ...]
    units: Mapping[str, Cost]
    streams: Mapping[str, Cost]
    total: Cost
    gap: float
    interval_bound: int


@dataclass(frozen=True)
class Misfit:
    """No design was found.

    Attributes
    ----------
    needed
        About what the last one that was tried takes, interface included; None where no folding fits.
    set_aside
        What FIFOs need beside the next one that is worth trying.
    """

    needed: Cost | None
    set_aside: Cost


@dataclass(frozen=True)
class Search:
    """A graph's foldings on a board."""

    graph: HardwareGraph
    space: FoldSpace
    board: Board

    @property
    def available(self) -> Cost:
        """What accelerator and interface may take."""
        return available(self.board)

    @property
    def interface(self) -> Cost:
        """What the way to memory takes."""
        return interface_cost(self.board)

    @property
    def budget(self) -> Cost:
        """What the accelerator may take."""
        return self.available + self.interface * -1

    def problem(self, target: int, reserve: Cost = _NOTHING) -> FoldProblem:
        """Return the problem for ``target`` cycles a frame; ``reserve`` is set aside."""
        return self.space.problem(target, self.budget + reserve * -1)

    def fits(self, target: int, reserve: Cost = _NOTHING) -> Proof:
        """Return whether some folding keeps ``target`` within the budget less ``reserve``."""
        problem = self.problem(target, reserve).problem
        found = descend(problem)
        if found is not None and found.fits:
            return Proof.FOUND
        return select(problem, first=True).proof

    def design(self, target: int, reserve: Cost = _NOTHING, rounds: int = _ROUNDS) -> Design | Misfit:
        """Return the design for ``target`` cycles a frame; ``reserve`` is set aside for FIFOs from the beginning.

        Foldings are chosen in up to ``rounds`` rounds, with more set aside each time. DoesNotFitError where no FIFO
        depths keep the target.
        """
        set_aside, needed = reserve, None
        bound: float | None = None
        for _ in range(rounds):
            folds = self.problem(target, set_aside)
            hint = descend(folds.problem)
            outcome = select(folds.problem, hint=hint if hint is not None and hint.fits else None)
            if outcome.selection is None:
                return Misfit(needed, set_aside)
            if set_aside == _NOTHING:
                bound = outcome.bound
            made = self._sized(folds.choice(outcome.selection), target)
            if isinstance(made, Design):
                if bound is None:
                    # What is set aside narrows the choice: only the bound without it holds for every folding.
                    bound = select(self.problem(target).problem).bound
                return replace(made, gap=_gap(weighted_share(outcome.selection.cost, self.budget), bound))
            needed = made
            set_aside += shortfall(needed, self.available)
        return Misfit(needed, set_aside)

    def fastest(self, slower_than: int = 0) -> Design | None:
        """Return the design of the least interval above ``slower_than`` that fits; None where none does."""
        targets = [target for target in self.space.intervals() if target > slower_than]
        if not targets:
            targets = [max(slower_than + 1, self.space.fastest())]
        start, unproven = self._least_that_fits(targets)
        made = self._first_that_fits(targets[start:])
        if made is None:
            return None
        bound = targets[unproven] if unproven < len(targets) else made.target
        return replace(made, interval_bound=min(bound, made.target))

    def _first_that_fits(self, targets: Sequence[int]) -> Design | None:
        """Return the design of nearly the least interval that fits with its FIFOs, beginning with ``targets[0]``."""
        made, too_fast, reserve = None, 0, _NOTHING
        while targets and not isinstance(made := self._attempt(targets[0], reserve), Design):
            too_fast, targets = targets[0], targets[1:]
            if made is not None:
                reserve = made.set_aside
            # A first guess is too slow: FIFOs of slower designs take less than what is set aside for this one's.
            guess, _ = self._least_that_fits(targets, reserve)
            if guess == len(targets):
                # Beside so much nothing fits. The slowest is the last that may need less.
                guess, reserve = max(0, guess - 1), _NOTHING
            targets = targets[guess:]
        if not isinstance(made, Design):
            return None
        # Between two targets the foldings are the same, and FIFOs less deep where units have a little slack.
        while made.target > max(too_fast + 1, too_fast * _CLOSE) and too_fast:
            middle = math.isqrt(too_fast * made.target)
            faster = self._attempt(middle, _NOTHING)
            if isinstance(faster, Design):
                made = faster
            else:
                too_fast = middle
        return made

    def _attempt(self, target: int, reserve: Cost) -> Design | Misfit | None:
        try:
            return self.design(target, reserve, _TRIES)
        except DoesNotFitError:
            return None

    def _least_that_fits(self, targets: Sequence[int], reserve: Cost = _NOTHING) -> tuple[int, int]:
        """Return the index of the least target found to fit, and of the least that is not proven not to."""
        found, excluded = len(targets), 0
        low, high = 0, len(targets) - 1
        while low <= high:
            # Designs near the slow end are cheap to find and fast ones cheap to exclude; the middle is hard.
            middle = (low + high) // 2
            match self.fits(targets[middle], reserve):
                case Proof.OPTIMAL | Proof.FOUND:
                    found, high = middle, middle - 1
                case Proof.INFEASIBLE:
                    excluded, low = middle + 1, middle + 1
                case Proof.UNKNOWN:
                    low = middle + 1
        return found, excluded

    def _sized(self, choice: Choice, target: int) -> Design | Cost:
        """Return the design of ``choice``, its gap not known yet, or about what it needs where that does not fit."""
        folded = fold_graph(self.graph, dict(choice.parallelism), target)
        folded = folded.with_units(
            unit.with_constants(in_luts=True) for unit in folded.units if unit.name in choice.in_luts
        )
        stores = find_stores(folded, target, choice.stores)
        sized = size_fifos(stores, target, Prices.of_budget(self.budget).of, self._may_fit)
        graph, total = self._in_best_memories(sized.graph)
        if isinstance(sized, Outgrown) or exceeded(total, self.available):
            return total
        return Design(
            graph=graph,
            target=target,
            simulation=sized.simulation,
            waiting=sized.waiting,
            units=unit_costs(graph),
            streams=stream_costs(graph),
            total=total,
            gap=1.0,
            interval_bound=self.space.fastest(),
        )

    def _may_fit(self, graph: HardwareGraph) -> bool:
        return not exceeded(self._in_best_memories(graph)[1], self.available)

    def _in_best_memories(self, graph: HardwareGraph) -> tuple[HardwareGraph, Cost]:
        """Return ``graph`` with the memories that take the least of the board, and what all of it takes."""
        graph = in_best_memories(graph, self.interface, self.available)
        return graph, reduce(Cost.__add__, [*unit_costs(graph).values(), *stream_costs(graph).values()], self.interface)


def _gap(share: float, bound: float) -> float:
    """Return how far, relative, ``bound`` lies below ``share``; what the solver's rounding makes of it is none."""
    gap = (share - bound) / share
    return gap if gap > _ROUNDING else 0.0
