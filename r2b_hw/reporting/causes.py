"""What sets the interval, from the circle that takes it; and who waits for whom on the way to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.matrix_vector_unit import MatrixVectorUnit
from r2b_hw.graph.unit import Unit
from r2b_hw.reporting.activity import other_end, unit_name
from r2b_hw.reporting.activity_names import INPUT, OUTPUT
from r2b_hw.reporting.bottleneck_schema import ChainLink, CircleStep, Limit, UnitActivity
from r2b_hw.simulation.critical_path import Cause, Step
from r2b_hw.simulation.recording import Recording

_CONVERTER = "width_converter"


@dataclass(frozen=True)
class Finding:
    """What sets the interval.

    Attributes
    ----------
    unit
        The unit that sets it; the slowest one where no unit does.
    equals
        All units, and the host's ends, that need just as many cycles as the interval has.
    fifos
        FIFOs of the circle whose places are waited for, in its order.
    circle
        What it consists of, steps of one unit added up.
    """

    limit: Limit
    unit: str
    equals: tuple[str, ...]
    fifos: tuple[str, ...]
    circle: tuple[CircleStep, ...]


def find_limit(graph: HardwareGraph, recording: Recording, circle: Sequence[Step], interval: Fraction) -> Finding:
    """Return what sets ``interval``, which the periodic ``recording`` has."""
    steps = _added_up(recording, circle)
    fifos = tuple(dict.fromkeys(step.fifo for step in steps if step.kind == Cause.ROOM and step.fifo))
    equals = tuple(name for name, cycles in fewest_cycles(graph).items() if cycles == interval)
    slowest = max(graph.units, key=lambda unit: (unit.interval, _weight(unit))).name
    if equals:
        limit, unit = _of_equals(graph, equals)
        return Finding(limit, unit, equals, (), steps)
    if fifos:
        return Finding(Limit.FIFO, slowest, (), fifos, steps)
    inside = {step.unit for step in steps}
    if len(inside) == 1:
        return Finding(Limit.UNIT_MEMORY, next(iter(inside)), (), (), steps)
    return Finding(Limit.UNKNOWN, slowest, (), (), steps)


def fewest_cycles(graph: HardwareGraph) -> Mapping[str, int]:
    """Return how many cycles a frame takes at least in every unit and at the host's ends: a word a cycle."""
    return {
        INPUT: graph.port_of(graph.input_stream).words,
        **{unit.name: unit.interval for unit in graph.units},
        OUTPUT: graph.port_of(graph.output_stream).words,
    }


def _of_equals(graph: HardwareGraph, equals: Sequence[str]) -> tuple[Limit, str]:
    units = [graph.unit_by_name[name] for name in equals if name in graph.unit_by_name]
    products = [unit for unit in units if isinstance(unit, MatrixVectorUnit)]
    if products:
        return Limit.UNIT, max(products, key=_weight).name
    if INPUT in equals:
        return Limit.INPUT, INPUT
    if OUTPUT in equals:
        return Limit.OUTPUT, OUTPUT
    others = [unit for unit in units if unit.kind != _CONVERTER]
    return (Limit.UNIT, others[0].name) if others else (Limit.WIDTH_CONVERTER, units[0].name)


def _weight(unit: Unit) -> int:
    return sum(unit.macs)


def _added_up(recording: Recording, circle: Sequence[Step]) -> tuple[CircleStep, ...]:
    """Return the steps of ``circle`` by unit, FIFO and cause, from its longest stretch of work on."""
    longest = max(range(len(circle)), key=lambda at: (circle[at].cause is Cause.WORK, circle[at].cycles), default=0)
    cycles: dict[tuple[str, str | None, Cause], int] = {}
    for step in (*circle[longest:], *circle[:longest]):
        fifo = None if step.wait is None else recording.waits[step.wait].stream
        key = unit_name(recording, step.nest), fifo, step.cause
        cycles[key] = cycles.get(key, 0) + step.cycles
    return tuple(
        CircleStep(unit=unit, fifo=fifo, kind=cause.value, cycles=amount)
        for (unit, fifo, cause), amount in cycles.items()
    )


def find_chain(
    graph: HardwareGraph, activities: Sequence[UnitActivity], finding: Finding
) -> tuple[tuple[ChainLink, ...], tuple[ChainLink, ...]]:
    """Return who waits for whom: for room from the input on, for words from the output back.

    Each way follows what a unit waits for longest, and ends at a unit of the circle, or at one that does not wait so.
    """
    ends = {step.unit for step in finding.circle} | set(finding.equals)
    by_name = {activity.name: activity for activity in activities}
    return _follow(graph, by_name, INPUT, ends, room=True), _follow(graph, by_name, OUTPUT, ends, room=False)


def _follow(
    graph: HardwareGraph, activities: Mapping[str, UnitActivity], start: str, ends: set[str], *, room: bool
) -> tuple[ChainLink, ...]:
    links: list[ChainLink] = []
    name = start
    while name not in ends:
        longest = next((wait for wait in activities[name].waits if wait.fifo is not None and wait.room == room), None)
        if longest is None or longest.fifo is None:
            break
        following = other_end(graph.stream_by_name[longest.fifo], room=room)
        links.append(ChainLink(unit=name, fifo=longest.fifo, room=room, cycles=longest.cycles, waits_for=following))
        name = following
    return tuple(links)
