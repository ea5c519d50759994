"""The limit in words."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.matrix_vector_unit import MatrixVectorUnit
from r2b_hw.graph.stream import Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.planning.folding import Parallelism, parallelism_of
from r2b_hw.reporting.activity_names import INPUT, OUTPUT
from r2b_hw.reporting.bottleneck_schema import CircleStep, LatencyShare, Limit, UnitActivity
from r2b_hw.reporting.causes import Finding, fewest_cycles
from r2b_hw.reporting.words import count, listed, times
from r2b_hw.simulation.critical_path import Cause
from r2b_hw.units.width_converter import WidthConverter

_MOST_NAMED = 4
_MOST_SHARES = 6
_HOST = {INPUT: "the host's input", OUTPUT: "the host's output"}


def headline(graph: HardwareGraph, finding: Finding, interval: Fraction) -> str:
    """Return the sentence that says what sets the interval."""
    cycles, cap = count(float(interval)), finding.unit
    match finding.limit:
        case Limit.UNIT:
            unit = graph.unit_by_name[finding.unit]
            return f"{cap} sets the interval: {cycles} cycles a frame at {fold_words(unit, parallelism_of(unit))}."
        case Limit.WIDTH_CONVERTER:
            return f"The width converter {cap} sets the interval: it moves {cycles} words a frame, one a cycle."
        case Limit.INPUT:
            return f"The input sets the interval: a frame has {cycles} words, and the host sends one a cycle."
        case Limit.OUTPUT:
            return f"The output sets the interval: a result has {cycles} words, and the host takes one a cycle."
        case Limit.UNIT_MEMORY:
            own = graph.unit_by_name[cap].interval if cap in graph.unit_by_name else 0
            return (
                f"{cap} sets the interval of {cycles} cycles: its loops, of at most {count(own)} cycles each, wait for "
                "each other over the memory between them."
            )
        case Limit.FIFO:
            return (
                f"FIFOs set the interval of {cycles} cycles: units wait for each other in a circle. The slowest unit, "
                f"{cap}, would need {count(graph.unit_by_name[cap].interval)}."
            )
        case Limit.UNKNOWN:
            return f"What sets the interval of {cycles} cycles was not found; the slowest unit is {cap}."


def explanation(
    graph: HardwareGraph,
    finding: Finding,
    activities: Sequence[UnitActivity],
    waiting: Sequence[str],
    interval: Fraction,
) -> tuple[str, ...]:
    """Return more sentences: what else is as slow, what the circle consists of, why a FIFO is too shallow."""
    if finding.limit is Limit.FIFO:
        return tuple(_circle_words(graph, finding, activities, waiting, interval))
    result: list[str] = []
    others = [_HOST.get(name, name) for name in finding.equals if name != finding.unit]
    if others:
        result.append(f"Just as many cycles need {listed(others)}.")
    if finding.limit is Limit.INPUT:
        port = graph.port_of(graph.input_stream)
        result.append(_words_of_port("A word of the input", port.channels_per_word, port.shape[2]))
    if finding.limit is Limit.OUTPUT:
        port = graph.port_of(graph.output_stream)
        result.append(_words_of_port("A word of the output", port.channels_per_word, port.shape[2]))
    if finding.limit is Limit.WIDTH_CONVERTER:
        unit = graph.unit_by_name[finding.unit]
        near, far = unit.inputs[0].channels_per_word, unit.outputs[0].channels_per_word
        result.append(
            f"It turns words of {times(near, 'channel')} into words of {far}: a neighbour with wider words at its "
            "narrow end would relieve it."
        )
    rest = [cycles for name, cycles in fewest_cycles(graph).items() if name not in finding.equals]
    if finding.equals and rest:
        ahead, behind = _directions(graph, activities, finding)
        result.append(
            f"{times(ahead, 'unit waits', 'units wait')} mostly for room in front of what is slow, "
            f"{times(behind, 'unit', 'units')} mostly for words."
        )
    return tuple(result)


def _words_of_port(what: str, channels: int, most: int) -> str:
    if channels == most:
        return f"{what} is a pixel with all its channels, which is the most that a stream carries."
    return f"{what} holds {channels} of {most} channels: a wider one would bring a frame in fewer cycles."


def _directions(graph: HardwareGraph, activities: Sequence[UnitActivity], finding: Finding) -> tuple[int, int]:
    units = [a for a in activities if a.name in graph.unit_by_name and a.name not in finding.equals]
    blocked = sum(unit.blocked > unit.starved for unit in units)
    return blocked, len(units) - blocked


def _circle_words(
    graph: HardwareGraph,
    finding: Finding,
    activities: Sequence[UnitActivity],
    waiting: Sequence[str],
    interval: Fraction,
) -> list[str]:
    total = sum(step.cycles for step in finding.circle)
    work: dict[str, int] = {}
    for step in finding.circle:
        if step.kind == Cause.WORK:
            work[step.unit] = work.get(step.unit, 0) + step.cycles
    longest = sorted(work.items(), key=lambda item: -item[1])[:_MOST_NAMED]
    rest = total - sum(cycles for _, cycles in longest)
    parts = [f"{name} works for {count(cycles)} cycles" for name, cycles in longest]
    parts += [f"the way through {_units_beside(finding.circle, longest)} takes {count(rest)}"] if rest else []
    frames = total / interval
    span = "" if frames == 1 else f" in {count(float(frames))} frames"
    result = [f"The circle, {count(total)} cycles{span}: {listed(parts, 6)}. Only then there is room again."]
    full = [(_lost(graph, activities, name), graph.stream_by_name[name]) for name in finding.fifos]
    held = [
        f"{stream.name} ({times(stream.depth, 'word')}; {_writer(stream)} waits {count(lost)} cycles a frame for room)"
        for lost, stream in sorted(full, key=lambda pair: -pair[0])
    ]
    result.append(f"Full meanwhile: {listed(held, 6)}.")
    beside = [name for name in finding.fifos if name in waiting]
    sums = [step.unit for step in finding.circle if _kind(graph, step.unit) == "global_sum"]
    if sums:
        result.append(
            f"The circle passes {listed(list(dict.fromkeys(sums)))}: a gate answers only when it has seen the whole "
            f"map. Until then what goes round it must be held{', in ' + listed(beside) if beside else ''}."
        )
    formula = gate_formula(graph, finding, interval)
    return result + ([formula] if formula else [])


def _writer(stream: Stream) -> str:
    return stream.producer.unit if stream.producer else _HOST[INPUT]


def _lost(graph: HardwareGraph, activities: Sequence[UnitActivity], fifo: str) -> float:
    """Return the cycles a frame for which the unit that fills ``fifo`` waits for room in it."""
    producer = graph.stream_by_name[fifo].producer
    writer = producer.unit if producer else INPUT
    waits = next(activity.waits for activity in activities if activity.name == writer)
    return next((wait.cycles for wait in waits if wait.fifo == fifo and wait.room), 0.0)


def _units_beside(circle: Sequence[CircleStep], longest: Sequence[tuple[str, int]]) -> str:
    named = {name for name, _ in longest}
    others = {step.unit for step in circle} - named
    return times(len(others), "other unit") if others else "their pipelines"


def _kind(graph: HardwareGraph, unit: str) -> str:
    return graph.unit_by_name[unit].kind if unit in graph.unit_by_name else ""


def gate_formula(graph: HardwareGraph, finding: Finding, interval: Fraction) -> str | None:
    """Return F + max(0, F + D - d) with its numbers, for one FIFO beside one gate, where it gives the interval.

    D is what the circle takes beside the map's own words; docs/timing.md derives the formula.
    """
    if len(finding.fifos) != 1:
        return None
    stream = graph.stream_by_name[finding.fifos[0]]
    frame, depth = graph.port_of(stream).words, stream.depth
    map_units = {unit.name for unit in graph.units if unit.inputs[0].words == frame}
    delay = sum(
        step.cycles
        for step in finding.circle
        if step.kind != Cause.ROOM and (step.kind != Cause.WORK or step.unit not in map_units)
    )
    held = depth // frame
    if not held or held * interval != held * frame + max(0, frame + delay - depth):
        return None
    frames = "" if held == 1 else f", {held} frames at a time"
    return (
        f"The interval is F + max(0, F + D - d) = {count(float(interval * held))}{frames}: F = {frame} words a frame, "
        f"D = {delay} cycles from the gate's last word to the use of its answer, d = {depth} words of room beside it."
    )


def fold_words(unit: Unit, parallelism: Parallelism) -> str:
    """Return how ``unit`` is folded at ``parallelism``, in words."""
    words = f"SIMD {parallelism[0]}, PE {parallelism[1]}"
    if not isinstance(unit, MatrixVectorUnit):
        words = times(parallelism[0], "channel") + " a word"
        if isinstance(unit, WidthConverter):
            words = f"words of {parallelism[0]} and {parallelism[1]} channels"
    return f"{words}, {parallelism[2]} pixels at once" if len(parallelism) == 3 else words


def latency_words(graph: HardwareGraph, shares: Sequence[LatencyShare], interval: Fraction | None) -> str:
    """Return what the latency of a frame alone consists of."""
    total = sum(share.cycles for share in shares)
    named = [f"{share.unit} {count(share.cycles)}" for share in shares[:_MOST_SHARES]]
    rest = total - sum(share.cycles for share in shares[:_MOST_SHARES])
    more = len(shares) - _MOST_SHARES
    tail = f", {times(more, 'other unit')} {count(rest)}" if more > 0 else ""
    turns = f", {float(total / interval):.1f} intervals" if interval and total > interval else ""
    sums = sum(_kind(graph, share.unit) == "global_sum" for share in shares)
    gates = (
        f" It passes {times(sums, 'global sum')}: behind each, work begins when the whole map has come, "
        "so that one frame alone keeps most units waiting."
        if sums
        else ""
    )
    return f"A frame alone takes {count(total)} cycles{turns}. On its critical path: {', '.join(named)}{tail}.{gates}"


def latency_shares(path: Mapping[str, int]) -> tuple[LatencyShare, ...]:
    """Return the units of a critical path with their cycles, the largest first."""
    return tuple(
        LatencyShare(unit=unit, cycles=cycles) for unit, cycles in sorted(path.items(), key=lambda item: -item[1])
    )
