"""Which memory holds what, once the depths of FIFOs are known: constants in block RAM or LUTs, deep FIFOs in any kind.

The kind never changes the clock, so this comes after folding and FIFO sizing.
"""

from collections.abc import Mapping
from dataclasses import replace

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Memory, Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.planning.budget import amount, exceeded
from r2b_hw.planning.costs import latency_into, stream_costs, unit_costs
from r2b_hw.planning.exact import nearest, select
from r2b_hw.planning.selection import Problem
from r2b_hw.planning.stores import LUTRAM_DEPTH
from r2b_hw.units.memory import fifo_cost


def in_best_memories(graph: HardwareGraph, interface: Cost, available: Cost) -> HardwareGraph:
    """Return ``graph`` with each deep FIFO and all constants in the memories that together take the least of the board.

    Where nothing fits, in those that exceed it least.

    Parameters
    ----------
    interface, available
        What is spent beside the graph, and what there is for both.
    """
    movable: list[tuple[tuple[Unit | Stream, Cost], ...]] = []
    fixed = interface
    streams, units = stream_costs(graph), unit_costs(graph)
    for stream in graph.streams:
        kinds = _stream_kinds(graph, stream, available)
        if len(kinds) > 1:
            movable.append(kinds)
        else:
            fixed += streams[stream.name]
    for unit in graph.units:
        kinds = _unit_kinds(unit, units)
        if len(kinds) > 1:
            movable.append(kinds)
        else:
            fixed += units[unit.name]
    if not movable:
        return graph
    problem = Problem(tuple(tuple(cost for _, cost in kinds) for kinds in movable), (), fixed, available)
    selection = select(problem).selection or nearest(problem)
    if selection is None:
        return graph
    chosen = [kinds[option][0] for kinds, option in zip(movable, selection.options, strict=True)]
    graph = graph.with_units(item for item in chosen if isinstance(item, Unit))
    return graph.with_streams(item for item in chosen if isinstance(item, Stream))


def _stream_kinds(graph: HardwareGraph, stream: Stream, available: Cost) -> tuple[tuple[Stream, Cost], ...]:
    if stream.depth <= LUTRAM_DEPTH:
        return ()
    kinds = (Memory.LUTRAM, Memory.BRAM, Memory.URAM) if amount(available, "uram") > 0 else (Memory.LUTRAM, Memory.BRAM)
    width, latency = graph.port_of(stream).word_bits, latency_into(graph, stream)
    return tuple((replace(stream, memory=memory), fifo_cost(width, stream.depth, memory, latency)) for memory in kinds)


def _unit_kinds(unit: Unit, costs: Mapping[str, Cost]) -> tuple[tuple[Unit, Cost], ...]:
    kinds = [(unit, costs[unit.name])]
    for in_luts in (False, True):
        other = unit.with_constants(in_luts=in_luts)
        cost = other.cost() if other is not unit else costs[unit.name]
        if cost.bram36 != costs[unit.name].bram36:
            kinds.append((other, cost))
    return tuple(kinds)


def shortfall(needed: Cost, available: Cost) -> Cost:
    """Return by how much ``needed`` exceeds ``available``, resource by resource."""
    over = exceeded(needed, available)
    missing = {name: amount(needed, name) - amount(available, name) for name in over}
    lut, ff, bram36, dsp, uram = (missing.get(name, 0.0) for name in ("lut", "ff", "bram36", "dsp", "uram"))
    return Cost(lut, ff, bram36, dsp, uram)
