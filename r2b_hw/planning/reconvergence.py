"""Which streams must hold words while another branch of the same fork catches up, from the graph's structure
alone.

Branches of a fork meet again in a join. Before the join can give its first output, each branch must have taken
some number of the fork's words: a whole frame where it holds a global sum, two rows where it holds a 3x3
window. A branch that needs fewer than another must store the difference, in one FIFO of its own before any
further fork: the one that holds a frame in the fewest bits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Direction, LoopNest, expand_guard, one_period


@dataclass(frozen=True)
class WaitingStream:
    """A stream that waits: for which fork, and for the branch of which of the fork's ports."""

    stream: str
    fork: str
    join: str
    needed: int
    """Words of this stream that pass while the slowest branch takes what it needs for its first output."""
    vectors: tuple[str, ...] = ()
    """Units on the other branch that turn a vector of the frame into another: the stream waits for them as well."""


class UnitDependencies:
    """How many input words a unit must have read before each of its output words; remembers what it worked out."""

    def __init__(self, unit: Unit) -> None:
        self._initial = {credit.name: credit.initial for credit in unit.credits()}
        self._writer: dict[str, LoopNest] = {}
        for nest in unit.nests():
            for access in nest.accesses:
                if access.direction is Direction.WRITE:
                    self._writer[access.port] = nest
        self._moved: dict[tuple[str, str, Direction], Integers] = {}
        self._known: dict[tuple[str, str, int], int] = {}

    def words_needed(self, input_port: str, output_port: str, count: int) -> int:
        """Return the words of ``input_port`` read before word ``count`` (from 1) of ``output_port`` is written.

        Follows the nests and, through credits, from nest to nest; 0 when the output does not depend on the input.
        """
        pending = [(input_port, output_port, count)]
        # A stack of its own: credits that are given back lead a round further back each time, through a whole frame.
        while pending:
            key = pending[-1]
            most, before = self._read_before(*key)
            missing = [item for item in before if item not in self._known]
            if missing:
                pending.extend(missing)
            else:
                self._known[key] = max((most, *(self._known[item] for item in before)))
                pending.pop()
        return self._known[input_port, output_port, count]

    def _read_before(
        self, input_port: str, output_port: str, count: int
    ) -> tuple[int, tuple[tuple[str, str, int], ...]]:
        """Return the words its nest itself has read then, and which credits must have been given first."""
        if (input_port, output_port, count) in self._known:
            return self._known[input_port, output_port, count], ()
        nest = self._writer[output_port]
        written = self._total(nest, output_port, Direction.WRITE)
        periods = (count - 1) // int(written[-1])
        position = int(np.searchsorted(written, count - periods * int(written[-1])))
        most = 0
        before: list[tuple[str, str, int]] = []
        for port in {access.port for access in nest.accesses if access.direction is Direction.READ}:
            total = self._total(nest, port, Direction.READ)
            read = periods * int(total[-1]) + int(total[position])
            if port == input_port:
                most = read
            elif port in self._initial and read > self._initial[port]:
                before.append((input_port, port, read - self._initial[port]))
        return most, tuple(before)

    def _total(self, nest: LoopNest, port: str, direction: Direction) -> Integers:
        """Return, for each iteration of a period, the words or credits moved through ``port`` up to its end."""
        key = (nest.name, port, direction)
        if key not in self._moved:
            period = one_period(nest)
            moved = np.zeros(period.iterations, dtype=np.int64)
            for access in nest.accesses:
                if access.port == port and access.direction is direction:
                    moved += access.count * expand_guard(period, access.guard)
            self._moved[key] = np.cumsum(moved)
        return self._moved[key]


def waiting_streams(graph: HardwareGraph) -> tuple[WaitingStream, ...]:
    """Return the streams that need a deep FIFO, at most one a branch of each fork; in the graph's order."""
    found: dict[str, WaitingStream] = {}
    dependencies = {unit.name: UnitDependencies(unit) for unit in graph.units}
    for fork in graph.units:
        if len(fork.outputs) < 2:
            continue
        branches = [graph.stream_at(fork.name, port.name) for port in fork.outputs]
        join = _join(graph, branches)
        if join is None:
            continue
        needs = [_branch_need(graph, dependencies, branch, join) for branch in branches]
        for branch, need in zip(branches, needs, strict=True):
            if need < max(needs):
                stream = _cheapest_store(graph, branch)
                words, own = graph.port_of(branch).words, graph.port_of(stream).words
                needed = -(-max(needs) * own // words)
                vectors = _vector_units(graph, branches, join)
                found.setdefault(stream.name, WaitingStream(stream.name, fork.name, join.name, needed, vectors))
    return tuple(found.values())


def _reached(graph: HardwareGraph, stream: Stream) -> set[str]:
    """Return the names of the units behind ``stream``."""
    reached: set[str] = set()
    pending = [stream]
    while pending:
        end = pending.pop().consumer
        if end is not None and end.unit not in reached:
            reached.add(end.unit)
            pending.extend(graph.stream_at(end.unit, port.name) for port in graph.unit_by_name[end.unit].outputs)
    return reached


def _join(graph: HardwareGraph, branches: list[Stream]) -> Unit | None:
    """Return the first unit that every branch reaches."""
    common = set[str].intersection(*(_reached(graph, branch) for branch in branches))
    return next((unit for unit in graph.units if unit.name in common), None)


def _vector_units(graph: HardwareGraph, branches: list[Stream], join: Unit) -> tuple[str, ...]:
    """Return the names of the units between fork and join whose inputs are all vectors."""
    between = set[str].union(*(_reached(graph, branch) for branch in branches))
    behind = {end for port in join.outputs for end in _reached(graph, graph.stream_at(join.name, port.name))}
    return tuple(
        unit.name
        for unit in graph.units
        if unit.name in between - behind and all(port.pixels == 1 for port in unit.inputs)
    )


def _branch_need(graph: HardwareGraph, dependencies: Mapping[str, UnitDependencies], branch: Stream, join: Unit) -> int:
    """Return how many words of ``branch`` are read before ``join``'s first output."""
    known: dict[tuple[str, str, int], int] = {}

    def before(stream: Stream, count: int) -> int:
        """Words of the branch read before word number ``count`` of ``stream`` is pushed; 0 when it does not depend."""
        if stream.name == branch.name:
            return count
        if stream.producer is None:
            return 0
        key = (stream.producer.unit, stream.producer.port, count)
        if key not in known:
            known[key] = through(graph.unit_by_name[stream.producer.unit], stream.producer.port, count)
        return known[key]

    def through(unit: Unit, output_port: str, count: int) -> int:
        most = 0
        for port in unit.inputs:
            words = dependencies[unit.name].words_needed(port.name, output_port, count)
            if words:
                most = max(most, before(graph.stream_at(unit.name, port.name), words))
        return most

    return through(join, join.outputs[0].name, 1)


def _cheapest_store(graph: HardwareGraph, branch: Stream) -> Stream:
    """Return the stream of fewest bits a frame from ``branch`` to the next fork or join."""
    best = current = branch
    while current.consumer is not None:
        unit = graph.unit_by_name[current.consumer.unit]
        if len(unit.inputs) != 1 or len(unit.outputs) != 1:
            break
        current = graph.stream_at(unit.name, unit.outputs[0].name)
        # A later stream is taken at equal size too: it lets the units before it run ahead.
        if _frame_bits(graph, current) <= _frame_bits(graph, best):
            best = current
    return best


def _frame_bits(graph: HardwareGraph, stream: Stream) -> int:
    port = graph.port_of(stream)
    return port.words * port.word_bits
