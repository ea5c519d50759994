"""XNOR-popcount matrix-vector unit that works on several pixels at once, so that one weight word serves all of them.

Three nests, coupled by credits. ``fill`` writes a group of M pixels' words, as they come, into M memories; ``compute``
reads one word of each memory and one word of weights an iteration and adds M x PE products; ``drain`` gives a group's
results pixel by pixel, as the stream wants them. Both memories hold two groups, so that the nests overlap. One token of
a credit stands for M words, one a pixel.
"""

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from r2b_hw.graph.word import data_lanes
from r2b_hw.numeric.compiled import Arena, compiled, count_ones
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Credit, LoopNest, first, last, read, write
from r2b_hw.units.estimate import Parts, address_bits, schedule_parts
from r2b_hw.units.memory import memory_parts
from r2b_hw.units.xnor_mvu import FOLD_HEADER, XnorMvu, keep_word

_BUFFERED_GROUPS = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class PixelParallelMvu(XnorMvu):
    """An ``XnorMvu`` of ``pixels`` pixels at once, which must divide the pixels of a frame.

    A group of pixels, consecutive in row-major order, takes max(neuron folds * synapse folds, pixels * synapse folds,
    pixels * neuron folds) cycles.
    """

    kind: ClassVar[str] = "pixel_parallel_mvu"
    latency: ClassVar[int] = XnorMvu.latency + 1
    """Of the output, from ``drain``: it fires as soon as ``compute`` has, and reads when the sums have arrived."""
    pixels: int

    def __post_init__(self) -> None:
        if self.pixels < 1 or self.height * self.width % self.pixels:
            raise ValueError(f"unit {self.name}: {self.pixels} does not divide {self.height * self.width} pixels")

    @classmethod
    def of(cls, unit: XnorMvu, pixels: int) -> Self:
        """Return ``unit`` with ``pixels`` pixels at once."""
        return cls(
            name=unit.name,
            layer=unit.layer,
            height=unit.height,
            width=unit.width,
            weights=unit.weights,
            valid_bits=unit.valid_bits,
            exponents=unit.exponents,
            simd=unit.simd,
            pe=unit.pe,
            weights_in_luts=unit.weights_in_luts,
            pixels=pixels,
        )

    @property
    def groups(self) -> int:
        """Groups of pixels a frame."""
        return self.height * self.width // self.pixels

    @property
    def synapses(self) -> int:
        return self.pixels * math.prod(self.taps) * self.simd * self.pe

    def credits(self) -> tuple[Credit, ...]:
        words = _BUFFERED_GROUPS * self.synapse_folds
        rows = _BUFFERED_GROUPS * self.neuron_folds
        return (
            Credit("free", words, words),
            Credit("data", words),
            Credit("space", rows, rows),
            Credit("results", rows),
        )

    def nests(self) -> tuple[LoopNest, ...]:
        group = ("group", self.groups)
        pixel, neuron, synapse = (
            ("pixel", self.pixels),
            ("neuron", self.neuron_folds),
            ("synapse", self.synapse_folds),
        )
        return (
            LoopNest(
                "fill",
                (group, pixel, synapse),
                (read("x"), read("free", first("pixel")), write("data", last("pixel"))),
            ),
            LoopNest(
                "compute",
                (group, neuron, synapse),
                (
                    read("data", first("neuron")),
                    write("free", last("neuron")),
                    read("space", last("synapse")),
                    write("results", last("synapse")),
                ),
            ),
            LoopNest(
                "drain",
                (group, pixel, neuron),
                (
                    read("results", first("pixel")),
                    write("space", last("pixel")),
                    write("y", latency=self.latency),
                ),
            ),
        )

    def state(self) -> Integers:
        lanes = data_lanes(self.inputs[0])
        weights = self.weight_lanes()
        header = np.zeros(_HEADER, dtype=np.int64)
        header[:FOLD_HEADER] = self.fold_header()
        words = _BUFFERED_GROUPS * self.pixels * self.synapse_folds * (2 * lanes + 1)
        sums = self.pixels * self.pe
        results = _BUFFERED_GROUPS * self.pixels * self.neuron_folds * self.pe
        header[_PIXELS] = self.pixels
        header[_WORDS] = _HEADER + weights.size
        header[_SUMS] = header[_WORDS] + words
        header[_RESULTS] = header[_SUMS] + sums
        return np.concatenate([header, weights, np.zeros(words + sums + results, dtype=np.int64)])

    def parts(self) -> Parts:
        x, y = self.inputs[0], self.outputs[0]
        # The memories' addresses have a bit a fold at least.
        words, results = (_BUFFERED_GROUPS << max(1, address_bits(f)) for f in (self.synapse_folds, self.neuron_folds))
        word, result = memory_parts(x.word_bits, words), memory_parts(y.word_bits, results)
        pixel = self.sums_parts() + replace(word, ff={}) + replace(result, ff={})
        address = address_bits(words) + address_bits(results)
        ff = {"address": address, "flight": 8 * address_bits(results) + 5 * address_bits(self.pixels), "one": 13}
        shared = Parts({"choice": y.word_bits * (self.pixels - 1), "pixel": self.pixels}, ff)
        control = schedule_parts(
            self, fill=("pixel", "synapse"), compute=("neuron", "synapse"), drain=("pixel", "neuron")
        )
        return control + pixel * self.pixels + shared + self.weights_parts()


_PIXELS = FOLD_HEADER
_WORDS = FOLD_HEADER + 1
_SUMS = FOLD_HEADER + 2
_RESULTS = FOLD_HEADER + 3
_FILL = FOLD_HEADER + 4
_COMPUTE = FOLD_HEADER + 7
_DRAIN = FOLD_HEADER + 10
_HEADER = FOLD_HEADER + 13


@compiled
def advance(w: Arena, counters: int, inner: int, outer: int) -> None:
    """Step the three ``counters`` of a nest: those of its two inner loops, and which half of the memories it is in."""
    w[counters] += 1
    if w[counters] < inner:
        return
    w[counters] = 0
    w[counters + 1] += 1
    if w[counters + 1] < outer:
        return
    w[counters + 1] = 0
    w[counters + 2] ^= 1


@compiled
def step_fill(w: Arena, state: int, words: int, taken: int) -> None:
    """Keep one word of one pixel."""
    folds = w[state + 3]
    pixels = w[state + _PIXELS]
    synapse = w[state + _FILL]
    pixel = w[state + _FILL + 1]
    half = w[state + _FILL + 2]
    x = state + w[state + _WORDS] + ((half * folds + synapse) * pixels + pixel) * (2 * w[state + 1] + 1)
    keep_word(w, state, x, w[words])
    advance(w, state + _FILL, folds, pixels)


@compiled
def step_compute(w: Arena, state: int, words: int, taken: int) -> None:
    """Add one fold of synapses to PE accumulators of each pixel; the last fold passes the sums on."""
    lanes = w[state + 1]
    folds = w[state + 3]
    neurons = w[state + 4]
    pe = w[state + 5]
    pixels = w[state + _PIXELS]
    synapse = w[state + _COMPUTE]
    neuron = w[state + _COMPUTE + 1]
    half = w[state + _COMPUTE + 2]
    x = state + w[state + _WORDS] + (half * folds + synapse) * pixels * (2 * lanes + 1)
    sums = state + w[state + _SUMS]
    result = state + w[state + _RESULTS] + (half * neurons + neuron) * pixels * pe
    weights = state + _HEADER + (neuron * folds + synapse) * pe * lanes
    for _ in range(pixels):
        mask = x + lanes
        before = 0 if synapse == 0 else 1
        for row in range(pe):
            w[sums + row] = w[sums + row] * before + w[mask + lanes]
        weight = weights
        for lane in range(lanes):
            bits = w[x + lane]
            valid = w[mask + lane]
            for row in range(pe):
                w[sums + row] -= 2 * count_ones((bits ^ w[weight + row]) & valid)
            weight += pe
        if synapse + 1 == folds:
            for row in range(pe):
                w[result + row] = w[sums + row]
        x += 2 * lanes + 1
        sums += pe
        result += pe
    advance(w, state + _COMPUTE, folds, neurons)


@compiled
def step_drain(w: Arena, state: int, words: int, taken: int) -> None:
    """Give one word of one pixel."""
    neurons = w[state + 4]
    pe = w[state + 5]
    pixels = w[state + _PIXELS]
    neuron = w[state + _DRAIN]
    pixel = w[state + _DRAIN + 1]
    half = w[state + _DRAIN + 2]
    result = state + w[state + _RESULTS] + ((half * neurons + neuron) * pixels + pixel) * pe
    tail = w[words + 2]
    for row in range(pe):
        w[tail + row] = w[result + row]
    advance(w, state + _DRAIN, neurons, pixels)
