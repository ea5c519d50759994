"""Records what every nest does in every cycle: it works, or waits for one FIFO or credit.

The driver is run a cycle at a time, and only changes are kept, so that memory goes with the words that move. Nothing in
the driver knows of it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from r2b_hw.errors import DeadlockError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Direction
from r2b_hw.simulation import layout
from r2b_hw.simulation.driver import DEADLOCK, RESTS, Codes, load_driver, load_recorder
from r2b_hw.simulation.result import SimulationResult
from r2b_hw.simulation.world import World, build_world

WORKS = 0
_UNKNOWN = RESTS + 1
_ROOM = 1 << 20
"""Changes the recorder keeps before they are taken away."""
_MOST_PERIOD_FRAMES = 64
_MOST_SETTLING_FRAMES = 500
_MOST_SETTLING_VALUES = 20_000_000
"""Frames, and values of them, that may go by until the state repeats."""


@dataclass(frozen=True)
class RecordedNest:
    """A nest: its unit ("" for the source and the sink), its name, iterations a frame, and those done at the begin."""

    unit: str
    nest: str
    iterations: int
    done: int


@dataclass(frozen=True)
class WaitedFor:
    """A FIFO or a credit that nests wait for.

    ``stream`` is None for a credit. A word or token comes from nest ``giver`` and goes to nest ``taker``; what the
    giver fires at t can be taken at t + ``delay``. Room in a FIFO comes from the taker, a cycle after it took a word.
    """

    stream: str | None
    giver: int
    taker: int
    delay: int


@dataclass(frozen=True, eq=False)
class Recording:
    """What nests did from cycle ``begin`` to before ``end``.

    Nest n did ``codes[i]`` from ``begin + times[i]`` on, for i from ``starts[n]`` to before ``starts[n + 1]``, the
    first from the begin on. A code is WORKS, RESTS, 1 + w where it was starved of ``waits[w]``, or -1 - w where it was
    blocked by it.

    ``frames`` frames ended in it. Where ``periodic`` the same repeats for ever before and behind.
    """

    begin: int
    end: int
    frames: int
    periodic: bool
    nests: tuple[RecordedNest, ...]
    waits: tuple[WaitedFor, ...]
    starts: Integers
    times: Codes
    codes: Codes

    def segments(self, nest: int) -> tuple[Integers, Codes]:
        """Return where the nest's segments begin, with ``end`` behind the last, and their codes."""
        part = slice(int(self.starts[nest]), int(self.starts[nest + 1]))
        times = np.append(self.times[part].astype(np.int64), self.end - self.begin)
        return times + self.begin, self.codes[part]


def record_frame(graph: HardwareGraph, timing: SimulationResult) -> Recording:
    """Return what happens from the first word of a frame to the last word of its result, in an empty accelerator.

    ``timing`` is a run of the same graph.
    """
    world = build_world(graph, _frames(graph, 1))
    begin, end = int(timing.input_cycles[0]), int(timing.output_cycles[0, -1]) + 1
    _run_to(world, cycle=begin)
    nests = _nests(world)
    pieces, seen = _Pieces(begin), _unknown(world)
    _record(world, seen, pieces, frames_end=layout.NEVER, end=end)
    return _recording(graph, world, nests, pieces, begin, end, frames=1, periodic=False)


def record_run(graph: HardwareGraph, frames: int) -> Recording:
    """Return what happens from reset to the last word of the last of ``frames`` frames."""
    world = build_world(graph, _frames(graph, frames))
    nests, pieces = _nests(world), _Pieces(0)
    words = graph.port_of(graph.output_stream).words
    _record(world, _unknown(world), pieces, frames_end=frames * words, end=layout.NEVER)
    end = int(world.arena[layout.NOW])
    return _recording(graph, world, nests, pieces, 0, end, frames=frames, periodic=False)


def record_period(graph: HardwareGraph, timing: SimulationResult) -> Recording | None:
    """Return a whole period of the steady state, with a source that is always ready.

    ``timing`` is a run of the same graph whose interval is known. The interval can be known long before the state
    repeats, so frames go by until every nest has done whole frames in two periods that follow each other. None where
    the interval is not known, or no period is found.
    """
    if timing.interval is None:
        return None
    words, values = graph.port_of(graph.output_stream).words, math.prod(graph.port_of(graph.input_stream).shape)
    settling = min(_MOST_SETTLING_FRAMES, max(len(timing.latencies), _MOST_SETTLING_VALUES // values))
    # Frames enter long before they leave: the source must not run dry.
    inside = -(-timing.cycles // max(1, int(timing.interval)))
    world = build_world(graph, _frames(graph, settling + inside + _MOST_PERIOD_FRAMES + 2))
    frames = _settle(world, words, settling, timing.interval)
    if frames is None:
        return None
    begin, nests = int(world.arena[layout.NOW]), _nests(world)
    pieces, seen = _Pieces(begin), _unknown(world)
    ended = int(world.arena[layout.SINK_COUNT]) + frames * words
    _record(world, seen, pieces, frames_end=ended, end=layout.NEVER)
    end = int(world.arena[layout.NOW])
    if _moved(nests, _nests(world)) != frames or Fraction(end - begin, frames) != timing.interval:
        return None
    return _recording(graph, world, nests, pieces, begin, end, frames=frames, periodic=True)


def _settle(world: World, words: int, most: int, interval: Fraction) -> int | None:
    """Run until two periods of ``interval`` have followed each other; the frames of one, None after ``most`` frames."""
    seen: list[tuple[int, tuple[RecordedNest, ...]]] = []
    for frame in range(1, most + 1):
        _run_to(world, words=frame * words)
        seen.append((int(world.arena[layout.NOW]), _nests(world)))
        for frames in range(1, min(_MOST_PERIOD_FRAMES, (frame - 1) // 2) + 1):
            last, middle, first = seen[-1], seen[-1 - frames], seen[-1 - 2 * frames]
            if last[0] - middle[0] != frames * interval or middle[0] - first[0] != frames * interval:
                continue
            if _moved(middle[1], last[1]) == _moved(first[1], middle[1]) == frames:
                return frames
    return None


def _moved(before: Sequence[RecordedNest], after: Sequence[RecordedNest]) -> int | None:
    """Return the frames that every nest has done in between; None where they are not as many of all."""
    frames = {Fraction(now.done - then.done, then.iterations) for then, now in zip(before, after, strict=True)}
    moved = frames.pop()
    return int(moved) if not frames and moved.denominator == 1 else None


def _frames(graph: HardwareGraph, count: int) -> Integers:
    """Return ``count`` frames of one value: data never changes the clock."""
    port = graph.port_of(graph.input_stream)
    return np.full((count, *port.shape), port.integer.lo, dtype=np.int64)


_Short = npt.NDArray[np.int16]


class _Pieces:
    """Changes as they come, cycles counted from the begin."""

    def __init__(self, begin: int) -> None:
        self._begin = begin
        self._times: list[Codes] = []
        self._nests: list[_Short] = []
        self._codes: list[Codes] = []

    def add(self, times: Integers, nests: Codes, codes: Codes) -> None:
        self._times.append((times - self._begin).astype(np.int32))
        # Short numbers are sorted by their digits, in no more than linear time.
        self._nests.append(nests.astype(np.int16))
        self._codes.append(codes.copy())

    def by_nest(self, nests: int) -> tuple[Integers, Codes, Codes]:
        """Return where each nest's changes start, and all cycles and codes, nest behind nest."""
        owners = np.concatenate(self._nests)
        order = np.argsort(owners, kind="stable")
        starts = np.searchsorted(owners[order], np.arange(nests + 1))
        return starts.astype(np.int64), np.concatenate(self._times)[order], np.concatenate(self._codes)[order]


def _unknown(world: World) -> Codes:
    return np.full(len(world.nests), _UNKNOWN, dtype=np.int32)


def _run_to(world: World, *, cycle: int = layout.NEVER, words: int = layout.NEVER) -> None:
    w = world.arena
    w[layout.CYCLE_LIMIT], w[layout.SINK_TARGET] = cycle, words
    if load_driver()(w, world.flags) == DEADLOCK:
        raise DeadlockError("simulation: the accelerator stops while it is recorded; verify the design first")


def _record(world: World, seen: Codes, pieces: _Pieces, *, frames_end: int, end: int) -> None:
    """Append changes until the sink has taken ``frames_end`` words, or up to cycle ``end``."""
    w = world.arena
    w[layout.SINK_TARGET] = layout.NEVER
    table = np.array([site.record for site in world.nests], dtype=np.int64)
    numbers = _numbers_of_waits(world)
    room = max(_ROOM, 2 * table.size)
    times = np.zeros(room, dtype=np.int64)
    nests, codes = np.zeros(room, dtype=np.int32), np.zeros(room, dtype=np.int32)
    while int(w[layout.SINK_COUNT]) < frames_end and int(w[layout.NOW]) < end:
        before = int(w[layout.NOW])
        count = load_recorder()(w, world.flags, table, numbers, seen, times, nests, codes, frames_end, end)
        pieces.add(times[:count], nests[:count], codes[:count])
        if int(w[layout.NOW]) == before:
            raise DeadlockError("simulation: the accelerator stops while it is recorded; verify the design first")


def _numbers_of_waits(world: World) -> Codes:
    """Return, by offset in the arena, the number (from 1) of the FIFO or credit whose record lies there."""
    records = [*world.fifos.values(), *world.credits.values()]
    numbers = np.zeros(max(records) + 1, dtype=np.int32)
    numbers[records] = np.arange(1, len(records) + 1)
    return numbers


def _nests(world: World) -> tuple[RecordedNest, ...]:
    """Return the nests with the iterations that they have fired."""
    w, result = world.arena, list[RecordedNest]()
    now = int(w[layout.NOW])
    frame_words = {
        "source": int(w[world.source + layout.HOST_FRAME_WORDS]),
        "sink": int(w[world.sink + layout.HOST_FRAME_WORDS]),
    }
    for site in world.nests:
        frames, iterations, iteration, resume = (
            int(w[site.record + field]) for field in (layout.FRAMES, layout.ITERATIONS, layout.ITERATION, layout.RESUME)
        )
        done = frames * iterations + iteration - max(0, resume - now)
        result.append(RecordedNest(site.unit, site.nest, iterations if site.unit else frame_words[site.nest], done))
    return tuple(result)


def _waits(graph: HardwareGraph, world: World) -> tuple[WaitedFor, ...]:
    w, waits = world.arena, list[WaitedFor]()
    latencies = {
        (unit.name, access.port): access.latency
        for unit in graph.units
        for nest in unit.nests()
        for access in nest.accesses
        if access.direction is Direction.WRITE
    }
    for name, record in world.fifos.items():
        producer = graph.stream_by_name[name].producer
        latency = latencies[producer.unit, producer.port] if producer else 0
        giver, taker = int(w[record + layout.PRODUCER]), int(w[record + layout.CONSUMER])
        waits.append(WaitedFor(name, giver, taker, latency + 1))
    for record in world.credits.values():
        waits.append(WaitedFor(None, int(w[record + layout.PRODUCER]), int(w[record + layout.CONSUMER]), 1))
    return tuple(waits)


def _recording(
    graph: HardwareGraph,
    world: World,
    nests: Sequence[RecordedNest],
    pieces: _Pieces,
    begin: int,
    end: int,
    *,
    frames: int,
    periodic: bool,
) -> Recording:
    starts, times, codes = pieces.by_nest(len(nests))
    return Recording(
        begin=begin,
        end=end,
        frames=frames,
        periodic=periodic,
        nests=tuple(nests),
        waits=_waits(graph, world),
        starts=starts,
        times=times,
        codes=codes,
    )
