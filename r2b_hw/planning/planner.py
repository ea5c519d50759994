"""The search: foldings chosen exactly, FIFOs sized by simulation, memories chosen exactly, until the whole fits.

What FIFOs cost is known only when they are sized. The choice of foldings counts the least depths; where the sized
design exceeds the board, what it exceeds it by is set aside and the choice is made again.
"""

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
from r2b_hw.planning.fifos import size_fifos
from r2b_hw.planning.greedy import descend
from r2b_hw.planning.memories import in_best_memories, shortfall
from r2b_hw.planning.space import Choice, FoldProblem, FoldSpace
from r2b_hw.planning.stores import find_stores
from r2b_hw.planning.width import fold_graph
from r2b_hw.simulation import SimulationResult

_ROUNDS = 4
_ROUNDING = 1e-5


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

    def problem(self, target: int, reserve: Cost | None = None) -> FoldProblem:
        """Return the problem for ``target`` cycles a frame; ``reserve`` is set aside."""
        return self.space.problem(target, self.budget + (reserve or Cost()) * -1)

    def fits(self, target: int) -> Proof:
        """Return whether some folding keeps ``target`` within the budget."""
        problem = self.problem(target).problem
        found = descend(problem)
        if found is not None and found.fits:
            return Proof.FOUND
        return select(problem, first=True).proof

    def design(self, target: int, reserve: Cost | None = None) -> tuple[Design | None, Cost | None]:
        """Return the design for ``target`` cycles a frame, or None and what the last one tried needs (None: none was).

        ``reserve`` is set aside for FIFOs from the beginning. DoesNotFitError where no FIFO depths keep the target.
        """
        set_aside, needed = reserve or Cost(), None
        bound: float | None = None
        for _ in range(_ROUNDS):
            folds = self.problem(target, set_aside)
            hint = descend(folds.problem)
            outcome = select(folds.problem, hint=hint if hint is not None and hint.fits else None)
            if outcome.selection is None:
                return None, needed
            if set_aside == Cost():
                bound = outcome.bound
            made = self._sized(folds.choice(outcome.selection), target)
            if not exceeded(made.total, self.available):
                if bound is None:
                    # What is set aside narrows the choice: only the bound without it holds for every folding.
                    bound = select(self.problem(target).problem).bound
                return replace(made, gap=_gap(weighted_share(outcome.selection.cost, self.budget), bound)), None
            needed = made.total
            set_aside += shortfall(needed, self.available)
        return None, needed

    def fastest(self, slower_than: int = 0) -> Design | None:
        """Return the design of the least interval above ``slower_than`` that fits; None where none does."""
        targets = [target for target in self.space.intervals() if target > slower_than]
        if not targets:
            targets = [max(slower_than + 1, self.space.fastest())]
        start, unproven = self._least_that_fits(targets)
        made, passed_over = self._first_that_fits(targets[start:])
        # Those were passed over for what a faster one's FIFOs took: as long as they fit after all, faster is better.
        for target in reversed(passed_over):
            faster = self._attempt(target, Cost())[0]
            if faster is None:
                break
            made = faster
        if made is None:
            return None
        bound = targets[unproven] if unproven < len(targets) else made.target
        return replace(made, interval_bound=min(bound, made.target))

    def _first_that_fits(self, targets: Sequence[int]) -> tuple[Design | None, list[int]]:
        """Return the first design that fits, and the targets before it that were passed over without one being made."""
        reserve, passed_over = Cost(), list[int]()
        for target in targets:
            made, needed = self._attempt(target, reserve)
            if made is not None:
                return made, passed_over
            if needed is None:
                passed_over.append(target)
            else:
                reserve = shortfall(needed, self.available)
                passed_over.clear()
        return None, passed_over

    def _attempt(self, target: int, reserve: Cost) -> tuple[Design | None, Cost | None]:
        try:
            return self.design(target, reserve)
        except DoesNotFitError:
            return None, None

    def _least_that_fits(self, targets: Sequence[int]) -> tuple[int, int]:
        """Return the index of the least target found to fit, and of the least that is not proven not to."""
        found, excluded = len(targets), 0
        low, high = 0, len(targets) - 1
        while low <= high:
            # Designs near the slow end are cheap to find and fast ones cheap to exclude; the middle is hard.
            middle = (low + high) // 2
            match self.fits(targets[middle]):
                case Proof.OPTIMAL | Proof.FOUND:
                    found, high = middle, middle - 1
                case Proof.INFEASIBLE:
                    excluded, low = middle + 1, middle + 1
                case Proof.UNKNOWN:
                    low = middle + 1
        return found, excluded

    def _sized(self, choice: Choice, target: int) -> Design:
        """Return the design of ``choice``; its gap is not known yet."""
        folded = fold_graph(self.graph, dict(choice.parallelism), target)
        folded = folded.with_units(
            unit.with_constants(in_luts=True) for unit in folded.units if unit.name in choice.in_luts
        )
        stores = find_stores(folded, target, choice.stores)
        sized = size_fifos(stores, target, Prices.of_budget(self.budget).of)
        graph = in_best_memories(sized.graph, self.interface, self.available)
        units, streams = unit_costs(graph), stream_costs(graph)
        return Design(
            graph=graph,
            target=target,
            simulation=sized.simulation,
            waiting=sized.waiting,
            units=units,
            streams=streams,
            total=reduce(Cost.__add__, [*units.values(), *streams.values()], self.interface),
            gap=1.0,
            interval_bound=self.space.fastest(),
        )


def _gap(share: float, bound: float) -> float:
    """Return how far, relative, ``bound`` lies below ``share``; what the solver's rounding makes of it is none."""
    gap = (share - bound) / share
    return gap if gap > _ROUNDING else 0.0
