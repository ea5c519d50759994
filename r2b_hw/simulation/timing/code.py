"""The compiled functions of the simulation without data, cached as machine code."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation.cached_code import load_cached
from r2b_hw.simulation.schedule_words import ScheduleWords
from r2b_hw.simulation.timing.kernel import Order

_SOURCE = '''"""Generated: the simulation without data, its arrays as pointers."""

from numba import njit

from r2b_hw.numeric.compiled import as_pointer
from r2b_hw.simulation.timing import frames, kernel, marks

_advance, _settle = kernel.advance, marks.settle
_run_frame, _exchange, _shorten = frames.run_frame, frames.exchange, frames.shorten


@njit(cache=True, error_model="numpy")
def advance(arena, schedule, times, starts, limit):
    w, words = as_pointer(arena), as_pointer(schedule)
    return _advance(w, words, words, 0, as_pointer(times), as_pointer(starts), limit)


@njit(cache=True, error_model="numpy")
def settle(arena, limit):
    _settle(as_pointer(arena), limit)


@njit(cache=True, error_model="numpy")
def run_frame(arena, schedule, order, turns, room, times, starts, interval):
    w, words, taken = as_pointer(arena), as_pointer(schedule), as_pointer(order)
    return _run_frame(w, words, taken, turns, room, as_pointer(times), as_pointer(starts), interval)


@njit(cache=True, error_model="numpy")
def exchange(arena, cycles, writing):
    return _exchange(as_pointer(arena), as_pointer(cycles), writing)


@njit(cache=True, error_model="numpy")
def shorten(arena, pushing, popping, entries):
    _shorten(as_pointer(arena), pushing, popping, entries)
'''


@dataclass(frozen=True)
class TimingCode:
    """The functions of ``kernel``, ``marks`` and ``frames``, by name."""

    advance: Callable[[Integers, ScheduleWords, Integers, Integers, int], int]
    settle: Callable[[Integers, int], None]
    run_frame: Callable[[Integers, ScheduleWords, Order, int, int, Integers, Integers, int], bool]
    exchange: Callable[[Integers, Integers, bool], int]
    shorten: Callable[[Integers, int, int, int], None]


@cache
def timing_code() -> TimingCode:
    """Return the compiled functions."""
    module = load_cached("timing", _SOURCE, ("numeric", "simulation", "simulation/timing"))
    return TimingCode(module.advance, module.settle, module.run_frame, module.exchange, module.shorten)
