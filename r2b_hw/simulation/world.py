"""Lays a hardware graph out in the simulator's arena."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.word import LANE_BITS, lane_count, pack_bits
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Direction, LoopNest, read, write
from r2b_hw.simulation import layout
from r2b_hw.simulation.arena import (
    ArenaBuilder,
    PlacedNest,
    StallMask,
    place_credit,
    place_fifo,
    place_host,
    place_nest,
    stream_of,
)
from r2b_hw.simulation.driver import SINK, SOURCE, step_order
from r2b_hw.simulation.schedule_words import ScheduleWords, schedule_words


@dataclass(frozen=True)
class NestSite:
    """Where a nest lives: its unit ("" for source and sink), its name and the offset of its record."""

    unit: str
    nest: str
    record: int


@dataclass(frozen=True, eq=False)
class World:
    """An arena ready to run, and where to find things in it.

    ``fifos`` and ``credits`` map stream names, and (unit, credit) pairs, to record offsets; ``captures`` maps
    stream names to the offset of the captured entries: the cycle a word can be popped from, then its lanes.
    """

    arena: Integers
    flags: ScheduleWords
    nests: tuple[NestSite, ...]
    fifos: Mapping[str, int]
    credits: Mapping[tuple[str, str], int]
    captures: Mapping[str, int]
    source: int
    sink: int


def build_world(
    graph: HardwareGraph,
    inputs: Integers,
    *,
    pace: int = 0,
    source_stalls: StallMask | None = None,
    sink_stalls: StallMask | None = None,
    capture: Collection[str] = (),
) -> World:
    """Return the arena for the frames ``inputs`` (N, H, W, C)."""
    nests = _ordered_nests(graph)
    frames = len(inputs)
    arena = ArenaBuilder(layout.KIND_ENDS + len(step_order()))
    wake_bits = _wake_bits(len(nests))
    awake = arena.place(wake_bits)
    wheel = arena.reserve(layout.HORIZON * wake_bits.size)
    due = arena.reserve(len(nests) + 1)
    numbers = _numbers(graph, nests)
    captures = {
        name: arena.reserve(frames * port.words * (layout.ENTRY_LANES + lane_count(port)))
        for name, port in ((stream.name, graph.port_of(stream)) for stream in graph.streams)
        if name in capture
    }
    fifos = {
        stream.name: place_fifo(arena, graph, stream, numbers, captures.get(stream.name, 0)) for stream in graph.streams
    }
    credits = {
        (unit.name, credit.name): place_credit(arena, credit, numbers[unit.name, credit.name])
        for unit in graph.units
        for credit in unit.credits()
    }
    states = {unit.name: arena.place(unit.state()) for unit in graph.units}
    hosts = {
        SOURCE: place_host(arena, graph.port_of(graph.input_stream), frames, inputs, pace, source_stalls, SOURCE),
        SINK: place_host(arena, graph.port_of(graph.output_stream), frames, inputs, pace, sink_stalls, SINK),
    }
    schedules = [schedule_words(nest.nest) for nest in nests]
    starts = np.cumsum([0, *(schedule.size for schedule in schedules)])
    records = [
        place_nest(
            arena,
            graph,
            nest,
            int(start),
            schedule.size,
            hosts.get(nest.step, states.get(nest.unit, 0)),
            fifos,
            credits,
        )
        for nest, start, schedule in zip(nests, starts, schedules, strict=False)
    ]
    header = {
        layout.NESTS: len(nests),
        layout.AWAKE: awake,
        layout.WHEEL: wheel,
        layout.MASKS: wake_bits.size,
        layout.DUE: due,
        layout.NEST_TABLE: arena.place(np.array(records, dtype=np.int64)),
    }
    ends = np.cumsum([sum(nest.step == name for nest in nests) for name in step_order()])
    header |= {layout.KIND_ENDS + position: int(end) for position, end in enumerate(ends)}
    return World(
        arena=arena.laid_out(header),
        flags=np.concatenate(schedules),
        nests=tuple(NestSite(nest.unit, nest.nest.name, record) for nest, record in zip(nests, records, strict=True)),
        fifos=fifos,
        credits=credits,
        captures=captures,
        source=hosts[SOURCE],
        sink=hosts[SINK],
    )


def _ordered_nests(graph: HardwareGraph) -> list[PlacedNest]:
    source = PlacedNest("", SOURCE, LoopNest("source", (("word", 1),), (write("y"),)))
    sink = PlacedNest("", SINK, LoopNest("sink", (("word", 1),), (read("x"),)))
    nests = [source, sink]
    nests += [PlacedNest(unit.name, f"{unit.kind}_{nest.name}", nest) for unit in graph.units for nest in unit.nests()]
    order = {name: position for position, name in enumerate(step_order())}
    return sorted(nests, key=lambda nest: order[nest.step])


def _wake_bits(nests: int) -> Integers:
    """Return a set bit a nest: all are awake at reset."""
    masks = -(-nests // LANE_BITS)
    bits = np.zeros(masks * LANE_BITS, dtype=np.int64)
    bits[:nests] = 1
    return pack_bits(bits, masks)


def _numbers(graph: HardwareGraph, nests: Sequence[PlacedNest]) -> Mapping[tuple[str, str], dict[Direction, int]]:
    """Return the numbers of the nests that read and write each stream ("", name) and credit (unit, name)."""
    numbers: defaultdict[tuple[str, str], dict[Direction, int]] = defaultdict(dict)
    credits = {(unit.name, credit.name) for unit in graph.units for credit in unit.credits()}
    for number, nest in enumerate(nests):
        for access in nest.nest.accesses:
            key = (nest.unit, access.port)
            if key not in credits:
                key = ("", stream_of(graph, nest, access).name)
            numbers[key][access.direction] = number
    return numbers
