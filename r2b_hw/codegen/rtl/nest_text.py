"""Loop nests and their credits as the SystemVerilog templates see them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from r2b_hw.codegen.nest_code import SYSTEMVERILOG, Counter, NestCode, advance_lines, counters, guard_text
from r2b_hw.graph.unit import Unit
from r2b_hw.schedule.loop_nest import Access, Condition, Direction, LoopNest


@dataclass(frozen=True)
class Tokens:
    """Tokens of a credit that an iteration takes or gives: ``name`` and a sum of guarded counts, ``bits`` wide."""

    name: str
    bits: int
    terms: tuple[tuple[str, int], ...]

    @property
    def text(self) -> str:
        """Return the sum as an expression."""
        terms = [
            f"{self.bits}'d{count}" if guard == "1'b1" else f"({guard} ? {self.bits}'d{count} : {self.bits}'d0)"
            for guard, count in self.terms
            if guard != "1'b0"
        ]
        return " + ".join(terms) or f"{self.bits}'d0"


def guard(nest: LoopNest, conditions: Iterable[Condition]) -> str:
    """Return a SystemVerilog expression that holds where all of ``conditions`` do."""
    text = guard_text(nest, conditions)
    return {"true": "1'b1", "false": "1'b0"}.get(text, text)


def tokens(unit: Unit, nest: LoopNest) -> tuple[Tokens, ...]:
    """Return what iterations of ``nest`` take from and give to each credit of ``unit`` they touch."""
    found: list[Tokens] = []
    for credit in unit.credits():
        for direction, verb in ((Direction.READ, "takes"), (Direction.WRITE, "gives")):
            accesses = [a for a in nest.accesses if a.port == credit.name and a.direction is direction]
            if accesses:
                terms = tuple((guard(nest, access.guard), access.count) for access in accesses)
                bits = max(1, credit.capacity.bit_length())
                found.append(Tokens(f"{verb}_{credit.name}", bits, terms))
    return tuple(found)


@dataclass(frozen=True)
class NestText:
    """A nest as ``schedule.sv.jinja`` renders it.

    Attributes
    ----------
    name
        Of the nest.
    counters
        All counters; those of ``shown`` leave the module.
    methods
        Guards: name and expression.
    tokens
        Credits an iteration takes and gives.
    advance
        Statements that step to the next iteration.
    """

    name: str
    counters: tuple[Counter, ...]
    shown: tuple[Counter, ...]
    methods: tuple[tuple[str, str], ...]
    tokens: tuple[Tokens, ...]
    advance: tuple[str, ...]

    @property
    def hidden(self) -> tuple[Counter, ...]:
        """Counters that stay inside."""
        return tuple(counter for counter in self.counters if counter not in self.shown)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Signals that leave the module."""
        return (
            *(counter.name for counter in self.shown),
            *(method for method, _ in self.methods),
            *(token.name for token in self.tokens),
        )


def nest_text(unit: Unit, code: NestCode, shown: frozenset[str]) -> NestText:
    """Return the text of a nest of ``unit``; ``shown`` are the loops whose counters leave the module."""
    credits = {credit.name for credit in unit.credits()}
    nest = _counted(code.nest, shown, [conditions for _, conditions in code.guards])
    methods = NestCode(nest, code.ports, code.guards).methods()
    guards = [conditions for _, conditions in methods]
    guards += [access.guard for access in nest.accesses if access.port in credits]
    every = counters(nest, guards)
    return NestText(
        name=nest.name,
        counters=tuple(counter for counter in every if counter.bound > 1 or counter.name in shown),
        shown=tuple(counter for counter in every if counter.name in shown),
        methods=tuple((method, guard(nest, conditions)) for method, conditions in methods),
        tokens=tokens(unit, nest),
        advance=tuple(advance_lines(nest, guards, SYSTEMVERILOG)),
    )


def _counted(nest: LoopNest, shown: frozenset[str], guards: Iterable[Iterable[Condition]]) -> LoopNest:
    """Return ``nest`` without the outer loops that no guard names and no datapath needs: nothing asks for them."""
    named = shown | {condition.loop for guard in guards for condition in guard}
    named |= {condition.loop for access in nest.accesses for condition in access.guard}
    loops = list(nest.loops)
    while len(loops) > 1 and loops[0][0] not in named:
        del loops[0]
    if loops[0][0] not in named:
        loops = [(loops[0][0], 1)]
    return replace(nest, loops=tuple(loops))


def write_of(nest: LoopNest, port: str) -> Access:
    """Return the access of ``nest`` that writes ``port``."""
    return next(a for a in nest.accesses if a.port == port and a.direction is Direction.WRITE)
