"""Waveforms as a VCD file (IEEE 1364), for GTKWave and the like. A nanosecond of the file is a clock cycle."""

from collections.abc import Iterator
from typing import TextIO

import numpy as np
import numpy.typing as npt
from vcd import VCDWriter
from vcd.writer import Variable

from r2b_hw.graph.unit import INVALID
from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation.driver import RESTS
from r2b_hw.simulation.recording import WORKS, Recording
from r2b_hw.simulation.waveforms import StreamWave, Waveforms
from r2b_hw.version import __version__

_Change = tuple[int, "Variable[int | str]", int | str]


def write_vcd(waveforms: Waveforms, file: TextIO) -> None:
    """Write ``waveforms`` to ``file``.

    By stream: ``valid`` (a word can be taken), ``ready`` (it is taken), ``occupancy`` (words that can be taken) and
    ``data``, the values of the oldest word, channels of one tap after those of the other, ``x`` on padding that adds
    nothing. By unit and nest: ``works``, ``starved:STREAM``, ``blocked:STREAM``, ``credit`` (it waits for another nest
    of its unit) or ``rests``. Strings have no spaces, which VCD would end them at.
    """
    with VCDWriter(file, timescale="1 ns", comment=f"r2b-hw {__version__}, a nanosecond is a clock cycle") as writer:
        changes = [change for wave in waveforms.streams for change in _stream(writer, wave)]
        changes += _nests(writer, waveforms.recording)
        for cycle, variable, value in sorted(changes, key=lambda change: change[0]):
            writer.change(variable, cycle, value)
        writer.close(waveforms.recording.end)


def _stream(writer: VCDWriter, wave: StreamWave) -> Iterator[_Change]:
    scope = ("streams", *wave.stream.name.split("."))
    cycles, words = wave.occupancy()
    width = max(1, wave.stream.depth.bit_length())
    occupancy = writer.register_var(scope, "occupancy", "integer", size=width, init=0)
    valid = writer.register_var(scope, "valid", "wire", size=1, init=0)
    ready = writer.register_var(scope, "ready", "wire", size=1, init=0)
    data = writer.register_var(scope, "data", "string", init="")
    yield from ((int(cycle), occupancy, int(count)) for cycle, count in zip(cycles, words, strict=True))
    yield from _level(valid, cycles, words > 0)
    edges = np.unique(np.concatenate([[0], wave.taken, wave.taken + 1]))
    yield from _level(ready, edges, np.isin(edges, wave.taken))
    # The oldest word is another one from the cycle after one was taken, or from the one in which the first came.
    begins = np.maximum(wave.arrivals, np.concatenate([[0], wave.taken + 1])[: wave.arrivals.size])
    for begin, word in zip(begins.tolist(), wave.values, strict=False):
        yield begin, data, ",".join("x" if value == INVALID else str(value) for value in word.reshape(-1).tolist())


def _level(variable: "Variable[int | str]", cycles: Integers, levels: npt.NDArray[np.bool_]) -> Iterator[_Change]:
    changed = np.flatnonzero(np.diff(levels.astype(np.int8), prepend=-1))
    yield from ((int(cycles[place]), variable, int(levels[place])) for place in changed)


def _nests(writer: VCDWriter, recording: Recording) -> Iterator[_Change]:
    for number, nest in enumerate(recording.nests):
        scope = ("units", *nest.unit.split(".")) if nest.unit else ("host",)
        state = writer.register_var(scope, nest.nest, "string", init="rests")
        begins, codes = recording.segments(number)
        for begin, code in zip(begins.tolist(), codes.tolist(), strict=False):
            yield begin, state, _state(recording, code)


def _state(recording: Recording, code: int) -> str:
    if code == WORKS:
        return "works"
    if code == RESTS:
        return "rests"
    stream = recording.waits[abs(code) - 1].stream
    if stream is None:
        return "credit"
    return f"starved:{stream}" if code > 0 else f"blocked:{stream}"
