"""Integer matrix-vector unit: stem, 1x1 downsample, gate layers and classifier."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.matrix_vector_unit import MatrixVectorUnit
from r2b_hw.graph.port import Port
from r2b_hw.graph.unit import INVALID
from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.arithmetic_parts import place, product_parts
from r2b_hw.units.estimate import Parts, address_bits, estimate, schedule_parts
from r2b_hw.units.memory import constant_parts, memory_parts


@dataclass(frozen=True, eq=False, kw_only=True)
class IntegerMvu(MatrixVectorUnit):
    """A matrix-vector unit with integer ``weights``.

    The value of a weight is integer * 2**-weight_exponent, one exponent or one an output channel. The accumulator's
    range is the worst case over all inputs, from the sums of the weights' positive and negative parts.
    """

    kind: ClassVar[str] = "integer_mvu"
    latency: ClassVar[int] = 5
    weight_exponents: tuple[int, ...]
    input_integer: IntegerType
    input_exponent: int

    @property
    def weight_integer(self) -> IntegerType:
        """Smallest type that holds every weight."""
        return IntegerType(min(int(self.weights.min()), 0), max(int(self.weights.max()), 0))

    @property
    def accumulator(self) -> IntegerType:
        """Range of every partial sum, zero included, over all inputs."""
        rows = self.weights.reshape(self.output_channels, -1)
        positive = np.maximum(rows, 0).sum(axis=1)
        negative = np.minimum(rows, 0).sum(axis=1)
        lo, hi = min(self.input_integer.lo, 0), max(self.input_integer.hi, 0)
        return IntegerType(int((positive * lo + negative * hi).min()), int((positive * hi + negative * lo).max()))

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, self.input_integer, self.simd, (self.input_exponent,), self.taps, self.valid_bits),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.output_channels)
        exponents = tuple(self.input_exponent + exponent for exponent in self.weight_exponents)
        return (Port("y", shape, self.accumulator, self.pe, exponents),)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        (x,) = inputs
        return (self.products(np.where(x == INVALID, 0, x), self.weights),)

    @property
    def macs(self) -> tuple[int, int]:
        return (0, self.height * self.width * int(self.weights.size))

    def state(self) -> Integers:
        taps = math.prod(self.taps)
        # Output channels innermost, so that one vector instruction works on several.
        weights = np.ascontiguousarray(self.folded_weights().transpose(0, 1, 3, 4, 2)).reshape(-1)
        header = np.zeros(_HEADER, dtype=np.int64)
        header[:6] = [taps, self.simd, self.synapse_folds, self.neuron_folds, self.pe, int(self.valid_bits)]
        header[_BUFFER] = _HEADER + weights.size
        working = np.zeros(self.channels * taps + self.pe, dtype=np.int64)
        return np.concatenate([header, weights, working])

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        x, weight, total = self.input_integer.bits, self.weight_integer.bits, self.accumulator.bits
        where = place(x, weight)
        count, word = self.synapses // self.pe, self.inputs[0].data_bits
        # A tree of adders: a level is a bit wider than the one before; a register lies halfway. The first level, and
        # the register where it lies there, are in the DSPs where there are some.
        adders = registers = 0
        nodes, bits, levels = count, x + weight, address_bits(count)
        halfway = (levels + 1) // 2
        if halfway == 0 and not where:
            registers = bits
        for level in range(1, levels + 1):
            bits = min(bits + 1, total)
            if level > 1 or not where:
                adders += nodes // 2 * bits
            nodes = -(-nodes // 2)
            if level == halfway and (level > 1 or not where):
                registers = nodes * bits
        lut = {"adder": self.pe * adders, "mask": word if self.valid_bits else 0}
        kept = self.neuron_folds > 1
        ff = {
            "word": word if kept or not where else 0,
            "tree": self.pe * registers,
            "sum": self.pe * total,
            "one": 8 if self.synapse_folds > 1 else 0,
        }
        if self.synapse_folds > 1:
            lut["sum"] = self.pe * total
        words = self.neuron_folds * self.synapse_folds
        weights = constant_parts(self.synapses * weight, words, in_luts=self.weights_in_luts, what="weights")
        buffer = memory_parts(word, self.synapse_folds) if kept else Parts(ff={"word": 0 if where else word})
        products = product_parts(self.input_integer, self.weight_integer) * self.synapses
        if count == 1 and self.synapse_folds == 1 and not where:
            # Nothing is added: the product's register and the two behind it are a shift register of LUTs.
            lut["shift"] = self.pe * total
            ff = {**ff, "tree": 0, "sum": 0}
            products = Parts(products.lut)
        elif words == 1 and not where:
            # Weights known at synthesis: a product is a few additions.
            products = Parts({"constant": products.lut["product"]}, {"constant": products.ff["product"]})
        return schedule_parts(self, main=("synapse",)) + Parts(lut, ff) + products + weights + buffer

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


_BUFFER = 6
_FOLD = 7
_NEURON = 8
_HEADER = 9


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Add one fold of synapses to PE accumulators; the first pass over the neurons keeps the input words."""
    taps = w[state]
    simd = w[state + 1]
    folds = w[state + 2]
    pe = w[state + 4]
    fold = w[state + _FOLD]
    neuron = w[state + _NEURON]
    w[state + _FOLD] = fold + 1 if fold + 1 < folds else 0
    if fold + 1 == folds:
        w[state + _NEURON] = neuron + 1 if neuron + 1 < w[state + 3] else 0
    buffer = state + w[state + _BUFFER]
    size = taps * simd
    x = buffer + fold * size
    if taken & 1:
        head = w[words]
        # Without valid bits every tap counts: -1 has all of them set. An invalid tap adds nothing, as zeros do.
        valid = w[head + size] if w[state + 5] else -1
        for tap in range(taps):
            for lane in range(tap * simd, (tap + 1) * simd):
                w[x + lane] = w[head + lane] if (valid >> tap) & 1 else 0
    accumulators = buffer + folds * size
    weight = state + _HEADER + (neuron * folds + fold) * pe * size
    if fold == 0:
        for row in range(pe):
            w[accumulators + row] = 0
    for lane in range(size):
        value = w[x + lane]
        for row in range(pe):
            w[accumulators + row] += value * w[weight + row]
        weight += pe
    if taken & 2:
        tail = w[words + 1]
        for row in range(pe):
            w[tail + row] = w[accumulators + row]
