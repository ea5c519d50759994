"""Which memory holds what, where the first choice overflows: weights in LUTs, FIFOs in another kind of memory.

The kind never changes the clock, so this comes after folding and FIFO sizing. Block RAM is what most networks run out
of: weights can move to LUTs, FIFOs to UltraRAM, which cannot hold constants.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.matrix_vector_unit import MatrixVectorUnit
from r2b_hw.graph.stream import Memory, Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.planning.budget import RESOURCES, amount, exceeded
from r2b_hw.units.memory import fifo_cost

_DEEP = 64
"""A FIFO or ROM up to this depth lies in LUTs as it is."""


@dataclass(frozen=True)
class Move:
    """One thing in another memory, and what that adds to the total (negative where it saves)."""

    moved: Unit | Stream
    change: Cost


def relieve(total: Cost, budget: Cost, moves: Iterable[Move]) -> tuple[tuple[Move, ...], Cost]:
    """Return moves that bring ``total`` within ``budget`` as far as they can, each thing moved once, and the new total.

    The resource exceeded most comes first; of the moves that save it, the one that takes the least share of the others
    for it. Where all of them would exceed another resource, moves that save that one make room.
    """
    left = list(moves)
    taken: list[Move] = []
    while over := exceeded(total, budget):
        best = _cheapest(left, over[0], total, budget)
        if best is None:
            blocking = {
                name
                for move in left
                if amount(move.change, over[0]) < 0
                for name in exceeded(total + move.change, budget)
                if name not in over
            }
            helpers = (_cheapest(left, name, total, budget) for name in RESOURCES if name in blocking)
            best = next((move for move in helpers if move is not None), None)
        if best is None:
            break
        taken.append(best)
        total += best.change
        left = [move for move in left if move.moved.name != best.moved.name]
    return tuple(taken), total


def _cheapest(moves: Iterable[Move], resource: str, total: Cost, budget: Cost) -> Move | None:
    """Return the move that saves ``resource`` at the least share of the others, none of which it exceeds."""
    over = exceeded(total, budget)
    best: Move | None = None
    lowest = float("inf")
    for move in moves:
        saved = -amount(move.change, resource)
        if saved <= 0 or any(amount(move.change, name) > 0 for name in over):
            continue
        if set(exceeded(total + move.change, budget)) - set(over):
            continue
        price = sum(
            max(0.0, amount(move.change, name)) / amount(budget, name) for name in RESOURCES if amount(budget, name)
        )
        if price / saved < lowest:
            best, lowest = move, price / saved
    return best


def weight_moves(units: Iterable[Unit]) -> Iterator[Move]:
    """Yield each matrix-vector unit with its weights in LUTs instead of block RAM."""
    for unit in units:
        if isinstance(unit, MatrixVectorUnit) and not unit.weights_in_luts:
            moved = replace(unit, weights_in_luts=True)
            change = moved.cost() + unit.cost() * -1
            if change.bram36 < 0:
                yield Move(moved, change)


def fifo_moves(graph: HardwareGraph) -> Iterator[Move]:
    """Yield each deep FIFO in each other memory."""
    for stream in graph.streams:
        if stream.depth <= _DEEP:
            continue
        width = graph.port_of(stream).word_bits
        now = fifo_cost(width, stream.depth, stream.memory)
        for memory in (Memory.LUTRAM, Memory.BRAM, Memory.URAM):
            if memory is not stream.memory:
                yield Move(replace(stream, memory=memory), fifo_cost(width, stream.depth, memory) + now * -1)


def moved(graph: HardwareGraph, moves: Iterable[Move]) -> HardwareGraph:
    """Return ``graph`` with the units and streams of ``moves`` in place."""
    moves = tuple(moves)
    graph = graph.with_units(move.moved for move in moves if isinstance(move.moved, Unit))
    return graph.with_streams(move.moved for move in moves if isinstance(move.moved, Stream))
