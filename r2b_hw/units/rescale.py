"""Rescale unit, the end of a half-block: sum x multiplier + bias -> x gate -> PReLU -> + skip -> requantise.

Each but the last may be absent.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from r2b_hw.graph.affine_unit import AffineUnit
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.port import Port
from r2b_hw.numeric.compiled import Arena, compiled, round_shift, saturate
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers, requantise
from r2b_hw.schedule.loop_nest import LoopNest, first, read, write
from r2b_hw.units.memory import ram_cost, rom_cost

LATENCY = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Rescale(AffineUnit):
    """Ports: x (sums), g (gate, a vector a frame, where ``gated``), s (skip, where ``skipped``).

    Attributes
    ----------
    gate_integer, gate_exponent, skip_integer, skip_exponent
        Types of gate and skip; ignored where absent.
    slopes, slope_exponent
        PReLU as in the channelwise unit: ones and 0 for no activation, zeros for ReLU; ``slope_exponent`` >= 0.
    output_integer, output_exponent
        Type of the output; rounding half to even, then saturation.
    """

    kind: ClassVar[str] = "rescale"
    gated: bool
    gate_integer: IntegerType
    gate_exponent: int
    slopes: Integers
    slope_exponent: int
    skipped: bool
    skip_integer: IntegerType
    skip_exponent: int
    output_integer: IntegerType
    output_exponent: int

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        p = self.channels_per_word
        ports = [Port("x", shape, self.integer, p, self.exponents)]
        if self.gated:
            ports.append(Port("g", (1, 1, self.channels), self.gate_integer, p, (self.gate_exponent,)))
        if self.skipped:
            ports.append(Port("s", shape, self.skip_integer, p, (self.skip_exponent,)))
        return tuple(ports)

    @property
    def outputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("y", shape, self.output_integer, self.channels_per_word, (self.output_exponent,)),)

    def _activated_exponents(self) -> Integers:
        return self.affine_exponents() + self.slope_exponent + (self.gate_exponent if self.gated else 0)

    def _sum_exponents(self) -> Integers:
        activated = self._activated_exponents()
        return np.maximum(activated, self.skip_exponent) if self.skipped else activated

    def activated_shifts(self) -> Integers:
        """Return left shifts (C,) that bring the activated product onto the grid of the final sum."""
        return self._sum_exponents() - self._activated_exponents()

    def skip_shifts(self) -> Integers:
        """Return left shifts (C,) that bring the skip onto the grid of the final sum; zeros without a skip."""
        return self._sum_exponents() - self.skip_exponent if self.skipped else np.zeros(self.channels, dtype=np.int64)

    def output_shifts(self) -> Integers:
        """Return the requantiser's right shifts (C,); negative ones shift left."""
        return self._sum_exponents() - self.output_exponent

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        value = self.affine(inputs[0])
        if self.gated:
            value = value * inputs[1]
        value = np.where(value >= 0, value << self.slope_exponent, value * self.slopes) << self.activated_shifts()
        if self.skipped:
            value = value + (inputs[-1] << self.skip_shifts())
        return (requantise(value, self.output_shifts(), self.output_integer.lo, self.output_integer.hi),)

    def nests(self) -> tuple[LoopNest, ...]:
        loops = (("pixel", self.pixels), ("fold", self.folds))
        accesses = [read("x")]
        if self.gated:
            accesses.append(read("g", first("pixel")))
        if self.skipped:
            accesses.append(read("s"))
        return (LoopNest("main", loops, (*accesses, write("y", latency=LATENCY))),)

    def state(self) -> Integers:
        header = [
            self.channels_per_word,
            self.folds,
            self.channels,
            self.slope_exponent,
            self.output_integer.lo,
            self.output_integer.hi,
            int(self.gated),
            int(self.skipped),
            0,
        ]
        tables = [
            *(self.slopes, self.activated_shifts(), self.skip_shifts(), self.output_shifts()),
            *(self.factors(), self.input_shifts(), self.aligned_biases()),
        ]
        gates = np.zeros(self.channels, dtype=np.int64)
        return np.concatenate([np.array(header, dtype=np.int64), *tables, gates])

    def cost(self) -> Cost:
        p = self.channels_per_word
        slope_bits = 0 if bool((self.slopes == 1).all()) else (int(np.ptp(self.slopes)) + 1).bit_length()
        gate_bits = self.gate_integer.bits if self.gated else 0
        product_bits = self.affine_bits + gate_bits
        activated_bits = product_bits + slope_bits + int(self.activated_shifts().max())
        gate = Cost(lut=1.1 * self.affine_bits * gate_bits) if self.affine_bits * gate_bits <= 36 else Cost(dsp=1)
        prelu = Cost(lut=1.1 * product_bits * slope_bits) if product_bits * slope_bits <= 72 else Cost(dsp=1)
        lane = Cost(lut=2 * activated_bits + self.output_integer.bits, ff=3 * activated_bits)
        if self.biased:
            lane += Cost(lut=self.affine_bits, ff=self.affine_bits)
        lanes = (self.multiplier_cost() + gate + prelu + lane) * p
        gates = ram_cost(p * gate_bits, self.folds) if self.gated else Cost()
        constant_bits = self.multiplier_bits + (self.affine_bits if self.biased else 0) + slope_bits + 5
        return Cost(lut=25, ff=25) + lanes + gates + rom_cost(p * constant_bits, self.folds)


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Compute one word; the first pixel's words bring the gate, which is kept for the frame."""
    count = w[state]
    channels = w[state + 2]
    slope_exponent = w[state + 3]
    lo = w[state + 4]
    hi = w[state + 5]
    gated = w[state + 6]
    skipped = w[state + 7]
    fold = w[state + 8]
    w[state + 8] = fold + 1 if fold + 1 < w[state + 1] else 0
    table = state + 9 + fold * count
    gates = table + 7 * channels
    x = w[words]
    if gated and taken & 2:
        g = w[words + 1]
        for channel in range(count):
            w[gates + channel] = w[g + channel]
    s = w[words + 1 + gated] if skipped else x
    y = w[words + 1 + gated + skipped]
    for channel in range(count):
        constant = table + channel
        product = w[x + channel] * w[constant + 4 * channels]
        value = (product << w[constant + 5 * channels]) + w[constant + 6 * channels]
        if gated:
            value *= w[gates + channel]
        if value >= 0:
            value <<= slope_exponent
        else:
            value *= w[constant]
        value <<= w[constant + channels]
        if skipped:
            value += w[s + channel] << w[constant + 2 * channels]
        w[y + channel] = saturate(round_shift(value, w[constant + 3 * channels]), lo, hi)
