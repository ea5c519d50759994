"""Runs a hardware graph clock by clock, with data or for timing alone."""

import hashlib
from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from typing import cast

import numpy as np

from r2b_hw.errors import DeadlockError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.word import lane_count, unpack_words
from r2b_hw.numeric.compiled import Arena
from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation import layout
from r2b_hw.simulation.arena import StallMask
from r2b_hw.simulation.deadlock import explain_deadlock
from r2b_hw.simulation.driver import CYCLES_EXHAUSTED, DEADLOCK, load_driver
from r2b_hw.simulation.kernel import measure_high_water
from r2b_hw.simulation.result import SimulationResult, UnitStalls
from r2b_hw.simulation.world import NestSite, World, build_world

_MOST_FRAMES = 200
"""Frames after which a timing simulation gives up waiting for its state to repeat."""


def simulate(
    graph: HardwareGraph,
    frames: Integers,
    *,
    pace: int = 0,
    source_stalls: StallMask | None = None,
    sink_stalls: StallMask | None = None,
    capture: Collection[str] = (),
    cycle_limit: int = layout.NEVER,
) -> SimulationResult:
    """Send ``frames`` (int64, (N, H, W, C), the input stream's integers) through the accelerator.

    Parameters
    ----------
    pace
        The source starts frame n no earlier than cycle n * pace.
    source_stalls, sink_stalls
        Booleans, periodic functions of the cycle, at which the host does not begin to offer, or does not take.
    capture
        Names of streams whose whole tensors are recorded.
    cycle_limit
        Stop with DeadlockError once this many cycles have passed.

    Raises DeadlockError, explained, if frames are left inside and no unit can fire.
    """
    world = build_world(
        graph,
        len(frames),
        inputs=np.ascontiguousarray(frames, dtype=np.int64),
        pace=pace,
        source_stalls=source_stalls,
        sink_stalls=sink_stalls,
        capture=capture,
    )
    return _run(graph, world, len(frames), cycle_limit, until_repeat=False)


def simulate_timing(
    graph: HardwareGraph,
    frames: int | None = None,
    *,
    pace: int = 0,
    source_stalls: StallMask | None = None,
    sink_stalls: StallMask | None = None,
    slowest: int | None = None,
) -> SimulationResult:
    """Simulate the clock without data; without ``frames``, until the state repeats and the interval is known.

    It gives up looking where, once the accelerator is full, two frames take longer than ``slowest`` cycles each.
    """
    gates = sum(1 for unit in graph.units if unit.kind == "sigmoid_table")
    world = build_world(
        graph,
        frames or max(_MOST_FRAMES, 4 * gates),
        inputs=None,
        pace=pace,
        source_stalls=source_stalls,
        sink_stalls=sink_stalls,
    )
    least = frames or gates + 3
    return _run(graph, world, least, layout.NEVER, until_repeat=frames is None, slowest=slowest)


def _run(
    graph: HardwareGraph,
    world: World,
    least_frames: int,
    cycle_limit: int,
    *,
    until_repeat: bool,
    slowest: int | None = None,
) -> SimulationResult:
    w = world.arena
    driver = load_driver()
    words = graph.port_of(graph.output_stream).words
    most = int(w[world.sink + layout.HOST_WORDS]) // words
    w[layout.CYCLE_LIMIT] = cycle_limit
    seen: dict[bytes, tuple[int, int]] = {}
    interval: Fraction | None = None
    ends: list[int] = []
    done = 0
    while done < least_frames or (until_repeat and interval is None and done < most):
        w[layout.SINK_TARGET] = (done + 1) * words
        status = driver(w, world.flags)
        if status == DEADLOCK:
            raise DeadlockError(explain_deadlock(graph, world))
        if status == CYCLES_EXHAUSTED:
            raise DeadlockError(f"simulation: frame {done} is not done after {cycle_limit} cycles; raise the limit")
        done += 1
        ends.append(int(w[layout.NOW]))
        if slowest is not None and done > least_frames + 2 and ends[-1] - ends[-3] > 2 * slowest:
            break
        if interval is None and w[world.source + layout.HOST_DONE] < w[world.source + layout.HOST_WORDS]:
            now = int(w[layout.NOW])
            earlier_frame, earlier = seen.setdefault(_digest(world), (done, now))
            if earlier_frame != done:
                interval = Fraction(now - earlier, done - earlier_frame)
    result = _collect(graph, world, done, interval)
    if not w[layout.WITH_DATA]:
        return result
    _drain(world)
    tensors, push_cycles = _captured(graph, world, done)
    return replace(result, tensors=tensors, push_cycles=push_cycles)


def _drain(world: World) -> None:
    """Run on until nothing moves: words that no output needs (beyond a stride's last window) are consumed too."""
    w = world.arena
    w[layout.SINK_TARGET] = layout.NEVER
    load_driver()(w, world.flags)
    left = [name for name, fifo in world.fifos.items() if w[fifo + layout.PUSHED] != w[fifo + layout.POPPED]]
    if left:
        raise DeadlockError(f"simulation: words are left over in {', '.join(left)} after the last frame")


def _digest(world: World) -> bytes:
    """Return a hash of all that decides the clock from here on, times taken relative to now."""
    w = world.arena
    now = int(w[layout.NOW])
    state = [_iterations_done(world, site, now) % int(w[site.record + layout.ITERATIONS]) for site in world.nests]
    parts: list[Integers] = []
    for record in world.fifos.values():
        first, end, stride = (int(w[record + field]) for field in (layout.FIRST, layout.END, layout.STRIDE))
        entries = np.roll(w[first:end:stride], (first - int(w[record + layout.HEAD])) // stride)
        free = entries >= layout.FREE
        parts.append(np.where(free, -1 - np.maximum(entries - layout.FREE - now, 0), np.maximum(entries - now, 0)))
    for record in world.credits.values():
        given = int(w[record + layout.GIVEN]) if w[record + layout.GIVEN_TIME] == now else 0
        state += [int(w[record + layout.AVAILABLE]), given]
    for host in (world.source, world.sink):
        period = int(w[host + layout.HOST_MASK_PERIOD])
        state += [now % period if period else 0, int(w[host + layout.HOST_OFFERING])]
    frame_words = int(w[world.source + layout.HOST_FRAME_WORDS])
    frame, word = divmod(int(w[world.source + layout.HOST_DONE]), frame_words)
    state += [word, max(0, (frame + (word > 0)) * int(w[world.source + layout.HOST_PACE]) - now)]
    return hashlib.sha256(np.concatenate([np.array(state, dtype=np.int64), *parts]).tobytes()).digest()


def _collect(graph: HardwareGraph, world: World, frames: int, interval: Fraction | None) -> SimulationResult:
    w = world.arena
    now = int(w[layout.NOW])
    output = graph.port_of(graph.output_stream)
    times = int(w[world.sink + layout.HOST_TIMES])
    output_cycles = w[times : times + frames * output.words].reshape(frames, output.words).copy()
    starts = int(w[world.source + layout.HOST_TIMES])
    input_cycles = w[starts : starts + frames].copy()
    if w[layout.WITH_DATA]:
        data = int(w[world.sink + layout.HOST_DATA])
        lanes = lane_count(output)
        outputs = unpack_words(output, w[data : data + frames * output.words * lanes].reshape(-1, lanes))
    else:
        outputs = np.zeros((0, *output.shape), dtype=np.int64)
    return SimulationResult(
        outputs=outputs,
        cycles=now,
        output_cycles=output_cycles,
        input_cycles=input_cycles,
        latencies=tuple(int(x) for x in output_cycles[:, -1] - input_cycles),
        interval=interval,
        stalls=_stalls(world, now),
        high_water=_high_water(world, now),
        tensors={},
        push_cycles={},
    )


def _stalls(world: World, now: int) -> dict[str, UnitStalls]:
    w = world.arena
    stalls: dict[str, UnitStalls] = {}
    for site in world.nests:
        starved, blocked = int(w[site.record + layout.STARVED]), int(w[site.record + layout.BLOCKED])
        asleep = now - int(w[site.record + layout.STALL_SINCE])
        match int(w[site.record + layout.STALL]):
            case layout.STALLED_STARVED:
                starved += asleep
            case layout.STALLED_BLOCKED:
                blocked += asleep
            case _:
                pass
        active = _iterations_done(world, site, now)
        if site.unit and (site.unit not in stalls or active > stalls[site.unit].active):
            stalls[site.unit] = UnitStalls(active, starved, blocked)
    return stalls


def _iterations_done(world: World, site: NestSite, now: int) -> int:
    """Return the iterations fired before ``now``; those that run ahead without accesses are not counted yet."""
    w = world.arena
    frames, iteration = int(w[site.record + layout.FRAMES]), int(w[site.record + layout.ITERATION])
    ahead = max(0, int(w[site.record + layout.RESUME]) - now)
    return frames * int(w[site.record + layout.ITERATIONS]) + iteration - ahead


def _high_water(world: World, now: int) -> dict[str, int]:
    for record in world.fifos.values():
        measure_high_water(cast(Arena, world.arena), record, now)
    return {name: int(world.arena[record + layout.HIGH_WATER]) for name, record in world.fifos.items()}


def _captured(graph: HardwareGraph, world: World, frames: int) -> tuple[dict[str, Integers], dict[str, Integers]]:
    """Return the captured streams' whole tensors, and the cycle each of their words was pushed at."""
    tensors: dict[str, Integers] = {}
    cycles: dict[str, Integers] = {}
    for name, start in world.captures.items():
        port = graph.port_of(graph.stream_by_name[name])
        lanes = layout.ENTRY_LANES + lane_count(port)
        entries = world.arena[start : start + frames * port.words * lanes].reshape(-1, lanes)
        tensors[name] = unpack_words(port, entries[:, layout.ENTRY_LANES :])
        cycles[name] = entries[:, 0] - 1
    return tensors, cycles
