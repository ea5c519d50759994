"""XNOR-popcount matrix-vector unit: binary inputs, binary weights, integer sums.

dot = 2 * popcount(xnor) - number of valid synapses; a tap that zero padding makes invalid adds nothing.
"""

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.port import Port
from r2b_hw.graph.unit import INVALID, Unit
from r2b_hw.graph.word import data_lanes, pack_bits
from r2b_hw.numeric.compiled import Arena, compiled, count_ones
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import LoopNest, first, last, read, write
from r2b_hw.units.memory import ram_cost, rom_cost

LATENCY = 4
_LUT_PER_SYNAPSE = 2.46
"""A behavioural popcount synthesised by open tools, accumulators and control included."""


@dataclass(frozen=True, eq=False, kw_only=True)
class XnorMvu(Unit):
    """Products of ``weights`` (bits, shape (output channels, kernel height, kernel width, channels)) with windows.

    ``simd`` input channels (times all taps) and ``pe`` output channels are worked on in one cycle.
    """

    kind: ClassVar[str] = "xnor_mvu"
    height: int
    width: int
    weights: Integers
    valid_bits: bool
    exponents: tuple[int, ...] = (0,)
    simd: int = 1
    pe: int = 1

    @property
    def output_channels(self) -> int:
        """Rows of the weight matrix."""
        return int(self.weights.shape[0])

    @property
    def channels(self) -> int:
        """Input channels."""
        return int(self.weights.shape[3])

    @property
    def taps(self) -> tuple[int, int]:
        """Kernel height and width."""
        return int(self.weights.shape[1]), int(self.weights.shape[2])

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
        spins = np.where(x == INVALID, 0, 2 * x - 1).astype(np.float64)
        weights = (2 * self.weights - 1).astype(np.float64).reshape(self.output_channels, -1)
        frames = x.shape[0]
        # Sums of at most 2**53 terms of +-1 are exact in float64, which runs as a matrix product.
        dots = spins.reshape(frames * self.height * self.width, -1) @ weights.T
        return (dots.astype(np.int64).reshape(frames, self.height, self.width, self.output_channels),)

    @property
    def neuron_folds(self) -> int:
        """Passes over the output channels."""
        return self.output_channels // self.pe

    @property
    def synapse_folds(self) -> int:
        """Passes over the input channels."""
        return self.channels // self.simd

    def nests(self) -> tuple[LoopNest, ...]:
        loops = (
            ("pixel", self.height * self.width),
            ("neuron", self.neuron_folds),
            ("synapse", self.synapse_folds),
        )
        accesses = (read("x", first("neuron")), write("y", last("synapse"), latency=LATENCY))
        return (LoopNest("main", loops, accesses),)

    def with_parallelism(self, inputs: int, outputs: int) -> Self:
        return replace(self, simd=inputs, pe=outputs)

    @property
    def macs(self) -> tuple[int, int]:
        return (self.height * self.width * int(self.weights.size), 0)

    def folded_weights(self) -> Integers:
        """Return weight bits as (neuron folds, synapse folds, PE, taps, SIMD): the order the unit reads them in."""
        folded = self.weights.reshape(self.neuron_folds, self.pe, -1, self.synapse_folds, self.simd)
        return np.ascontiguousarray(folded.transpose(0, 3, 1, 2, 4))

    def state(self) -> Integers:
        port = self.inputs[0]
        lanes = data_lanes(port)
        rows = self.folded_weights().reshape(self.neuron_folds, self.synapse_folds, self.pe, port.values)
        # Lane by lane, so that one vector instruction works on several output channels.
        weights = np.ascontiguousarray(pack_bits(rows, lanes).transpose(0, 1, 3, 2)).reshape(-1)
        header = np.zeros(_HEADER, dtype=np.int64)
        header[:7] = [
            port.tap_count,
            lanes,
            self.simd,
            self.synapse_folds,
            self.neuron_folds,
            self.pe,
            int(self.valid_bits),
        ]
        header[_BUFFER] = _HEADER + weights.size
        return np.concatenate(
            [header, weights, np.zeros(self.synapse_folds * (2 * lanes + 1) + self.pe, dtype=np.int64)]
        )

    def cost(self) -> Cost:
        synapses = math.prod(self.taps) * self.simd * self.pe
        words = self.neuron_folds * self.synapse_folds
        logic = Cost(lut=_LUT_PER_SYNAPSE * synapses + 40, ff=32 * self.pe + 30)
        buffer = ram_cost(self.inputs[0].word_bits, self.synapse_folds) if self.neuron_folds > 1 else Cost()
        return logic + buffer + rom_cost(synapses, words)


_BUFFER = 7
_FOLD = 8
_NEURON = 9
_HEADER = 10


@compiled
def keep_word(w: Arena, state: int, x: int, head: int) -> None:
    """Keep an input word at ``x``: its lanes, a mask of the same size over valid synapses, and their number."""
    taps = w[state]
    lanes = w[state + 1]
    simd = w[state + 2]
    valid = w[head + lanes] if w[state + 6] else -1
    synapses = 0
    for lane in range(lanes):
        w[x + lane] = w[head + lane]
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
