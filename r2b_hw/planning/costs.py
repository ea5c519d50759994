"""What a planned graph costs, unit by unit and stream by stream; stage model."""

from collections.abc import Mapping

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Stream
from r2b_hw.schedule.loop_nest import Direction
from r2b_hw.units.memory import fifo_cost


def unit_costs(graph: HardwareGraph) -> Mapping[str, Cost]:
    """Return what each unit costs, by name."""
    return {unit.name: unit.cost() for unit in graph.units}


def stream_costs(graph: HardwareGraph) -> Mapping[str, Cost]:
    """Return what the FIFO of each stream costs, by name."""
    return {
        stream.name: fifo_cost(
            graph.port_of(stream).word_bits, stream.depth, stream.memory, latency_into(graph, stream)
        )
        for stream in graph.streams
    }


def latency_into(graph: HardwareGraph, stream: Stream) -> int:
    """Return the cycles between a reservation in ``stream`` and its word."""
    end = stream.producer
    if end is None:
        return 0
    accesses = [access for nest in graph.unit_by_name[end.unit].nests() for access in nest.accesses]
    return next(a.latency for a in accesses if a.port == end.port and a.direction is Direction.WRITE)
