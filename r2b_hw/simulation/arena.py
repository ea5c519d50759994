"""Builds the simulator's arena: places the records of FIFOs, credits, host ends and nests."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.port import Port
from r2b_hw.graph.stream import Stream
from r2b_hw.graph.word import lane_count, pack_words
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Access, Credit, Direction, LoopNest
from r2b_hw.simulation import layout
from r2b_hw.simulation.driver import SOURCE

StallMask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PlacedNest:
    """A nest, its unit ("" for source and sink) and the name of its step function."""

    unit: str
    step: str
    nest: LoopNest


class ArenaBuilder:
    """Grows the arena piece by piece; every piece is known by the offset it is placed at."""

    def __init__(self, header: int) -> None:
        self.end = header
        self._pieces: list[tuple[int, Integers]] = []

    def place(self, values: Integers) -> int:
        """Append ``values``; return their offset."""
        start = self.end
        self._pieces.append((start, values))
        self.end += values.size
        return start

    def reserve(self, size: int) -> int:
        """Append zeros; return their offset."""
        start = self.end
        self.end += size
        return start

    def laid_out(self, header: Mapping[int, int]) -> Integers:
        """Return the arena; ``header`` maps offsets to values."""
        arena = np.zeros(self.end, dtype=np.int64)
        for start, values in self._pieces:
            arena[start : start + values.size] = values
        for field, value in header.items():
            arena[field] = value
        return arena


def stream_of(graph: HardwareGraph, nest: PlacedNest, access: Access) -> Stream:
    """Return the stream that an access of ``nest`` to a data port reads or writes."""
    if nest.unit:
        return graph.stream_at(nest.unit, access.port)
    return graph.input_stream if nest.step == SOURCE else graph.output_stream


def place_fifo(
    arena: ArenaBuilder,
    graph: HardwareGraph,
    stream: Stream,
    numbers: Mapping[tuple[str, str], dict[Direction, int]],
    capture: int,
) -> int:
    """Place a FIFO, all entries free; ``numbers`` name its writer and reader. Return its record."""
    stride = layout.ENTRY_LANES + lane_count(graph.port_of(stream))
    entries = np.zeros((stream.depth, stride), dtype=np.int64)
    entries[:, 0] = layout.FREE
    first = arena.place(entries.reshape(-1))
    ends = numbers["", stream.name]
    record = np.zeros(layout.FIFO_SIZE, dtype=np.int64)
    record[[layout.HEAD, layout.TAIL, layout.FIRST]] = first
    record[layout.END] = first + entries.size
    record[layout.STRIDE] = stride
    record[[layout.PRODUCER, layout.CONSUMER]] = [ends[Direction.WRITE], ends[Direction.READ]]
    record[layout.CAPTURE] = capture
    return arena.place(record)


def place_credit(arena: ArenaBuilder, credit: Credit, ends: Mapping[Direction, int]) -> int:
    """Place a credit with its initial tokens; ``ends`` are its giver and taker. Return its record."""
    record = np.zeros(layout.CREDIT_SIZE, dtype=np.int64)
    record[layout.AVAILABLE] = credit.initial
    record[layout.GIVEN_TIME] = -1
    record[layout.IS_ROOM] = int(credit.initial > 0)
    record[[layout.PRODUCER, layout.CONSUMER]] = [ends[Direction.WRITE], ends[Direction.READ]]
    return arena.place(record)


def place_host(
    arena: ArenaBuilder,
    port: Port,
    frames: int,
    inputs: Integers,
    pace: int,
    stalls: StallMask | None,
    end: str,
) -> int:
    """Place the source (``end`` SOURCE) with its frames, or the sink with room for all outputs. Return its record."""
    lanes = lane_count(port)
    record = np.zeros(layout.HOST_SIZE, dtype=np.int64)
    record[layout.HOST_WORDS] = frames * port.words
    record[layout.HOST_LANES] = lanes
    record[layout.HOST_FRAME_WORDS] = port.words
    record[layout.HOST_PACE] = pace
    if end == SOURCE:
        record[layout.HOST_DATA] = arena.place(pack_words(port, inputs).reshape(-1))
    else:
        record[layout.HOST_DATA] = arena.reserve(frames * port.words * lanes)
    record[layout.HOST_TIMES] = arena.reserve(frames if end == SOURCE else frames * port.words)
    if stalls is not None:
        if stalls.all():
            raise InputError(f"stall mask of the {end.replace('_', ' ')}: it stalls for ever; free a cycle")
        record[layout.HOST_MASK] = arena.place(stalls.astype(np.int64))
        record[layout.HOST_MASK_PERIOD] = stalls.size
    return arena.place(record)


def place_nest(
    arena: ArenaBuilder,
    graph: HardwareGraph,
    nest: PlacedNest,
    schedule: int,
    period: int,
    state: int,
    fifos: Mapping[str, int],
    credits: Mapping[tuple[str, str], int],
) -> int:
    """Place a nest whose schedule of ``period`` words begins at ``schedule``, its unit's state at ``state``.

    Return its record.
    """
    accesses = nest.nest.accesses
    record = np.zeros(layout.WORDS + len(accesses), dtype=np.int64)
    record[layout.ITERATIONS] = nest.nest.iterations
    record[layout.FLAGS] = schedule
    record[layout.PERIOD] = period
    record[layout.STATE] = state
    record[layout.SLOT_COUNT] = len(accesses)
    slots: list[list[int]] = []
    for access in accesses:
        if access.latency >= layout.HORIZON - 1:
            raise ValueError(
                f"unit {nest.unit}: a latency of {access.latency} cycles is beyond the simulator's horizon"
            )
        reading = access.direction is Direction.READ
        credit = credits.get((nest.unit, access.port))
        if credit is not None:
            action = layout.TAKE_CREDIT if reading else layout.GIVE_CREDIT
        else:
            action = layout.POP if reading else layout.PUSH
        target = fifos[stream_of(graph, nest, access).name] if credit is None else credit
        slots.append([action, target, access.count, access.latency])
    record[layout.PAIR] = int([slot[0] for slot in slots] == [layout.POP, layout.PUSH])
    return arena.place(np.concatenate([record, np.array(slots, dtype=np.int64).reshape(-1)]))
