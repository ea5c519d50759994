"""What a stream costs between words of two widths: converters, small FIFOs, and the store where it waits.

A stream that waits for another branch of its fork holds many words; it can do so in several memories, and in UltraRAM
as wider words. Each is a way of its own, and the choice among them is part of the plan.
"""

import itertools
import math
from dataclasses import dataclass, replace
from functools import cache

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.port import Port
from r2b_hw.graph.stream import Memory, Stream
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.planning.folding import convertible
from r2b_hw.planning.reconvergence import waiting_streams
from r2b_hw.planning.stores import LUTRAM_DEPTH, SLACK, Store, in_flight, least_words, ultra_ram_channels
from r2b_hw.planning.width import conversion_steps, converters
from r2b_hw.units.memory import fifo_cost

_PATIENCE = (0.0, 0.0625, 0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Steps, in intervals, in which a stream beside a gate can hold more than its frame."""
_CONVERTER_FLIGHT = 3
"""L + 2 of a width converter."""

_fifo = cache(fifo_cost)


@dataclass(frozen=True)
class Way:
    """One way to build a stream.

    Attributes
    ----------
    store
        Where its words wait; None where it does not wait or not deep.
    patience
        Cycles beyond a frame for which a stream beside a gate can hold its words.
    """

    cost: Cost
    store: Store | None
    patience: int = 0


class Links:
    """The ways of all streams of an unfolded graph. What does not depend on the target is worked out once."""

    def __init__(self, graph: HardwareGraph) -> None:
        self.waiting = {item.stream: item for item in waiting_streams(graph)}
        self._flight = {stream.name: in_flight(graph, stream) for stream in graph.streams}
        self._ports = {stream.name: graph.port_of(stream) for stream in graph.streams}
        self._known: dict[tuple[str, tuple[int, ...], tuple[int, ...], int, bool], tuple[Way, ...]] = {}

    def ways(self, stream: Stream, near: int, far: int, target: int, *, ultra_ram: bool) -> tuple[Way, ...]:
        """Return the ways from words of ``near`` to words of ``far`` channels; none where they cannot be joined."""
        port = self._ports[stream.name]
        steps = conversion_steps(port, near, far, target)
        if steps is None or (len(steps) > 1 and not convertible(port)):
            return ()
        flights = (self._flight[stream.name], *(_CONVERTER_FLIGHT,) * (len(steps) - 1))
        depths = tuple(
            least_words(flight, port.pixels * port.shape[2] // words, target)
            for words, flight in zip(steps, flights, strict=True)
        )
        # Patience is counted in cycles; nothing else depends on the target.
        gated = target if self.is_gated(stream.name) else 0
        key = stream.name, steps, depths, gated, ultra_ram
        if key not in self._known:
            self._known[key] = self._made(port, stream.name, steps, depths, flights, gated, ultra_ram=ultra_ram)
        return self._known[key]

    def _made(
        self,
        port: Port,
        name: str,
        steps: tuple[int, ...],
        depths: tuple[int, ...],
        flights: tuple[int, ...],
        gated: int,
        *,
        ultra_ram: bool,
    ) -> tuple[Way, ...]:
        small = Cost()
        for before, after in itertools.pairwise(steps):
            small += _converter_cost(_frame(port), before, after)
        needed = self.waiting[name].needed if name in self.waiting else None
        # The store stands behind the converters, where ``waiting_streams`` of the folded graph finds it.
        ordinary = len(steps) if needed is None else len(steps) - 1
        for words, depth, flight in list(zip(steps, depths, flights, strict=True))[:ordinary]:
            memory = Memory.REGISTER if depth == 1 else Memory.LUTRAM
            small += _fifo(_word_bits(port, words), depth, memory, flight - 2)
        if needed is None:
            return (Way(small, None),)
        if not gated:
            return self._stores(port, small, needed, steps[-1], flights[-1], 0, ultra_ram=ultra_ram)
        ways: list[Way] = []
        for step in _PATIENCE:
            # While the gate is worked out, words go on coming at the frame's rate.
            extra = math.ceil(step * port.pixels * port.shape[2])
            patience = int(step * gated)
            ways += self._stores(port, small, needed + extra, steps[-1], flights[-1], patience, ultra_ram=ultra_ram)
        return tuple(ways)

    def is_gated(self, stream: str) -> bool:
        """Whether ``stream`` waits for a vector that units of their own work out."""
        return stream in self.waiting and bool(self.waiting[stream].vectors)

    @staticmethod
    def _stores(
        port: Port, small: Cost, needed: int, last: int, flight: int, patience: int, *, ultra_ram: bool
    ) -> tuple[Way, ...]:
        """Return the ways to hold ``needed`` channels' values in words of ``last``, beside what is ``small``."""
        depth = math.ceil(needed / last) + flight + SLACK
        bits = _word_bits(port, last)
        if depth <= LUTRAM_DEPTH:
            return (Way(small + _fifo(bits, depth, Memory.LUTRAM, flight - 2), None, patience),)
        kinds = (Memory.LUTRAM, Memory.BRAM, Memory.URAM) if ultra_ram else (Memory.LUTRAM, Memory.BRAM)
        ways = [Way(small + _fifo(bits, depth, memory, flight - 2), Store(memory), patience) for memory in kinds]
        wide = ultra_ram_channels(port, last) if ultra_ram else None
        if wide is not None:
            depth = math.ceil(needed / wide) + _CONVERTER_FLIGHT + SLACK
            cost = small + _fifo(_word_bits(port, wide), depth, Memory.URAM, _CONVERTER_FLIGHT - 2)
            cost += _converter_cost(_frame(port), last, wide) + _converter_cost(_frame(port), wide, last)
            cost += _fifo(bits, flight, Memory.LUTRAM, flight - 2)
            cost += _fifo(bits, _CONVERTER_FLIGHT, Memory.LUTRAM, _CONVERTER_FLIGHT - 2)
            ways.append(Way(cost, Store(Memory.URAM, wide), patience))
        return tuple(ways)

    def narrowed(self, stream: Stream, near: int, far: int, target: int, bits: int, store: Store) -> Cost:
        """Return what a waiting stream costs in ``store`` if its integers had ``bits`` bits."""
        port = self._ports[stream.name]
        narrow = replace(port, integer=IntegerType(-(1 << (bits - 1)), (1 << (bits - 1)) - 1))
        steps = conversion_steps(port, near, far, target) or (near,)
        flights = (self._flight[stream.name], *(_CONVERTER_FLIGHT,) * (len(steps) - 1))
        ways = self._made(narrow, stream.name, steps, flights, flights, 0, ultra_ram=store.memory is Memory.URAM)
        same = [way for way in ways if way.store is not None and way.store.memory is store.memory]
        return min((way.cost for way in same or ways), key=lambda cost: (cost.bram36 + cost.uram, cost.lut))

    def flight(self, stream: Stream) -> int:
        """Return L + 2 of the stream's producer."""
        return self._flight[stream.name]

    def small_fifo(self, stream: Stream, words: int, target: int) -> Cost:
        """Return the FIFO of a stream inside a group, whose two ends have ``words`` channels a word."""
        port, flight = self._ports[stream.name], self._flight[stream.name]
        depth = least_words(flight, port.pixels * port.shape[2] // words, target)
        memory = Memory.REGISTER if depth == 1 else Memory.LUTRAM
        return _fifo(_word_bits(port, words), depth, memory, flight - 2)


def _word_bits(port: Port, words: int) -> int:
    return port.tap_count * (words * port.integer.bits + int(port.valid_bits))


def _frame(port: Port) -> Port:
    """Return ``port`` without what the cost of a converter does not depend on, so that equal ones are found."""
    return replace(port, name="x", exponents=(0,), channels_per_word=1)


@cache
def _converter_cost(port: Port, before: int, after: int) -> Cost:
    (converter,) = converters(port, "x", "", (before, after))
    return converter.cost()
