"""What every stream and unit does in every cycle of a run, for a waveform viewer."""

from dataclasses import dataclass

import numpy as np

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.stream import Stream
from r2b_hw.graph.word import word_values
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Direction, flags
from r2b_hw.simulation.recording import WORKS, Recording, record_run
from r2b_hw.simulation.run import simulate


@dataclass(frozen=True, eq=False)
class StreamWave:
    """The words of a stream, one after the other.

    Attributes
    ----------
    values
        Of each word, (words, taps, channels a word); ``INVALID`` on padding that adds nothing.
    arrivals
        The cycle from which each word can be taken.
    taken
        The cycle in which each word was taken; those still inside at the end have none.
    """

    stream: Stream
    values: Integers
    arrivals: Integers
    taken: Integers

    def occupancy(self) -> tuple[Integers, Integers]:
        """Return the cycles at which the number of words that can be taken changes, and the numbers."""
        # A word is there up to the cycle in which it is taken.
        cycles = np.unique(np.concatenate([[0], self.arrivals, self.taken + 1]))
        came = np.searchsorted(self.arrivals, cycles, side="right")
        return cycles, came - np.searchsorted(self.taken, cycles, side="left")


@dataclass(frozen=True, eq=False)
class Waveforms:
    """A run of some frames from reset: every stream's words, and what every nest did."""

    graph: HardwareGraph
    streams: tuple[StreamWave, ...]
    recording: Recording


def record_waveforms(graph: HardwareGraph, frames: Integers) -> Waveforms:
    """Send ``frames`` (int64, (N, H, W, C)) through the accelerator, and keep all there is to see.

    Raises DeadlockError, explained, if frames are left inside and no unit can fire.
    """
    result = simulate(graph, frames, capture=list(graph.stream_by_name))
    recording = record_run(graph, len(frames))
    fired = {(site.unit, site.nest): working_cycles(recording, n) for n, site in enumerate(recording.nests)}
    waves: list[StreamWave] = []
    for stream in graph.streams:
        # A word that is pushed now can be taken from the next cycle on.
        arrivals = result.push_cycles[stream.name] + 1
        taken = access_cycles(graph, fired, stream, Direction.READ)
        values = word_values(graph.port_of(stream), result.tensors[stream.name])
        waves.append(StreamWave(stream, values, arrivals[arrivals < recording.end], taken))
    return Waveforms(graph, tuple(waves), recording)


def access_cycles(
    graph: HardwareGraph, fired: dict[tuple[str, str], Integers], stream: Stream, direction: Direction
) -> Integers:
    """Return the cycles in which words of ``stream`` are taken (READ) or their places reserved (WRITE).

    ``fired`` holds the cycles of the iterations of each nest, by unit and name; the host's ends are "source", "sink".
    """
    end = stream.consumer if direction is Direction.READ else stream.producer
    if end is None:
        return fired["", "sink" if direction is Direction.READ else "source"]
    for nest in graph.unit_by_name[end.unit].nests():
        for bit, access in enumerate(nest.accesses):
            if access.port == end.port and access.direction is direction:
                cycles = fired[end.unit, nest.name]
                moves = np.flatnonzero(flags(nest) >> np.uint16(bit) & np.uint16(1))
                frames = -(-cycles.size // nest.iterations)
                iterations = (np.arange(frames)[:, None] * nest.iterations + moves).reshape(-1)
                return cycles[iterations[iterations < cycles.size]]
    raise KeyError(f"unit {end.unit}: no nest moves words through port {end.port}")


def working_cycles(recording: Recording, nest: int) -> Integers:
    """Return the cycles in which iterations of a nest fired, one a cycle."""
    begins, codes = recording.segments(nest)
    at_work = np.flatnonzero(codes == WORKS)
    spans = [np.arange(begins[i], begins[i + 1], dtype=np.int64) for i in at_work]
    return np.concatenate([np.zeros(0, dtype=np.int64), *spans])
