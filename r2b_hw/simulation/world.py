"""Lays a hardware graph out in the simulator's arena."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.word import lane_count, pack_bits, pack_words
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Access, Direction, LoopNest, flags, read, write
from r2b_hw.simulation import layout
from r2b_hw.simulation.driver import SINK, SOURCE, step_order

StallMask = npt.NDArray[np.bool_]


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
    stream names to the offset of the captured words.
    """

    arena: Integers
    flags: npt.NDArray[np.uint16]
    nests: tuple[NestSite, ...]
    fifos: Mapping[str, int]
    credits: Mapping[tuple[str, str], int]
    captures: Mapping[str, int]
    source: int
    sink: int


@dataclass(frozen=True)
class _Nest:
    unit: str
    step: str
    nest: LoopNest


class _Allocator:
    """Hands out consecutive stretches of the arena, remembering what to write where."""

    def __init__(self, start: int) -> None:
        self.end = start
        self.contents: list[tuple[int, Integers]] = []

    def take(self, size: int) -> int:
        start = self.end
        self.end += size
        return start

    def place(self, values: Integers) -> int:
        start = self.take(values.size)
        self.contents.append((start, values))
        return start


def build_world(
    graph: HardwareGraph,
    frames: int,
    *,
    inputs: Integers | None,
    pace: int = 0,
    source_stalls: StallMask | None = None,
    sink_stalls: StallMask | None = None,
    capture: Collection[str] = (),
) -> World:
    """Return the arena for ``frames`` frames; ``inputs`` (N, H, W, C) or None for timing without data."""
    nests = _ordered_nests(graph)
    allocator = _Allocator(layout.KIND_ENDS + len(step_order()))
    masks = -(-len(nests) // 64)
    awake = allocator.take(masks)
    wheel = allocator.take(layout.HORIZON * masks)
    table = allocator.take(len(nests))
    due = allocator.take(len(nests) + 1)
    records = [allocator.take(layout.WORDS + len(nest.nest.accesses) * (1 + layout.SLOT_SIZE)) for nest in nests]
    fifos = {stream.name: allocator.take(layout.FIFO_SIZE) for stream in graph.streams}
    credits = {
        (unit.name, credit.name): allocator.take(layout.CREDIT_SIZE)
        for unit in graph.units
        for credit in unit.credits()
    }
    with_data = inputs is not None
    states = {unit.name: allocator.place(unit.state()) if with_data else 0 for unit in graph.units}
    buffers: dict[str, tuple[int, int]] = {}
    captures: dict[str, int] = {}
    for stream in graph.streams:
        port = graph.port_of(stream)
        lanes = lane_count(port) if with_data else 0
        stride = layout.ENTRY_LANES + lanes
        buffers[stream.name] = (stride, allocator.take(stream.depth * stride))
        if with_data and stream.name in capture:
            captures[stream.name] = allocator.take(frames * port.words * lanes)
    source = _host(allocator, graph, frames, inputs, pace, source_stalls, is_source=True)
    sink = _host(allocator, graph, frames, inputs, pace, sink_stalls, is_source=False)

    arena = np.zeros(allocator.end, dtype=np.int64)
    for start, values in allocator.contents:
        arena[start : start + values.size] = values
    arena[[layout.NESTS, layout.NEST_TABLE, layout.MASKS]] = [len(nests), table, masks]
    arena[[layout.AWAKE, layout.WHEEL]] = [awake, wheel]
    every = np.zeros(64 * masks, dtype=np.int64)
    every[: len(nests)] = 1
    arena[awake : awake + masks] = pack_bits(every, masks)
    arena[table : table + len(nests)] = records
    arena[layout.WITH_DATA] = int(with_data)
    end = 0
    for position, name in enumerate(step_order()):
        end += sum(nest.step == name for nest in nests)
        arena[layout.KIND_ENDS + position] = end
    arena[layout.DUE] = due
    _write_fifos(arena, graph, fifos, buffers, captures)
    for unit in graph.units:
        for credit in unit.credits():
            record = credits[unit.name, credit.name]
            arena[record + layout.AVAILABLE] = credit.initial
            arena[record + layout.GIVEN_TIME] = -1
            arena[record + layout.IS_ROOM] = int(credit.initial > 0)
    words: list[npt.NDArray[np.uint16]] = []
    flag_offset = 0
    for position, nest in enumerate(nests):
        record = records[position]
        schedule = flags(nest.nest)
        arena[record + layout.ITERATIONS] = nest.nest.iterations
        arena[record + layout.FLAGS] = flag_offset
        arena[record + layout.STATE] = {SOURCE: source, SINK: sink}.get(nest.step, states.get(nest.unit, 0))
        arena[record + layout.SLOT_COUNT] = len(nest.nest.accesses)
        arena[record + layout.PAIR] = int(_is_pair(nest.nest))
        words.append(schedule)
        flag_offset += schedule.size
        for slot, access in enumerate(nest.nest.accesses):
            _write_slot(
                arena,
                record + layout.WORDS + len(nest.nest.accesses),
                slot,
                access,
                nest.unit,
                graph,
                fifos,
                credits,
                position,
            )
    sites = tuple(NestSite(nest.unit, nest.nest.name, records[position]) for position, nest in enumerate(nests))
    return World(arena, np.concatenate(words), sites, fifos, credits, captures, source, sink)


def _ordered_nests(graph: HardwareGraph) -> list[_Nest]:
    source = _Nest("", SOURCE, LoopNest("source", (("word", 1),), (write("y"),)))
    sink = _Nest("", SINK, LoopNest("sink", (("word", 1),), (read("x"),)))
    nests = [source, sink]
    nests += [_Nest(unit.name, f"{unit.kind}_{nest.name}", nest) for unit in graph.units for nest in unit.nests()]
    order = {name: position for position, name in enumerate(step_order())}
    return sorted(nests, key=lambda nest: order[nest.step])


def _is_pair(nest: LoopNest) -> bool:
    return [access.direction for access in nest.accesses] == [Direction.READ, Direction.WRITE]


def _host(
    allocator: _Allocator,
    graph: HardwareGraph,
    frames: int,
    inputs: Integers | None,
    pace: int,
    stalls: StallMask | None,
    *,
    is_source: bool,
) -> int:
    stream = graph.input_stream if is_source else graph.output_stream
    port = graph.port_of(stream)
    lanes = lane_count(port) if inputs is not None else 0
    record = np.zeros(layout.HOST_SIZE, dtype=np.int64)
    record[layout.HOST_WORDS] = frames * port.words
    record[layout.HOST_LANES] = lanes
    record[layout.HOST_FRAME_WORDS] = port.words
    record[layout.HOST_PACE] = pace
    if is_source and inputs is not None:
        record[layout.HOST_DATA] = allocator.place(pack_words(port, inputs).reshape(-1))
    else:
        record[layout.HOST_DATA] = allocator.take(frames * port.words * lanes)
    record[layout.HOST_TIMES] = allocator.take(frames if is_source else frames * port.words)
    if stalls is not None:
        if stalls.all():
            raise InputError(f"stall mask of the {'source' if is_source else 'sink'}: it stalls for ever; free a cycle")
        record[layout.HOST_MASK] = allocator.place(stalls.astype(np.int64))
        record[layout.HOST_MASK_PERIOD] = stalls.size
    return allocator.place(record)


def _write_fifos(
    arena: Integers,
    graph: HardwareGraph,
    fifos: Mapping[str, int],
    buffers: Mapping[str, tuple[int, int]],
    captures: Mapping[str, int],
) -> None:
    for stream in graph.streams:
        record = fifos[stream.name]
        stride, first = buffers[stream.name]
        end = first + stream.depth * stride
        arena[first:end:stride] = layout.FREE
        arena[record + layout.HEAD] = arena[record + layout.TAIL] = arena[record + layout.FIRST] = first
        arena[record + layout.END] = end
        arena[record + layout.STRIDE] = stride
        arena[record + layout.CAPTURE] = captures.get(stream.name, 0)


def _write_slot(
    arena: Integers,
    slots: int,
    slot: int,
    access: Access,
    unit: str,
    graph: HardwareGraph,
    fifos: Mapping[str, int],
    credits: Mapping[tuple[str, str], int],
    position: int,
) -> None:
    if access.latency >= layout.HORIZON - 1:
        raise ValueError(f"unit {unit}: a latency of {access.latency} cycles is beyond the simulator's horizon")
    reading = access.direction is Direction.READ
    target = credits.get((unit, access.port))
    if target is not None:
        action = layout.TAKE_CREDIT if reading else layout.GIVE_CREDIT
    else:
        action = layout.POP if reading else layout.PUSH
        host_end = graph.output_stream if reading else graph.input_stream
        stream = graph.stream_at(unit, access.port) if unit else host_end
        target = fifos[stream.name]
    arena[target + (layout.CONSUMER if reading else layout.PRODUCER)] = position
    offset = slots + slot * layout.SLOT_SIZE
    arena[offset : offset + layout.SLOT_SIZE] = [action, target, access.count, access.latency]
