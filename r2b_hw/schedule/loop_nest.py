"""A unit's schedule: perfectly nested counted loops with guarded accesses, one iteration a clock at best."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt


class Relation(StrEnum):
    """What a condition asks of a loop counter. FIRST and LAST ignore the operand."""

    FIRST = "first"
    LAST = "last"
    BELOW = "<"
    FROM = ">="
    MODULO = "%"


@dataclass(frozen=True)
class Condition:
    """One clause of a guard: ``loop`` is first, last, < operand, >= operand, or % operand == remainder."""

    loop: str
    relation: Relation
    operand: int = 0
    remainder: int = 0


def first(loop: str) -> Condition:
    """Hold in the first iteration of ``loop``."""
    return Condition(loop, Relation.FIRST)


def last(loop: str) -> Condition:
    """Hold in the last iteration of ``loop``."""
    return Condition(loop, Relation.LAST)


def below(loop: str, bound: int) -> Condition:
    """Hold while the counter of ``loop`` is < ``bound``."""
    return Condition(loop, Relation.BELOW, bound)


def at_least(loop: str, bound: int) -> Condition:
    """Hold while the counter of ``loop`` is >= ``bound``."""
    return Condition(loop, Relation.FROM, bound)


def modulo(loop: str, divisor: int, remainder: int) -> Condition:
    """Hold when the counter of ``loop`` modulo ``divisor`` is ``remainder``."""
    return Condition(loop, Relation.MODULO, divisor, remainder)


class Direction(StrEnum):
    """Whether an access takes from a port or gives to it."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True)
class Access:
    """A guarded read or write of a port.

    A data port moves one word and has one access a nest. Credits move ``count`` tokens of zero width; the credit
    accesses that hold in one iteration add up. ``latency`` is the number of cycles from firing to the push (writes).
    """

    port: str
    direction: Direction
    guard: tuple[Condition, ...] = ()
    count: int = 1
    latency: int = 0


def read(port: str, *guard: Condition, count: int = 1) -> Access:
    """Return a read of ``port`` where all of ``guard`` holds."""
    return Access(port, Direction.READ, guard, count)


def write(port: str, *guard: Condition, count: int = 1, latency: int = 0) -> Access:
    """Return a write of ``port``, pushed ``latency`` cycles after the iteration fires."""
    return Access(port, Direction.WRITE, guard, count, latency)


@dataclass(frozen=True)
class Credit:
    """A zero-width stream between two nests of one unit: ``capacity`` tokens, ``initial`` of them at reset."""

    name: str
    capacity: int
    initial: int = 0


@dataclass(frozen=True)
class LoopNest:
    """Named loops, outermost first, and what each iteration reads and writes; the nest repeats every frame."""

    name: str
    loops: tuple[tuple[str, int], ...]
    accesses: tuple[Access, ...]
    bounds: Mapping[str, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        bounds = dict(self.loops)
        if len(bounds) != len(self.loops) or any(bound < 1 for bound in bounds.values()):
            raise ValueError(f"nest {self.name}: loops need distinct names and bounds of at least 1")
        for access in self.accesses:
            for condition in access.guard:
                if condition.loop not in bounds:
                    raise ValueError(f"nest {self.name}: the guard of {access.port} names no loop: {condition.loop}")
        object.__setattr__(self, "bounds", bounds)

    @property
    def iterations(self) -> int:
        """Iterations a frame, which is the fewest cycles a frame can take."""
        return math.prod(bound for _, bound in self.loops)


def _holds(condition: Condition, bound: int) -> npt.NDArray[np.bool_]:
    counter = np.arange(bound)
    match condition.relation:
        case Relation.FIRST:
            return counter == 0
        case Relation.LAST:
            return counter == bound - 1
        case Relation.BELOW:
            return counter < condition.operand
        case Relation.FROM:
            return counter >= condition.operand
        case Relation.MODULO:
            return counter % condition.operand == condition.remainder


def expand_guard(nest: LoopNest, guard: tuple[Condition, ...]) -> npt.NDArray[np.bool_]:
    """Return one boolean an iteration of ``nest``: whether all of ``guard`` holds."""
    shape = tuple(bound for _, bound in nest.loops)
    names = [name for name, _ in nest.loops]
    result = np.ones(shape, dtype=np.bool_)
    for condition in guard:
        axis = names.index(condition.loop)
        result &= _holds(condition, shape[axis]).reshape([-1 if i == axis else 1 for i in range(len(shape))])
    return result.reshape(-1)


def flags(nest: LoopNest) -> npt.NDArray[np.uint16]:
    """Return one word an iteration; bit i says whether access i of ``nest`` takes place (at most 16 accesses)."""
    if len(nest.accesses) > 16:
        raise ValueError(f"nest {nest.name}: {len(nest.accesses)} accesses, at most 16 fit the flags")
    result = np.zeros(nest.iterations, dtype=np.uint16)
    for bit, access in enumerate(nest.accesses):
        result |= expand_guard(nest, access.guard).astype(np.uint16) << np.uint16(bit)
    return result


def one_period(nest: LoopNest) -> LoopNest:
    """Return ``nest`` without the outer loops that no guard names: its schedule repeats this one's."""
    named = {condition.loop for access in nest.accesses for condition in access.guard}
    loops = list(nest.loops)
    while loops and loops[0][0] not in named:
        del loops[0]
    return replace(nest, loops=tuple(loops) or ((nest.loops[0][0], 1),))


def transfers(nest: LoopNest, port: str) -> int:
    """Return how many words (or credits) ``nest`` moves through ``port`` a frame."""
    return sum(int(expand_guard(nest, a.guard).sum()) * a.count for a in nest.accesses if a.port == port)
