"""The resource model: a unit is a sum of parts, each with a coefficient fitted to synthesis.

Block RAMs, UltraRAMs and DSPs are counted by rules. LUTs and flip-flops are sums of parts such as bits of a word or
columns of a ROM; most coefficients of flip-flops are one, because registers are what the SystemVerilog says.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.unit import Unit
from r2b_hw.schedule.loop_nest import Direction, Relation
from r2b_hw.units.coefficients import FF, LUT

_NONE: Mapping[str, float] = {}


@dataclass(frozen=True)
class BlockMemory:
    """``count`` memories that hold ``what``, each of ``depth`` words of ``width`` bits in ``bram36`` block RAMs."""

    what: str
    width: int
    depth: int
    bram36: float
    count: int = 1


@dataclass(frozen=True)
class Parts:
    """What a unit is made of: amounts of parts in LUTs and in flip-flops by name, and what is counted exactly.

    ``blocks`` are its memories in block RAM, whose blocks ``exact`` counts.
    """

    lut: Mapping[str, float] = field(default_factory=dict[str, float])
    ff: Mapping[str, float] = field(default_factory=dict[str, float])
    exact: Cost = field(default_factory=Cost)
    blocks: tuple[BlockMemory, ...] = ()

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(
            _sum(self.lut, other.lut), _sum(self.ff, other.ff), self.exact + other.exact, self.blocks + other.blocks
        )

    def __mul__(self, count: int) -> "Parts":
        lut, ff = ({name: value * count for name, value in parts.items()} for parts in (self.lut, self.ff))
        blocks = tuple(replace(block, count=block.count * count) for block in self.blocks)
        return Parts(lut, ff, self.exact * count, blocks)


def estimate(kind: str, parts: Parts) -> Cost:
    """Return the cost of a unit of ``kind`` made of ``parts``."""
    lut, ff = LUT.get(kind, _NONE), FF.get(kind, _NONE)
    return parts.exact + Cost(lut=_priced(parts.lut, lut), ff=_priced(parts.ff, ff))


def _priced(amounts: Mapping[str, float], prices: Mapping[str, float]) -> float:
    return sum(amount * prices.get(name, 1.0) for name, amount in amounts.items())


def _sum(one: Mapping[str, float], other: Mapping[str, float]) -> Mapping[str, float]:
    return {name: one.get(name, 0.0) + other.get(name, 0.0) for name in {**one, **other}}


def address_bits(words: int) -> int:
    """Return the bits that tell ``words`` words apart: none for one."""
    return (words - 1).bit_length()


def counter_luts(name: str, words: int) -> dict[str, float]:
    """Return the LUT parts of a counter of ``words`` values: the carry chain counts, LUTs tell the last value.

    Where the values are a power of two, the counter comes round by itself.
    """
    if words == 1:
        return {}
    turns = words & (words - 1) == 0
    return {name: address_bits(words), f"{name}_counter": 1, f"{name}_end": 0 if turns else 1}


def schedule_parts(unit: Unit, **shown: Collection[str]) -> Parts:
    """Return the parts of the module around a datapath: loop counters, credits, results in flight.

    ``shown`` are loops, by nest, whose counters the datapath asks for itself. Outer loops that nobody asks for are not
    counted.
    """
    conditions = flight = counter = 0
    counters: Mapping[str, float] = {}
    credits = {credit.name: credit.capacity.bit_length() for credit in unit.credits()}
    for nest in unit.nests():
        asked = {condition for access in nest.accesses for condition in access.guard}
        named = {condition.loop for condition in asked} | set(shown.get(nest.name, ()))
        bounds = [bound for _, bound in nest.loops]
        outermost = next((place for place, (loop, _) in enumerate(nest.loops) if loop in named), len(bounds))
        divisors = {(c.loop, c.operand) for c in asked if c.relation is Relation.MODULO}
        for words in (*bounds[outermost:], *(divisor for _, divisor in divisors)):
            counter += address_bits(words)
            counters = _sum(counters, counter_luts("loop", words))
        conditions += sum(nest.bounds[condition.loop] > 1 for condition in asked)
        flight += sum(a.latency for a in nest.accesses if a.direction is Direction.WRITE and a.port not in credits)
    credit = sum(credits.values())
    lut = {**counters, "condition": conditions, "credit": credit, "one": 1}
    return Parts(lut, {"counter": counter, "credit": credit, "flight": flight})
