"""XNOR-popcount matrix-vector unit: binary inputs, binary weights, integer sums.

dot = 2 * popcount(xnor) - number of valid synapses; a tap that zero padding makes invalid adds nothing.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.matrix_vector_unit import MatrixVectorUnit
from r2b_hw.graph.port import Port
from r2b_hw.graph.unit import INVALID
from r2b_hw.graph.word import data_lanes, pack_bits
from r2b_hw.numeric.compiled import Arena, compiled, count_ones
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.popcount.store import popcount_flip_flops, popcount_luts
from r2b_hw.units.estimate import Parts, estimate, schedule_parts
from r2b_hw.units.memory import constant_parts, memory_parts


@dataclass(frozen=True, eq=False, kw_only=True)
class XnorMvu(MatrixVectorUnit):
    """A matrix-vector unit whose ``weights`` are bits; ``exponents`` take in powers of two that follow the layer."""

    kind: ClassVar[str] = "xnor_mvu"
    latency: ClassVar[int] = 4
    exponents: tuple[int, ...] = (0,)

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, IntegerType.of_bit(), self.simd, (0,), self.taps, self.valid_bits),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        reach = math.prod(self.taps) * self.channels
        shape = (self.height, self.width, self.output_channels)
        return (Port("y", shape, IntegerType(-reach, reach), self.pe, self.exponents),)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        (x,) = inputs
        return (self.products(np.where(x == INVALID, 0, 2 * x - 1), 2 * self.weights - 1),)

    @property
    def macs(self) -> tuple[int, int]:
        return (self.height * self.width * int(self.weights.size), 0)

    def state(self) -> Integers:
        lanes = data_lanes(self.inputs[0])
        weights = self.weight_lanes()
        header = np.zeros(_HEADER, dtype=np.int64)
        header[:_BUFFER] = self.fold_header()
        header[_BUFFER] = _HEADER + weights.size
        return np.concatenate(
            [header, weights, np.zeros(self.synapse_folds * (2 * lanes + 1) + self.pe, dtype=np.int64)]
        )

    def fold_header(self) -> list[int]:
        """Return what ``keep_word`` and the steps read of the unit's record, from its start."""
        port = self.inputs[0]
        return [
            port.tap_count,
            data_lanes(port),
            self.simd,
            self.synapse_folds,
            self.neuron_folds,
            self.pe,
            int(self.valid_bits),
        ]

    def weight_lanes(self) -> Integers:
        """Return the weights, flat: neuron fold, synapse fold, lane, output channel of a word."""
        port = self.inputs[0]
        rows = self.folded_weights().reshape(self.neuron_folds, self.synapse_folds, self.pe, port.values)
        # Lane by lane, so that one vector instruction works on several output channels.
        return np.ascontiguousarray(pack_bits(rows, data_lanes(port)).transpose(0, 1, 3, 2)).reshape(-1)

    def weights_parts(self) -> Parts:
        """Return the parts of the weights' memory."""
        width = math.prod(self.taps) * self.simd * self.pe
        return constant_parts(
            width, self.neuron_folds * self.synapse_folds, in_luts=self.weights_in_luts, what="weights"
        )

    def sums_parts(self) -> Parts:
        """Return the parts of one pixel's products and accumulators."""
        taps, bits = math.prod(self.taps), self.outputs[0].integer.bits
        shape = (self.simd, taps) if self.valid_bits else (taps * self.simd, 1)
        # What an invalid tap of odd width counts too much is taken off at the end.
        lack = bits if self.valid_bits and self.simd % 2 else 0
        luts, flip_flops = popcount_luts(*shape), popcount_flip_flops(*shape)
        lut = {"tree": self.pe * luts, "sum": self.pe * (bits - 1), "lack": self.pe * lack, "taps": taps if lack else 0}
        ff = {"tree": self.pe * flip_flops, "sum": self.pe * (bits - 1), "lack": 3 * lack}
        return Parts(lut, ff)

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        word = self.inputs[0].word_bits
        buffer = memory_parts(word, self.synapse_folds) if self.neuron_folds > 1 else memory_parts(word, 1)
        control = schedule_parts(self, main=("synapse",)) + Parts(ff={"one": 6})
        return control + buffer + self.sums_parts() + self.weights_parts()

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


FOLD_HEADER = 7
"""Entries of ``fold_header``."""
_BUFFER = FOLD_HEADER
_FOLD = _BUFFER + 1
_NEURON = _BUFFER + 2
_HEADER = _BUFFER + 3


@compiled
def keep_word(w: Arena, state: int, x: int, head: int) -> None:
    """Keep an input word at ``x``: its lanes, a mask of the same size over valid synapses, and their number."""
    taps = w[state]
    lanes = w[state + 1]
    simd = w[state + 2]
    for lane in range(lanes):
        w[x + lane] = w[head + lane]
    valid = w[head + lanes] if w[state + 6] else -1
    every = (1 << taps) - 1
    if valid & every == every:
        for lane in range(lanes):
            # The last lane is not full: the weights' bits beyond the word are zero, as the word's are.
            w[x + lanes + lane] = -1
        w[x + 2 * lanes] = taps * simd
        return
    synapses = 0
    for lane in range(lanes):
        w[x + lanes + lane] = 0
    for tap in range(taps):
        if (valid >> tap) & 1:
            synapses += simd
            for bit in range(tap * simd, (tap + 1) * simd):
                w[x + lanes + (bit >> 6)] |= 1 << (bit & 63)
    w[x + 2 * lanes] = synapses


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Add one fold of synapses to PE accumulators; the first pass over the neurons keeps the input words."""
    lanes = w[state + 1]
    folds = w[state + 3]
    pe = w[state + 5]
    fold = w[state + _FOLD]
    neuron = w[state + _NEURON]
    w[state + _FOLD] = fold + 1 if fold + 1 < folds else 0
    if fold + 1 == folds:
        w[state + _NEURON] = neuron + 1 if neuron + 1 < w[state + 4] else 0
    buffer = state + w[state + _BUFFER]
    x = buffer + fold * (2 * lanes + 1)
    if taken & 1:
        keep_word(w, state, x, w[words])
    mask = x + lanes
    synapses = w[mask + lanes]
    accumulators = buffer + folds * (2 * lanes + 1)
    weight = state + _HEADER + (neuron * folds + fold) * pe * lanes
    if fold == 0:
        for row in range(pe):
            w[accumulators + row] = synapses
    else:
        for row in range(pe):
            w[accumulators + row] += synapses
    for lane in range(lanes):
        bits = w[x + lane]
        valid = w[mask + lane]
        for row in range(pe):
            w[accumulators + row] -= 2 * count_ones((bits ^ w[weight + row]) & valid)
        weight += pe
    if taken & 2:
        tail = w[words + 1]
        for row in range(pe):
            w[tail + row] = w[accumulators + row]
