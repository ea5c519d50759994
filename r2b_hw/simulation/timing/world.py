"""Lays a hardware graph out in the arena of the simulation without data.

Records stand first and do not depend on depths; the rings of FIFOs follow. So a graph is prepared once, and simulated
at many depths.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Access, Credit, Direction, LoopNest, read, write
from r2b_hw.simulation.arena import StallMask
from r2b_hw.simulation.schedule_words import ScheduleWords, schedule_words
from r2b_hw.simulation.timing import layout

_WORD = (("word", 1),)
Target = tuple[str, str]
"""A stream, ("", name), or a credit, (unit, name)."""


@dataclass(frozen=True)
class TimedNest:
    """A nest, its unit ("" for source and sink), the offset of its record, and what its accesses go to."""

    unit: str
    nest: LoopNest
    record: int
    targets: tuple[Target, ...]

    def slot(self, index: int) -> int:
        """Return the offset of an access's slot."""
        return self.record + layout.NEST_SIZE + index * layout.SLOT_SIZE


@dataclass(frozen=True, eq=False)
class TimingWorld:
    """A graph prepared for simulation without data.

    ``records`` is the arena without rings. ``nests`` runs from the source to the sink; ``targets`` are numbered from 1
    in the records. ``slots`` holds the slots that push to and pop from each stream.
    """

    graph: HardwareGraph
    records: Integers
    schedule: ScheduleWords
    nests: tuple[TimedNest, ...]
    targets: tuple[Target, ...]
    slots: Mapping[str, Mapping[Direction, int]]

    def arena(
        self,
        depths: Mapping[str, int],
        frames: int,
        *,
        pace: int = 0,
        source_stalls: StallMask | None = None,
        sink_stalls: StallMask | None = None,
        under_way: bool = False,
    ) -> Integers:
        """Return an arena ready to run; streams that ``depths`` does not name have the graph's.

        Marks count the words that can be popped, with ``under_way`` also those that have been reserved for.
        """
        streams = self.graph.streams
        sizes = np.array([depths.get(stream.name, stream.depth) for stream in streams]) * layout.ENTRY_SIZE
        ends = self.records.size + np.cumsum(sizes)
        rings = np.zeros((int(sizes.sum()) // layout.ENTRY_SIZE, layout.ENTRY_SIZE), dtype=np.int64)
        rings[:, layout.ARRIVAL] = layout.NEVER
        rings[:, layout.LINK] = self.records.size + np.arange(1, len(rings) + 1) * layout.ENTRY_SIZE
        rings[(ends - self.records.size) // layout.ENTRY_SIZE - 1, layout.LINK] = ends - sizes
        stalls = (source_stalls, sink_stalls)
        masks = [np.array([] if mask is None else mask, dtype=np.int64) for mask in stalls]
        arena = np.concatenate([self.records, rings.reshape(-1), *masks])
        for direction in Direction:
            slots = np.array([self.slots[stream.name][direction] for stream in streams])
            arena[slots + layout.PLACE] = ends - sizes
            if direction is Direction.WRITE:
                # The first word raises every mark to one.
                arena[slots + layout.MARK] = 1
                arena[slots + layout.WATCHED] = arena[ends - sizes + layout.LINK]
                arena[slots + layout.UNDER_WAY] = arena[slots + layout.LATENCY] if under_way else 0
        end = int(ends[-1])
        for nest, stream, mask in zip(
            (self.nests[0], self.nests[-1]), (self.graph.input_stream, self.graph.output_stream), masks, strict=True
        ):
            if mask.size and mask.all():
                raise InputError(f"stall mask of the host {nest.nest.name}: it stalls for ever; free a cycle")
            words = self.graph.port_of(stream).words
            host = [frames * words, words, pace, end, mask.size, 0]
            arena[nest.record + layout.HOST_WORDS : nest.record + layout.HOST_SIZE] = host
            end += mask.size
        return arena


def prepare(graph: HardwareGraph) -> TimingWorld:
    """Return ``graph`` ready for simulations without data."""
    credits = {(unit.name, credit.name): credit for unit in graph.units for credit in unit.credits()}
    hosts = {"source": graph.input_stream.name, "sink": graph.output_stream.name}

    def target(unit: str, nest: LoopNest, access: Access) -> Target:
        if (unit, access.port) in credits:
            return unit, access.port
        return "", graph.stream_at(unit, access.port).name if unit else hosts[nest.name]

    # From input to output: the order in which nests take turns.
    nests = [("", LoopNest("source", _WORD, (write("y"),)))]
    nests += [(unit.name, nest) for unit in graph.units for nest in unit.nests()]
    nests.append(("", LoopNest("sink", _WORD, (read("x"),))))
    masks = -(-len(nests) // 64)
    end = layout.HEADER_SIZE + masks + len(nests)
    placed: list[TimedNest] = []
    for unit, nest in nests:
        placed.append(TimedNest(unit, nest, end, tuple(target(unit, nest, access) for access in nest.accesses)))
        end += layout.NEST_SIZE + len(nest.accesses) * layout.SLOT_SIZE if unit else layout.HOST_SIZE
    credit_records: dict[Target, int] = {}
    for name, credit in credits.items():
        credit_records[name] = end
        end += layout.CREDIT_SIZE + _gifts(credit) * layout.GIFT_SIZE

    records = np.zeros(end, dtype=np.int64)
    records[layout.NESTS : layout.RUNNABLE + 1] = [
        *(len(placed), layout.HEADER_SIZE + masks),
        *(masks, layout.HEADER_SIZE),
    ]
    table = layout.HEADER_SIZE + masks
    records[table : table + len(placed)] = [nest.record for nest in placed]
    for name, credit in credits.items():
        _place_credit(records, credit_records[name], credit)
    schedules = [schedule_words(nest) for _, nest in nests]
    starts = np.cumsum([0, *(schedule.size for schedule in schedules)]).tolist()
    targets = [("", stream.name) for stream in graph.streams] + list(credits)
    numbers = {name: index + 1 for index, name in enumerate(targets)}
    ends = _ends(placed)
    for position, nest in enumerate(placed):
        _place_nest(records, nest, (starts[position], starts[position + 1]), credit_records)
        for index, (name, access) in enumerate(zip(nest.targets, nest.nest.accesses, strict=True)):
            other = ends[name][Direction.READ if access.direction is Direction.WRITE else Direction.WRITE][0]
            slot = nest.slot(index)
            records[slot + layout.TARGET : slot + layout.NEIGHBOUR_RECORD + 1] = [
                *(numbers[name], other, placed[other].record)
            ]
    return TimingWorld(
        graph=graph,
        records=records,
        schedule=np.concatenate(schedules),
        nests=tuple(placed),
        targets=tuple(targets),
        slots={
            stream.name: {direction: slot for direction, (_, slot) in ends["", stream.name].items()}
            for stream in graph.streams
        },
    )


def _ends(nests: Sequence[TimedNest]) -> dict[Target, dict[Direction, tuple[int, int]]]:
    """Return the number of the nest and the offset of the (last) slot at both ends of each stream and credit."""
    ends: dict[Target, dict[Direction, tuple[int, int]]] = {}
    for position, nest in enumerate(nests):
        for index, (name, access) in enumerate(zip(nest.targets, nest.nest.accesses, strict=True)):
            ends.setdefault(name, {})[access.direction] = (position, nest.slot(index))
    return ends


def _place_nest(records: Integers, nest: TimedNest, words: tuple[int, int], credits: Mapping[Target, int]) -> None:
    """Write a nest whose schedule stands between ``words``, all but where its neighbours and rings are."""
    actions: list[int] = []
    for index, (name, access) in enumerate(zip(nest.targets, nest.nest.accesses, strict=True)):
        slot = nest.slot(index)
        reading = access.direction is Direction.READ
        if name in credits:
            actions.append(layout.TAKE_CREDIT if reading else layout.GIVE_CREDIT)
            records[slot + layout.CREDIT] = credits[name]
            records[slot + layout.TOKENS] = access.count
        else:
            actions.append(layout.POP if reading else layout.PUSH)
            records[slot + layout.LATENCY] = access.latency + 1
        records[slot + layout.ACTION] = actions[-1]
    pops = actions.count(layout.POP)
    if not nest.unit:
        kind = layout.SOURCE if nest.nest.name == "source" else layout.SINK
    elif actions != [layout.POP] * pops + [layout.PUSH] * (len(actions) - pops):
        kind = layout.COUPLED
    else:
        kind = layout.PAIR if len(actions) == 2 and pops == 1 else layout.STREAMS
    first, end = words
    records[nest.record : nest.record + layout.END_WORD + 1] = [kind, first, first, end]
    records[nest.record + layout.POPS] = pops
    records[nest.record + layout.SLOT_COUNT] = len(actions)
    records[nest.record + layout.ITERATIONS] = nest.nest.iterations


def _gifts(credit: Credit) -> int:
    """Return the entries of a credit's ring: a gift a token, the one before them, and one that stays free."""
    return credit.capacity + 2


def _place_credit(records: Integers, record: int, credit: Credit) -> None:
    count = _gifts(credit)
    first = record + layout.CREDIT_SIZE
    gifts = records[first : first + count * layout.GIFT_SIZE].reshape(count, layout.GIFT_SIZE)
    gifts[:, layout.LINK] = first + np.arange(1, count + 1) % count * layout.GIFT_SIZE
    # Initial tokens are the first gift.
    gifts[0, layout.SUM] = credit.initial
    records[record:first] = [0, credit.initial, int(credit.initial > 0), first, first + layout.GIFT_SIZE]
