"""Counters and guards of a loop nest as text: what ``flags()`` says, one iteration at a time.

Expressions are the same in C++ and SystemVerilog but for the names of true and false.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from r2b_hw.graph.unit import Unit
from r2b_hw.schedule.loop_nest import Condition, Direction, LoopNest, Relation


@dataclass(frozen=True)
class NestCode:
    """A loop nest to be rendered.

    Attributes
    ----------
    nest
        Its accesses to ``ports`` become ``reads_<port>()`` and ``writes_<port>()``; credits are left out.
    ports
        The data ports.
    guards
        Further questions the unit asks of its counters: method name and the conditions that must all hold.
    """

    nest: LoopNest
    ports: tuple[str, ...]
    guards: tuple[tuple[str, tuple[Condition, ...]], ...] = ()

    def methods(self) -> tuple[tuple[str, tuple[Condition, ...]], ...]:
        """Return the name and the conditions of every guard method."""
        accesses = tuple(
            (f"{'reads' if access.direction is Direction.READ else 'writes'}_{access.port}", access.guard)
            for access in self.nest.accesses
            if access.port in self.ports
        )
        return accesses + self.guards


def condition_text(condition: Condition, bound: int) -> str:
    """Return a C++ expression, "true" or "false", for ``condition`` on a counter from 0 to ``bound`` - 1."""
    loop, operand = condition.loop, condition.operand
    match condition.relation:
        case Relation.FIRST:
            return "true" if bound == 1 else f"{loop} == 0"
        case Relation.LAST:
            return "true" if bound == 1 else f"{loop} == {bound - 1}"
        case Relation.BELOW:
            return "true" if operand >= bound else "false" if operand <= 0 else f"{loop} < {operand}"
        case Relation.FROM:
            return "true" if operand <= 0 else "false" if operand >= bound else f"{loop} >= {operand}"
        case Relation.MODULO:
            if not 0 <= condition.remainder < operand or condition.remainder >= bound:
                return "false"
            if operand == 1:
                return "true"
            if bound <= operand:
                return "true" if bound == 1 else f"{loop} == {condition.remainder}"
            return f"{modulo_counter(condition)} == {condition.remainder}"


def guard_text(nest: LoopNest, guard: Iterable[Condition]) -> str:
    """Return a C++ expression that holds where all of ``guard`` does."""
    texts = [condition_text(condition, nest.bounds[condition.loop]) for condition in guard]
    if "false" in texts:
        return "false"
    return " && ".join(dict.fromkeys(text for text in texts if text != "true")) or "true"


def modulo_counter(condition: Condition) -> str:
    """Return the name of the counter that follows ``condition.loop`` modulo its divisor: no divider is built."""
    return f"{condition.loop}_modulo_{condition.operand}"


@dataclass(frozen=True)
class Counter:
    """A counter member: ``bound`` values, so ``bits`` wide."""

    name: str
    bound: int

    @property
    def bits(self) -> int:
        """Width."""
        return max((self.bound - 1).bit_length(), 1)


def _modulo_counters(nest: LoopNest, guards: Iterable[Iterable[Condition]]) -> dict[str, list[Counter]]:
    counters: dict[str, list[Counter]] = {name: [] for name, _ in nest.loops}
    for guard in guards:
        for condition in guard:
            counter = Counter(modulo_counter(condition), condition.operand)
            used = modulo_counter(condition) in condition_text(condition, nest.bounds[condition.loop])
            if condition.relation is Relation.MODULO and used and counter not in counters[condition.loop]:
                counters[condition.loop].append(counter)
    return counters


def counters(nest: LoopNest, guards: Sequence[Iterable[Condition]]) -> tuple[Counter, ...]:
    """Return every counter ``nest`` needs for ``guards``: one a loop, outermost first, and one a divisor."""
    modulo = _modulo_counters(nest, guards)
    return tuple(counter for name, bound in nest.loops for counter in (Counter(name, bound), *modulo[name]))


@dataclass(frozen=True)
class Syntax:
    """How a language writes a block's braces, adding one to a counter, and setting it to zero."""

    opening: str
    closing: str
    increment: str
    clear: str


CXX = Syntax("{", "}", "++{0};", "{0} = 0;")
SYSTEMVERILOG = Syntax("begin", "end", "{0} <= {0} + 1'b1;", "{0} <= '0;")


def advance_lines(nest: LoopNest, guards: Sequence[Iterable[Condition]], syntax: Syntax = CXX) -> list[str]:
    """Return the statements that step to the next iteration; after a frame's last one all counters are zero."""
    opening, closing = syntax.opening, syntax.closing
    modulo = _modulo_counters(nest, guards)
    lines: list[str] = []
    indent = ""
    moving = [(name, bound) for name, bound in nest.loops if bound > 1]
    for name, bound in reversed(moving):
        lines.append(f"{indent}if ({name} != {bound - 1}) {opening}")
        lines.append(f"{indent}    {syntax.increment.format(name)}")
        for counter in modulo[name]:
            lines.append(f"{indent}    if ({counter.name} != {counter.bound - 1}) {opening}")
            lines.append(f"{indent}        {syntax.increment.format(counter.name)}")
            lines.append(f"{indent}    {closing} else {opening}")
            lines.append(f"{indent}        {syntax.clear.format(counter.name)}")
            lines.append(f"{indent}    {closing}")
        lines.append(f"{indent}{closing} else {opening}")
        indent += "    "
        cleared = (name, *(counter.name for counter in modulo[name]))
        lines.extend(f"{indent}{syntax.clear.format(counter)}" for counter in cleared)
    while indent:
        indent = indent[:-4]
        lines.append(f"{indent}{closing}")
    return lines


def single_nest(unit: Unit, **guards: tuple[Condition, ...]) -> tuple[NestCode, ...]:
    """Return the one nest of ``unit`` with its data ports and further ``guards``."""
    (nest,) = unit.nests()
    ports = tuple(port.name for port in unit.inputs + unit.outputs)
    return (NestCode(nest, ports, tuple(guards.items())),)
