"""Why something happened when it did: follows a recording back from cause to cause.

A nest that fires, and did not fire in the cycle before, had waited for one thing: a word, a token, or room. What gave
it fired at a known cycle, and had its own reason. A nest that fired in the cycle before as well was busy: it could not
have been earlier itself. So every cycle of the way back belongs to one nest, or to a FIFO between two.

In a steady state the way back ends in a circle that takes a whole number of periods. The circle is what sets the
interval: its cycles over the frames it spans (the critical circuit of a timed event graph; Baccelli, Cohen, Olsder and
Quadrat, Synchronization and Linearity, 1992).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from r2b_hw.simulation.recording import WORKS, Recording


class Cause(StrEnum):
    """What a stretch of the path is."""

    WORK = "work"
    """A nest fires in every cycle."""
    WORD = "word"
    """A word or a token passes from the nest that fires it to the one that waits for it."""
    ROOM = "room"
    """A place is freed by the nest that takes a word, for the one that waits to write."""


@dataclass(frozen=True)
class Step:
    """A stretch of the path from cycle ``begin`` to ``end``: who fires at ``begin``, and how that leads to ``end``.

    ``nest`` is the one that works, gives the word or frees the place; ``wait`` numbers the FIFO or credit in between,
    None for work.
    """

    begin: int
    end: int
    nest: int
    cause: Cause
    wait: int | None = None

    @property
    def cycles(self) -> int:
        """Cycles of the stretch."""
        return self.end - self.begin


def path_to_end(recording: Recording) -> tuple[Step, ...]:
    """Return the way from the source's first word to the sink's last one, in time's order; it has no gaps."""
    back = _Back(recording)
    sink = len(recording.nests) - 1
    nest, time = sink, recording.end - 1
    # The cycle in which the sink takes the last word counts as the sink's own.
    steps = [Step(time, time + 1, sink, Cause.WORK)]
    while (step := back.before(nest, time)) is not None:
        steps.append(step)
        nest, time = step.nest, step.begin
    return tuple(reversed(steps))


def critical_circle(recording: Recording) -> tuple[Step, ...]:
    """Return the circle that sets the interval of a periodic recording, in time's order.

    It takes a whole number of periods.
    """
    back = _Back(recording)
    period = recording.end - recording.begin
    nest = len(recording.nests) - 1
    time = back.last_work(nest)
    seen: dict[tuple[int, int], int] = {}
    steps: list[Step] = []
    while (nest, time % period) not in seen:
        seen[nest, time % period] = len(steps)
        step = back.before(nest, time)
        if step is None:
            return ()
        steps.append(step)
        nest, time = step.nest, step.begin
    return tuple(reversed(steps[seen[nest, time % period] :]))


class _Back:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._period = recording.end - recording.begin if recording.periodic else 0
        self._segments: dict[int, tuple[Sequence[int], Sequence[int]]] = {}

    def before(self, nest: int, time: int) -> Step | None:
        """Return the stretch that led to ``nest`` firing at ``time``; None at the beginning of a recording."""
        begin, code = self._segment(nest, time - 1)
        if begin is None:
            return None
        if code == WORKS:
            return Step(begin, time, nest, Cause.WORK)
        wait = abs(code) - 1
        if wait >= len(self._recording.waits):
            return None
        waited = self._recording.waits[wait]
        if code > 0:
            return Step(time - waited.delay, time, waited.giver, Cause.WORD, wait)
        freed_by = waited.taker if waited.stream is not None else waited.giver
        return Step(time - 1, time, freed_by, Cause.ROOM, wait)

    def last_work(self, nest: int) -> int:
        """Return the last cycle in which ``nest`` fires."""
        time = self._recording.end - 1
        while True:
            begin, code = self._segment(nest, time)
            if code == WORKS or begin is None:
                return time
            time = begin - 1

    def _segment(self, nest: int, time: int) -> tuple[int | None, int]:
        """Return where the segment that holds ``time`` begins, and its code; a full period of work is one segment."""
        if nest not in self._segments:
            times, codes = self._recording.segments(nest)
            # Views: bisect reads a few items of what may be millions.
            self._segments[nest] = memoryview(times.data), memoryview(codes.data)
        times, codes = self._segments[nest]
        begin = self._recording.begin
        if self._period:
            turns, place = divmod(time - begin, self._period)
            at = bisect_right(times, begin + place, hi=len(codes)) - 1
            return times[at] + turns * self._period, codes[at]
        if time < begin:
            return None, WORKS
        at = bisect_right(times, time, hi=len(codes)) - 1
        return times[at], codes[at]
