"""The best selection, by OR-tools' CP-SAT: proven optimal, or with the bound that was proven when the effort ended.

A link's ways are joined to the options at its ends as flow: the ways that begin with some words are chosen as often
as the options with those words, 0 or 1. The linear relaxation of that is tight along chains of units, so that most of
the proof is linear programming. One thread and a limit in deterministic time: the same problem gives the same plan on
every machine.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

from ortools.sat.python import cp_model

from r2b_hw.graph.cost import Cost
from r2b_hw.planning.budget import RESOURCES, WEIGHTS, amount
from r2b_hw.planning.selection import Delay, Problem, Selection

EFFORT = 40.0
"""Deterministic time of CP-SAT, in its own unit: one to two seconds of a core."""

_NEAREST_EFFORT = 10.0

_SCALE = {"lut": 10, "ff": 10, "bram36": 2, "uram": 1, "dsp": 1}
"""Fractions kept of a resource. Amounts are rounded up, so what fits here fits."""
_SHARE_SCALE = 10_000_000


class Proof(Enum):
    """What is known of a problem."""

    OPTIMAL = "optimal"
    """No selection that fits is better."""
    FOUND = "found"
    """A selection that fits, and a bound."""
    INFEASIBLE = "infeasible"
    """No selection fits."""
    UNKNOWN = "unknown"
    """Neither a selection nor a proof that there is none."""


@dataclass(frozen=True)
class Outcome:
    """The best selection found, None where there is none, and the least weighted share that any can have."""

    proof: Proof
    selection: Selection | None
    bound: float

    @property
    def gap(self) -> float:
        """How far, relative to the selection's share, a better one could lie below it; 0 where it is optimal."""
        if self.selection is None or self.proof is Proof.OPTIMAL:
            return 0.0
        share = self.selection.share
        return max(0.0, (share - self.bound) / share)


class _Model:
    """CP-SAT's variables of a problem, and the sums of what they take of each resource."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self._variables: list[cp_model.IntVar] = []
        self._amounts: dict[str, list[int]] = {name: [] for name in RESOURCES}
        self._shares: list[float] = []
        self.options = [[self._variable(cost) for cost in options] for options in problem.items]
        for variables in self.options:
            self.model.add_exactly_one(variables)
        self.ways = [self._joined(link) for link in range(len(problem.links))]
        for delay in problem.delays:
            self._wait(delay)

    def _variable(self, cost: Cost) -> cp_model.IntVar:
        variable = self.model.new_bool_var("")
        self._variables.append(variable)
        share = 0.0
        for name in RESOURCES:
            needed = amount(cost, name)
            self._amounts[name].append(math.ceil(needed * _SCALE[name] - 1e-6))
            limit = amount(self.problem.budget, name)
            share += WEIGHTS[name] * needed / limit if limit > 0 else 0.0
        self._shares.append(share)
        return variable

    def _joined(self, index: int) -> dict[tuple[int, int], list[cp_model.IntVar]]:
        link = self.problem.links[index]
        ways = {words: [self._variable(cost) for cost in costs] for words, costs in link.ways.items()}
        for item, own, end in ((link.near, link.near_words, 0), (link.far, link.far_words, 1)):
            for value in sorted(set(own)):
                chosen = [v for v, word in zip(self.options[item], own, strict=True) if word == value]
                taken = [v for words, variables in ways.items() if words[end] == value for v in variables]
                signs = [1] * len(taken) + [-1] * len(chosen)
                self.model.add(_weighted([*taken, *chosen], signs) == 0)
        return ways

    def _wait(self, delay: Delay) -> None:
        patience = self.problem.links[delay.link].patience
        pairs = [
            (variable, cycles)
            for words, variables in self.ways[delay.link].items()
            for variable, cycles in zip(variables, patience[words], strict=True)
        ]
        for item, taken in delay.cycles.items():
            pairs.extend((variable, -cycles) for variable, cycles in zip(self.options[item], taken, strict=True))
        self.model.add(_weighted([variable for variable, _ in pairs], [cycles for _, cycles in pairs]) >= delay.fixed)

    def needed(self, name: str) -> cp_model.LinearExprT:
        """Return the amount of a resource, scaled."""
        fixed = math.ceil(amount(self.problem.fixed, name) * _SCALE[name] - 1e-6)
        return _weighted(self._variables, self._amounts[name]) + fixed

    def limit(self, name: str) -> int:
        """Return the budget of a resource, scaled."""
        return max(0, math.floor(amount(self.problem.budget, name) * _SCALE[name] + 1e-6))

    def keep_budget(self) -> None:
        """Ask that every resource is within the budget."""
        for name in RESOURCES:
            self.model.add(self.needed(name) <= self.limit(name))

    def minimise_share(self) -> None:
        """Ask for the least weighted share."""
        shares = [round(share * _SHARE_SCALE) for share in self._shares]
        self.model.minimize(_weighted(self._variables, shares))

    def minimise_worst(self) -> None:
        """Ask for the least share of the resource that is exceeded most; resources the board lacks may not be used."""
        worst = self.model.new_int_var(0, 1 << 40, "worst")
        for name in RESOURCES:
            limit = self.limit(name)
            if limit:
                # Rounded: 1e-4 of the budget decides nothing in a refusal.
                self.model.add(self.needed(name) * 10_000 <= worst * limit)
            else:
                self.model.add(self.needed(name) <= 0)
        self.model.minimize(worst)

    def hint(self, selection: Selection) -> None:
        """Tell the solver of a selection to begin with."""
        for variables, pick in zip(self.options, selection.options, strict=True):
            for index, variable in enumerate(variables):
                self.model.add_hint(variable, index == pick)
        for link, ways, pick in zip(self.problem.links, self.ways, selection.ways, strict=True):
            words = link.words(selection.options)
            for pair, variables in ways.items():
                for index, variable in enumerate(variables):
                    self.model.add_hint(variable, pair == words and index == pick)

    def solve(
        self, effort: float, *, first: bool, gap: float = 0.0
    ) -> tuple[cp_model.CpSolver, cp_model.CpSolverStatus]:
        """Return the solver and what it says, after ``effort`` at most or within the relative ``gap``."""
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.num_workers = 1
        parameters.random_seed = 0
        parameters.max_deterministic_time = effort
        # The relaxation is tight as it stands: presolve costs more than all the rest and gains nothing.
        parameters.linearization_level = 2
        parameters.cp_model_presolve = False
        parameters.symmetry_level = 0
        parameters.relative_gap_limit = gap
        # Ctrl-C is Python's: the solver's handler would end the process without a word.
        parameters.catch_sigint_signal = False
        parameters.stop_after_first_solution = first
        return solver, solver.solve(self.model)

    def selection(self, solver: cp_model.CpSolver) -> Selection:
        """Return the solver's solution."""
        options = tuple(_chosen(solver, variables) for variables in self.options)
        ways: list[int] = []
        for link, by_words in zip(self.problem.links, self.ways, strict=True):
            ways.append(_chosen(solver, by_words[link.words(options)]))
        return Selection(self.problem, options, tuple(ways))


def select(problem: Problem, *, hint: Selection | None = None, first: bool = False, effort: float = EFFORT) -> Outcome:
    """Return the selection of least weighted share within the budget; with ``first``, any within the budget.

    A ``hint`` that fits is never lost: nothing worse is returned.
    """
    model = _Model(problem)
    model.keep_budget()
    model.minimise_share()
    if hint is not None:
        model.hint(hint)
    solver, status = model.solve(effort, first=first)
    if status == cp_model.INFEASIBLE:
        return Outcome(Proof.INFEASIBLE, None, math.inf)
    found = model.selection(solver) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
    fixed = sum(
        WEIGHTS[name] * amount(problem.fixed, name) / amount(problem.budget, name)
        for name in RESOURCES
        if amount(problem.budget, name) > 0
    )
    bound = max(0.0, solver.best_objective_bound) / _SHARE_SCALE + fixed
    if hint is not None and hint.fits and (found is None or hint.share < found.share):
        # Shares are rounded in the solver: a hint that ties with the optimum is as good.
        return Outcome(Proof.OPTIMAL if status == cp_model.OPTIMAL else Proof.FOUND, hint, bound)
    if found is None:
        return Outcome(Proof.UNKNOWN, None, bound)
    return Outcome(Proof.OPTIMAL if status == cp_model.OPTIMAL else Proof.FOUND, found, bound)


def nearest(problem: Problem, *, effort: float = _NEAREST_EFFORT) -> Selection | None:
    """Return a selection whose worst excess over the budget is the least there is, or up to a hundredth above that.

    None where the board lacks a resource that all need.
    """
    model = _Model(problem)
    model.minimise_worst()
    solver, status = model.solve(effort, first=False, gap=0.01)
    return model.selection(solver) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def _weighted(variables: list[cp_model.IntVar], weights: list[int]) -> cp_model.LinearExpr:
    # OR-tools declares no types for this one.
    return cast(cp_model.LinearExpr, cp_model.LinearExpr.weighted_sum(variables, weights))  # pyright: ignore


def _chosen(solver: cp_model.CpSolver, variables: Sequence[cp_model.IntVar]) -> int:
    return next(index for index, variable in enumerate(variables) if solver.boolean_value(variable))
