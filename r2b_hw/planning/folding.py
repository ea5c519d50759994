"""The ways one unit, or units whose words must match, can be folded."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, reduce

from r2b_hw.errors import InputError
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.map_unit import MapUnit
from r2b_hw.graph.port import Port
from r2b_hw.graph.unit import Unit
from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu
from r2b_hw.units.xnor_mvu import XnorMvu

WORD_BITS_LIMIT = 4096
"""Widest word planned; AP_INT_MAX_W of the HLS headers."""

Parallelism = tuple[int, int] | tuple[int, int, int]
"""Channels an input word, channels an output word; for an XNOR unit of several pixels at once, how many."""


@dataclass(frozen=True)
class Fold:
    """One choice for a group: its units' parallelism, the slowest one's interval, the sum of their costs.

    ``in_luts`` names the units whose constants lie in LUTs instead of block RAM.
    """

    parallelism: Mapping[str, Parallelism]
    interval: int
    cost: Cost
    in_luts: tuple[str, ...] = ()

    @cached_property
    def words(self) -> tuple[Parallelism, ...]:
        """Channels of the units' words, which their neighbours see."""
        return tuple((words[0], words[1]) for words in self.parallelism.values())


@cache
def divisors(number: int) -> tuple[int, ...]:
    """Return the divisors of ``number``, ascending."""
    return tuple(d for d in range(1, number + 1) if number % d == 0)


def convertible(port: Port) -> bool:
    """Whether a width converter can stand on the stream of ``port``: not on windows, whose taps belong together."""
    return port.taps == (1, 1) and not port.valid_bits


def folded(unit: Unit, parallelism: Parallelism) -> Unit:
    """Return ``unit`` at ``parallelism``. InputError where several pixels at once are asked of what has one."""
    narrow = unit.with_parallelism(parallelism[0], parallelism[1])
    if len(parallelism) == 2:
        return narrow
    if not isinstance(narrow, XnorMvu) or unit.outputs[0].pixels % parallelism[2]:
        raise InputError(f"unit {unit.name}: {parallelism[2]} pixels at once is not possible")
    return PixelParallelMvu.of(narrow, parallelism[2])


def unit_folds(unit: Unit) -> list[Unit]:
    """Return ``unit`` at every parallelism whose words are not too wide."""
    folds: list[Unit] = []
    for parallelism in _parallelisms(unit):
        fold = unit.with_parallelism(*parallelism)
        widest = max(port.word_bits for port in fold.inputs + fold.outputs)
        if widest > WORD_BITS_LIMIT:
            continue
        folds.append(fold)
        if type(fold) is XnorMvu:
            most = WORD_BITS_LIMIT // widest
            folds.extend(PixelParallelMvu.of(fold, pixels) for pixels in useful_pixels(fold) if pixels <= most)
    return folds


def useful_pixels(unit: XnorMvu) -> tuple[int, ...]:
    """Return the numbers of pixels at once, above one, that make ``unit`` faster.

    They divide the pixels of a frame. A group takes at least as many cycles as its words take to come and to go, a word
    a cycle: from min(neuron folds, synapse folds) pixels on, more of them gain nothing.
    """
    enough = min(unit.neuron_folds, unit.synapse_folds)
    counts = divisors(unit.height * unit.width)[1:]
    above = next((count for count in counts if count >= enough), 0)
    return tuple(count for count in counts if count <= above or count < enough) if enough > 1 else ()


def _parallelisms(unit: Unit) -> Iterator[tuple[int, int]]:
    inputs = divisors(unit.inputs[0].shape[2])
    if isinstance(unit, MapUnit):
        return ((p, p) for p in inputs)
    return itertools.product(inputs, divisors(unit.outputs[0].shape[2]))


def parallelism_of(unit: Unit) -> Parallelism:
    """Return the channels of the unit's input words and output words, and its pixels at once where it has several."""
    channels = unit.inputs[0].channels_per_word, unit.outputs[0].channels_per_word
    return (*channels, unit.pixels) if isinstance(unit, PixelParallelMvu) else channels


def groups(graph: HardwareGraph) -> tuple[tuple[str, ...], ...]:
    """Return the units' names in groups: those joined by streams that cannot be converted choose together."""
    group_of = {unit.name: [unit.name] for unit in graph.units}
    for stream in graph.streams:
        if stream.producer is None or stream.consumer is None or convertible(graph.port_of(stream)):
            continue
        one, other = group_of[stream.producer.unit], group_of[stream.consumer.unit]
        if one is not other:
            one.extend(other)
            for name in other:
                group_of[name] = one
    unique = {id(group): tuple(group) for group in group_of.values()}
    return tuple(unique.values())


def group_folds(graph: HardwareGraph, group: tuple[str, ...], overrides: Mapping[str, Parallelism]) -> tuple[Fold, ...]:
    """Return every fold of ``group``, units in ``overrides`` fixed. InputError when an override is impossible."""
    choices: list[list[Unit]] = []
    for name in group:
        folds = unit_folds(graph.unit_by_name[name])
        if name in overrides:
            folds = [fold for fold in folds if parallelism_of(fold) == overrides[name]]
            if not folds:
                raise InputError(f"unit {name}: parallelism {overrides[name]} does not divide its channels or pixels")
        choices.append(folds)
    joints = [
        (
            group.index(stream.producer.unit),
            stream.producer.port,
            group.index(stream.consumer.unit),
            stream.consumer.port,
        )
        for stream in graph.streams
        if stream.producer is not None
        and stream.consumer is not None
        and stream.producer.unit in group
        and stream.consumer.unit in group
        and not convertible(graph.port_of(stream))
    ]
    result: list[Fold] = []
    known: dict[int, tuple[int, tuple[tuple[Cost, bool], ...]]] = {}
    ends = {(member, port) for a, near, b, far in joints for member, port in ((a, near), (b, far))}
    words = {
        (member, port, id(unit)): unit.port(port).channels_per_word for member, port in ends for unit in choices[member]
    }
    for combination in itertools.product(*choices):
        if any(words[a, near, id(combination[a])] != words[b, far, id(combination[b])] for a, near, b, far in joints):
            continue
        for unit in combination:
            if id(unit) not in known:
                known[id(unit)] = (unit.interval, _memories(unit))
        interval = max(known[id(unit)][0] for unit in combination)
        parallelism = {unit.name: parallelism_of(unit) for unit in combination}
        for memories in itertools.product(*(known[id(unit)][1] for unit in combination)):
            in_luts = tuple(unit.name for unit, (_, luts) in zip(combination, memories, strict=True) if luts)
            cost = reduce(Cost.__add__, (cost for cost, _ in memories))
            result.append(Fold(parallelism, interval, cost, in_luts))
    if not result:
        raise InputError(
            f"units {', '.join(group)}: no parallelism satisfies all of them with words of at most 4096 bits"
        )
    return tuple(result)


def _memories(unit: Unit) -> tuple[tuple[Cost, bool], ...]:
    """Return the cost of ``unit`` and, where its constants lie in block RAM, the cost with them in LUTs."""
    cost = unit.cost()
    other = unit.with_constants(in_luts=True)
    if other is not unit and cost.bram36:
        in_luts = other.cost()
        if in_luts.bram36 < cost.bram36:
            return ((cost, False), (in_luts, True))
    return ((cost, False),)
