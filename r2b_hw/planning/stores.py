"""What streams hold at least: waiting streams all that the slowest branch needs, others the words in flight.

A waiting stream of narrow words lies badly in UltraRAM, whose words have 72 bits. Where it pays, its words are widened
before the FIFO and narrowed behind it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.port import Port
from r2b_hw.graph.stream import Endpoint, Memory, Stream
from r2b_hw.planning.folding import divisors
from r2b_hw.planning.reconvergence import WaitingStream, waiting_streams
from r2b_hw.planning.width import converters
from r2b_hw.schedule.loop_nest import Direction
from r2b_hw.units.memory import fifo_cost

LUTRAM_DEPTH = 64
"""A FIFO up to this depth is LUTRAM, or a register."""
SLACK = 8
"""Words a waiting stream holds beyond what the other branch needs and its producer has in flight."""
_ULTRA_RAM_BITS = 72

Worth = Callable[[Cost], float]


@dataclass(frozen=True)
class Store:
    """Where the words of a waiting stream lie; ``channels`` a word where they are widened for it, else None."""

    memory: Memory
    channels: int | None = None


@dataclass(frozen=True, eq=False)
class Stores:
    """A graph whose waiting streams have words of good width, and the fewest words its streams can do with.

    ``floors`` holds waiting streams alone: what each of them must hold by itself. ``least`` holds all streams.
    """

    graph: HardwareGraph
    floors: Mapping[str, int]
    least: Mapping[str, int]


def find_stores(graph: HardwareGraph, target: int, chosen: Mapping[str, Store]) -> Stores:
    """Return the stores of ``graph`` at ``target`` cycles a frame; ``chosen`` says whose words are widened.

    A stream is known by its name in the unfolded graph or, behind converters, in this one.
    """
    waiting = waiting_streams(graph)
    widened = tuple(_widened(graph, item, chosen) for item in waiting)
    for item, wide in zip(waiting, widened, strict=True):
        if wide is not None:
            graph = _with_wide_words(graph, graph.stream_by_name[item.stream], wide)
    floors: dict[str, int] = {}
    for item, wide in zip(waiting, widened, strict=True):
        # Alone it holds all that the slowest branch needs. Windows and FIFOs behind it hold some too, but how much is
        # up to the backend (an HLS window is one loop and stores less), and no backend may deadlock.
        near = graph.port_of(graph.stream_by_name[item.stream]).channels_per_word
        needed = item.needed if wide is None else math.ceil(item.needed * near / wide)
        stream = graph.stream_by_name[item.stream if wide is None else _converter_name(item.stream, wide)]
        floors[stream.name] = needed + in_flight(graph, stream) + SLACK
    return Stores(graph, floors, {stream.name: least_depth(graph, stream, target) for stream in graph.streams})


def least_depth(graph: HardwareGraph, stream: Stream, target: int) -> int:
    """Return the depth below which no design keeps ``target`` cycles a frame, whatever else it does."""
    return least_words(in_flight(graph, stream), graph.port_of(stream).words, target)


def least_words(flight: int, words: int, target: int) -> int:
    """Return the entries that ``words`` words need in ``target`` cycles when each keeps one for ``flight`` = L + 2."""
    return max(1, math.ceil(flight * words / target))


def in_flight(graph: HardwareGraph, stream: Stream) -> int:
    """Return L + 2 of the stream's producer: the words on their way in when one is pushed every cycle."""
    if stream.producer is None:
        return 2
    unit = graph.unit_by_name[stream.producer.unit]
    for nest in unit.nests():
        for access in nest.accesses:
            if access.port == stream.producer.port and access.direction is Direction.WRITE:
                return access.latency + 2
    return 2


def memory_for(width: int, depth: int, worth: Worth) -> Memory:
    """Return the memory for a FIFO: a register for one word, LUTRAM to 64 words, beyond that the one of least worth."""
    if depth == 1:
        return Memory.REGISTER
    if depth <= LUTRAM_DEPTH:
        return Memory.LUTRAM
    return min((Memory.BRAM, Memory.LUTRAM, Memory.URAM), key=lambda memory: worth(fifo_cost(width, depth, memory)))


def in_memories(graph: HardwareGraph, depths: Mapping[str, int], worth: Worth) -> HardwareGraph:
    """Return ``graph`` with FIFOs of ``depths``, each in the memory of least worth."""
    return graph.with_streams(
        replace(
            stream,
            depth=depths[stream.name],
            memory=memory_for(graph.port_of(stream).word_bits, depths[stream.name], worth),
        )
        for stream in graph.streams
    )


def ultra_ram_channels(port: Port, near: int) -> int | None:
    """Return the most channels, a multiple of ``near``, that a word of UltraRAM holds; None where there are no more."""
    bits = port.integer.bits
    fitting = [w for w in divisors(port.shape[2]) if w > near and w % near == 0 and w * bits <= _ULTRA_RAM_BITS]
    return fitting[-1] if fitting else None


def _widened(graph: HardwareGraph, item: WaitingStream, chosen: Mapping[str, Store]) -> int | None:
    """Return the channels a word of a waiting stream in its store, or None where it stays as it is."""
    near = graph.port_of(graph.stream_by_name[item.stream]).channels_per_word
    # A converter is called "<stream>.to_<channels>".
    origin = item.stream.split(".to_")[0]
    store = chosen.get(item.stream) or chosen.get(origin)
    if store is None or store.channels is None or store.channels <= near or store.channels % near:
        return None
    return store.channels


def _converter_name(stream: str, channels: int) -> str:
    return f"{stream}.store.to_{channels}"


def _with_wide_words(graph: HardwareGraph, stream: Stream, wide: int) -> HardwareGraph:
    """Return ``graph`` with words of ``wide`` channels in the middle of ``stream``, narrow ones at both ends."""
    port: Port = graph.port_of(stream)
    layer = graph.unit_by_name[stream.producer.unit].layer if stream.producer else stream.name
    near = port.channels_per_word
    before, after = converters(port, f"{stream.name}.store", layer, (near, wide, near))
    streams = [
        replace(stream, consumer=Endpoint(before.name, "x")),
        Stream(before.name, Endpoint(before.name, "y"), Endpoint(after.name, "x")),
        Stream(after.name, Endpoint(after.name, "y"), stream.consumer),
    ]
    others = (other for other in graph.streams if other.name != stream.name)
    return replace(graph, units=(*graph.units, before, after), streams=(*others, *streams))
