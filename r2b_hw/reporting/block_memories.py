"""How well block RAMs and UltraRAMs are filled: bits stored over bits that the blocks have; stage model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from r2b_hw.reporting.schema import BlockMemory
from r2b_hw.reporting.schema_base import Stage

if TYPE_CHECKING:
    from r2b_hw.graph.cost import Cost
    from r2b_hw.graph.hardware_graph import HardwareGraph
    from r2b_hw.units.estimate import Parts


class _Counted(Protocol):
    def parts(self) -> "Parts": ...


RAMB36_BITS = 36 * 1024
ULTRA_RAM_BITS = 72 * 4096


def find_block_memories(graph: "HardwareGraph", stream_costs: "dict[str, Cost]") -> tuple[BlockMemory, ...]:
    """Return every memory of ``graph`` that takes block RAM or UltraRAM, the one that wastes most first."""
    found = [*_of_units(graph), *_of_streams(graph, stream_costs)]
    return tuple(sorted(found, key=lambda memory: (wasted_bits(memory), memory.owner), reverse=True))


def wasted_bits(memory: BlockMemory) -> float:
    """Return the bits of a memory's blocks that store nothing."""
    return memory.bram36 * RAMB36_BITS + memory.uram * ULTRA_RAM_BITS - memory.bits


@dataclass(frozen=True)
class Filled:
    """Memories put together: how many, the bits they store, their blocks and what those hold."""

    what: str
    count: int
    bits: int
    bram36: float
    uram: int
    room: float


def filled(memories: Sequence[BlockMemory], what: str = "") -> Filled:
    """Return the sum of ``memories``, of those that hold ``what`` where it is given."""
    chosen = [memory for memory in memories if memory.what == what or not what]
    bits = sum(memory.bits for memory in chosen)
    return Filled(
        what=what,
        count=sum(memory.count for memory in chosen),
        bits=bits,
        bram36=sum(memory.bram36 for memory in chosen),
        uram=sum(memory.uram for memory in chosen),
        room=bits + sum(wasted_bits(memory) for memory in chosen),
    )


def _of_units(graph: "HardwareGraph") -> Iterator[BlockMemory]:
    for unit in graph.units:
        # Every kind counts its parts; the abstract unit knows nothing of them.
        for block in cast("_Counted", unit).parts().blocks:
            yield _memory(unit.name, block.what, block.width, block.depth, block.count, block.bram36 * block.count, 0)


def _of_streams(graph: "HardwareGraph", costs: "dict[str, Cost]") -> Iterator[BlockMemory]:
    for stream in graph.streams:
        cost = costs[stream.name]
        if cost.bram36 or cost.uram:
            width = graph.port_of(stream).word_bits
            yield _memory(stream.name, "fifo", width, stream.depth, 1, cost.bram36, int(cost.uram))


def _memory(owner: str, what: str, width: int, depth: int, count: int, bram36: float, uram: int) -> BlockMemory:
    bits = width * depth * count
    return BlockMemory(
        owner=owner,
        what=what,
        width=width,
        depth=depth,
        count=count,
        bits=bits,
        bram36=bram36,
        uram=uram,
        efficiency=round(bits / (bram36 * RAMB36_BITS + uram * ULTRA_RAM_BITS), 4),
        stage=Stage.MODEL,
    )
