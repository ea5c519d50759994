"""What deeper FIFOs would bring, simulated: one FIFO of the circle after the other, until a unit sets the interval."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Stream
from r2b_hw.planning.costs import latency_into
from r2b_hw.reporting.bottleneck_schema import Limit
from r2b_hw.reporting.causes import Finding, fewest_cycles, find_limit
from r2b_hw.simulation import SimulationResult, simulate_timing
from r2b_hw.simulation.critical_path import critical_circle
from r2b_hw.simulation.recording import record_period
from r2b_hw.units.memory import fifo_cost

_MOST_FIFOS = 4
_TRIALS = 9
_QUICK = 200_000_000
"""Cycles times units of a run up to which everything is tried; of larger designs one FIFO, at two depths."""


@dataclass(frozen=True)
class Deeper:
    """A FIFO made deeper, what it costs more, and what the design does then."""

    stream: str
    before: int
    after: int
    cost: Cost
    interval: Fraction
    graph: HardwareGraph
    finding: Finding | None


def deepened(graph: HardwareGraph, timing: SimulationResult, finding: Finding, waiting: Sequence[str]) -> list[Deeper]:
    """Return the steps, none where ``finding`` is no circle of FIFOs or depth does not help."""
    steps: list[Deeper] = []
    current: Finding | None = finding
    quick = timing.cycles * len(graph.units) <= _QUICK
    most = _MOST_FIFOS if quick else 1
    while current is not None and current.limit is Limit.FIFO and timing.interval and len(steps) < most:
        name = _chosen(graph, current.fifos, waiting)
        found = _deep_enough(graph, graph.stream_by_name[name], timing, quick=quick)
        if found is None:
            break
        stream, timing = found
        before = graph.stream_by_name[name]
        more = _cost(graph, stream) + _cost(graph, before) * -1
        graph = graph.with_streams([stream])
        current = _finding(graph, timing)
        if timing.interval is not None:
            steps.append(Deeper(name, before.depth, stream.depth, more, timing.interval, graph, current))
    return steps


def _finding(graph: HardwareGraph, timing: SimulationResult) -> Finding | None:
    recording = record_period(graph, timing)
    if recording is None or timing.interval is None:
        return None
    return find_limit(graph, recording, critical_circle(recording), timing.interval)


def _chosen(graph: HardwareGraph, fifos: Sequence[str], waiting: Sequence[str]) -> str:
    """Return the FIFO to deepen: places in any of them help the circle; one that waits anyway, of narrow words."""
    return min(fifos, key=lambda name: (name not in waiting, graph.port_of(graph.stream_by_name[name]).word_bits))


def _deep_enough(
    graph: HardwareGraph, stream: Stream, timing: SimulationResult, *, quick: bool
) -> tuple[Stream, SimulationResult] | None:
    """Return ``stream`` with about the least depth that brings what any depth brings, and a run with it."""
    words = graph.port_of(stream).words
    now = timing.interval or Fraction(0)
    most = 2 * words + 64

    def run(more: int) -> SimulationResult:
        return simulate_timing(graph.with_streams([replace(stream, depth=stream.depth + more)]))

    best = run(most)
    if best.interval is None or best.interval >= now:
        return None
    # The words that pass in the cycles gained, for as many frames as the FIFO holds.
    held = max(1, -(-stream.depth // words))
    guess = min(most, max(1, round(held * words * float((now - best.interval) / best.interval)) + 1))
    low, high, result = 0, most, best
    for _ in range(_TRIALS if quick else 1):
        trial = run(guess)
        if trial.interval is not None and trial.interval <= best.interval:
            high, result = guess, trial
        else:
            low = guess
        if high - low <= max(1, high // 16):
            break
        guess = min((low + high) // 2, max(2 * guess, low + 1))
    return replace(stream, depth=stream.depth + high), result


def _cost(graph: HardwareGraph, stream: Stream) -> Cost:
    return fifo_cost(graph.port_of(stream).word_bits, stream.depth, stream.memory, latency_into(graph, stream))


def slowest_after(graph: HardwareGraph) -> str:
    """Return the unit, or end, that needs the most cycles."""
    cycles = fewest_cycles(graph)
    return max(cycles, key=lambda name: cycles[name])
