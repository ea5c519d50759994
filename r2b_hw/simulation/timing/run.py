"""Simulates the clock without data: the same schedules and rules, and the same cycles, at a fraction of the time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from r2b_hw.errors import DeadlockError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Direction
from r2b_hw.simulation.arena import StallMask
from r2b_hw.simulation.deadlock import Wait, explain_deadlock
from r2b_hw.simulation.result import SimulationResult, UnitStalls
from r2b_hw.simulation.timing import layout
from r2b_hw.simulation.timing.code import timing_code
from r2b_hw.simulation.timing.interval import steady_interval
from r2b_hw.simulation.timing.kernel import Order
from r2b_hw.simulation.timing.passage import NO_ORDER, Passage, order_of
from r2b_hw.simulation.timing.world import TimingWorld, prepare

_WORTH_AN_ORDER = 6
"""Frames from which on it pays to find an order for them first."""


def simulate_timing(
    graph: HardwareGraph | TimingWorld,
    frames: int | None = None,
    *,
    depths: Mapping[str, int] | None = None,
    pace: int = 0,
    source_stalls: StallMask | None = None,
    sink_stalls: StallMask | None = None,
    under_way: bool = False,
) -> SimulationResult:
    """Simulate the clock without data: ``frames``, or gates + 3 of twice as many and the interval of the steady state.

    Parameters
    ----------
    graph
        A graph, or one prepared for many simulations (``prepare``).
    depths
        Of FIFOs, by stream name, instead of the graph's.
    pace
        The source starts frame n no earlier than cycle n * pace.
    source_stalls, sink_stalls
        Booleans, periodic functions of the cycle, at which the host does not begin to offer, or does not take.
    under_way
        High-water marks count words that are under way too: the depths at which every word is pushed when it is now.

    Raises DeadlockError, explained, if frames are left inside and no unit can fire.
    """
    world = prepare(graph) if isinstance(graph, HardwareGraph) else graph
    least = sum(unit.kind == "sigmoid_table" for unit in world.graph.units) + 3
    sent = frames or 2 * least
    arena = world.arena(
        depths or {},
        sent,
        pace=pace,
        source_stalls=source_stalls,
        sink_stalls=sink_stalls,
        under_way=under_way,
    )
    words = world.graph.port_of(world.graph.output_stream).words
    order = order_of(world, depths or {}) if (frames or least) >= _WORTH_AN_ORDER else NO_ORDER
    result = _Run(
        world,
        dict(depths or {}),
        arena,
        times=np.zeros(sent * words, dtype=np.int64),
        starts=np.zeros(sent, dtype=np.int64),
        words=words,
        step=max(pace, *(nest.nest.iterations for nest in world.nests)),
    ).exactly(frames or least, pace, order)
    if frames is not None:
        return result
    if source_stalls is not None or sink_stalls is not None:
        raise ValueError("a host that stalls has no interval; name the frames to simulate")
    return replace(result, interval=steady_interval(world, depths or {}, pace, least, order))


@dataclass(frozen=True, eq=False)
class _Run:
    """A simulation under way.

    ``times`` takes the cycle of every word that the sink pops, ``starts`` that of every frame's first word; ``words``
    are the output's a frame, ``step`` a frame's cycles at least.
    """

    world: TimingWorld
    depths: Mapping[str, int]
    arena: Integers
    times: Integers
    starts: Integers
    words: int
    step: int

    @property
    def frames(self) -> int:
        """Frames that have left."""
        return int(self.arena[self.world.nests[-1].record + layout.DONE]) // self.words

    def advance(self, limit: int) -> None:
        """Go on to ``limit``; raise DeadlockError if nothing will ever fire again and frames are left inside."""
        alive = timing_code().advance(self.arena, self.world.schedule, self.times, self.starts, limit)
        if not alive and self.frames * self.words < self.times.size:
            raise DeadlockError(self._explanation())

    def exactly(self, frames: int, pace: int, order: Order) -> SimulationResult:
        """Simulate up to the last word of frame number ``frames``; those before it pass one after the other."""
        passage = Passage(self.world, self.arena, order)
        passed = frames - 1 if order.size else 0
        for frame in range(passed):
            passage.frame(pace, self.times[frame * self.words :], self.starts[frame:])
        sent = self.starts.size - passed
        limit = int(self.times[passed * self.words - 1]) if passed else 0
        for nest in (self.world.nests[0], self.world.nests[-1]):
            self.arena[nest.record + layout.DONE] = 0
            self.arena[nest.record + layout.HOST_WORDS] = sent * self.arena[nest.record + layout.HOST_FRAME_WORDS]
        last = replace(self, times=self.times[passed * self.words :], starts=self.starts[passed:])
        before = self.arena.copy()
        while last.frames + passed < frames:
            limit += self.step
            np.copyto(before, self.arena)
            last.advance(limit)
        # Others have gone further: take up the state before, and go no further than the last word.
        end = int(self.times[frames * self.words - 1]) + 1
        np.copyto(self.arena, before)
        last.advance(end)
        return self._result(frames, end)

    def _result(self, frames: int, now: int) -> SimulationResult:
        """Return what is known at cycle ``now``, when ``frames`` frames have left."""
        timing_code().settle(self.arena, now)
        output_cycles = self.times[: frames * self.words].reshape(frames, self.words)
        return SimulationResult(
            outputs=np.zeros((0, *self.world.graph.port_of(self.world.graph.output_stream).shape), dtype=np.int64),
            cycles=now,
            output_cycles=output_cycles,
            input_cycles=self.starts[:frames],
            latencies=tuple(int(x) for x in output_cycles[:, -1] - self.starts[:frames]),
            interval=None,
            stalls=self._stalls(now),
            high_water=self._marks(now),
            tensors={},
            push_cycles={},
        )

    def _marks(self, now: int) -> dict[str, int]:
        a = self.arena
        pushes, pops = (
            np.array([slots[direction] for slots in self.world.slots.values()])
            for direction in (Direction.WRITE, Direction.READ)
        )
        head = a[pops + layout.PLACE]
        arrived = a[head + layout.ARRIVAL] <= now + a[pushes + layout.UNDER_WAY]
        marks = np.where(arrived | (a[pops + layout.HAS_POPPED] > 0), a[pushes + layout.MARK], 0)
        return dict(zip(self.world.slots, marks.tolist(), strict=True))

    def _stalls(self, now: int) -> dict[str, UnitStalls]:
        stalls: dict[str, UnitStalls] = {}
        for nest in self.world.nests:
            record = self.arena[nest.record : nest.record + layout.NEST_SIZE]
            resume, starving = int(record[layout.RESUME]), int(record[layout.STARVING])
            # Iterations without accesses have run ahead of the cycle.
            active = int(record[layout.DONE]) - max(0, resume - now)
            starved = int(record[layout.STARVED]) + starving
            blocked = int(record[layout.BLOCKED]) + max(0, now - resume) - starving
            if nest.unit and (nest.unit not in stalls or active > stalls[nest.unit].active):
                stalls[nest.unit] = UnitStalls(active, starved, blocked)
        return stalls

    def _explanation(self) -> str:
        """Say who waits for whom, now that nothing fires any more."""
        waits: list[Wait] = []
        for nest in self.world.nests:
            number = int(self.arena[nest.record + layout.WAITS_FOR])
            title = nest.unit or nest.nest.name
            if number <= 0:
                waits.append(Wait(title, "", for_room=False, on=None))
                continue
            unit, name = target = self.world.targets[number - 1]
            slot = nest.slot(nest.targets.index(target))
            pushing = self.arena[slot + layout.ACTION] == layout.PUSH
            for_room = pushing or (bool(unit) and self.arena[self.arena[slot + layout.CREDIT] + layout.IS_ROOM] == 1)
            waits.append(Wait(title, "" if unit else name, bool(for_room), int(self.arena[slot + layout.NEIGHBOUR])))
        now = max(int(self.arena[nest.record + layout.RESUME]) for nest in self.world.nests)
        depths = {stream.name: stream.depth for stream in self.world.graph.streams} | dict(self.depths)
        return explain_deadlock(waits, len(waits) - 1, now, depths)
