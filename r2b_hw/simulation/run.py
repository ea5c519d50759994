"""Runs a hardware graph clock by clock, with data."""

from collections.abc import Collection
from dataclasses import replace
from typing import cast

import numpy as np

from r2b_hw.errors import DeadlockError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.word import lane_count, unpack_words
from r2b_hw.numeric.compiled import Arena
from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation import layout
from r2b_hw.simulation.arena import StallMask
from r2b_hw.simulation.deadlock import Wait, explain_deadlock
from r2b_hw.simulation.driver import CYCLES_EXHAUSTED, DEADLOCK, load_driver
from r2b_hw.simulation.kernel import measure_high_water
from r2b_hw.simulation.result import SimulationResult, UnitStalls
from r2b_hw.simulation.world import NestSite, World, build_world


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
        np.ascontiguousarray(frames, dtype=np.int64),
        pace=pace,
        source_stalls=source_stalls,
        sink_stalls=sink_stalls,
        capture=capture,
    )
    return _run(graph, world, len(frames), cycle_limit)


def _run(graph: HardwareGraph, world: World, frames: int, cycle_limit: int) -> SimulationResult:
    w = world.arena
    words = graph.port_of(graph.output_stream).words
    w[layout.CYCLE_LIMIT] = cycle_limit
    w[layout.SINK_TARGET] = frames * words
    status = load_driver()(w, world.flags)
    if status == DEADLOCK:
        raise DeadlockError(_explanation(graph, world))
    if status == CYCLES_EXHAUSTED:
        done = int(w[layout.SINK_COUNT]) // words
        raise DeadlockError(f"simulation: frame {done} is not done after {cycle_limit} cycles; raise the limit")
    result = _collect(graph, world, frames)
    _drain(world)
    tensors, push_cycles = _captured(graph, world, frames)
    return replace(result, tensors=tensors, push_cycles=push_cycles)


def _explanation(graph: HardwareGraph, world: World) -> str:
    """Say who waits for whom, now that nothing fires any more."""
    w = world.arena
    streams = {offset: name for name, offset in world.fifos.items()}
    waits: list[Wait] = []
    for site in world.nests:
        waits_for = int(w[site.record + layout.WAITS_FOR])
        title = site.unit or site.nest
        if not waits_for:
            waits.append(Wait(title, "", for_room=False, on=None))
            continue
        for_room = w[site.record + layout.STALL] == layout.STALLED_BLOCKED
        # Whoever gives a credit, whatever it stands for, is its producer.
        end = layout.CONSUMER if for_room and waits_for in streams else layout.PRODUCER
        waits.append(Wait(title, streams.get(waits_for, ""), bool(for_room), int(w[waits_for + end])))
    sink = next(i for i, site in enumerate(world.nests) if not site.unit and site.nest == "sink")
    now = max(int(w[site.record + layout.RESUME]) for site in world.nests)
    return explain_deadlock(waits, sink, now, {stream.name: stream.depth for stream in graph.streams})


def _drain(world: World) -> None:
    """Run on until nothing moves: words that no output needs (beyond a stride's last window) are consumed too."""
    w = world.arena
    w[layout.SINK_TARGET] = layout.NEVER
    load_driver()(w, world.flags)
    left = [name for name, fifo in world.fifos.items() if w[fifo + layout.PUSHED] != w[fifo + layout.POPPED]]
    if left:
        raise DeadlockError(f"simulation: words are left over in {', '.join(left)} after the last frame")


def _collect(graph: HardwareGraph, world: World, frames: int) -> SimulationResult:
    w = world.arena
    now = int(w[layout.NOW])
    output = graph.port_of(graph.output_stream)
    times = int(w[world.sink + layout.HOST_TIMES])
    output_cycles = w[times : times + frames * output.words].reshape(frames, output.words).copy()
    starts = int(w[world.source + layout.HOST_TIMES])
    input_cycles = w[starts : starts + frames].copy()
    data = int(w[world.sink + layout.HOST_DATA])
    lanes = lane_count(output)
    outputs = unpack_words(output, w[data : data + frames * output.words * lanes].reshape(-1, lanes))
    return SimulationResult(
        outputs=outputs,
        cycles=now,
        output_cycles=output_cycles,
        input_cycles=input_cycles,
        latencies=tuple(int(x) for x in output_cycles[:, -1] - input_cycles),
        interval=None,
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
