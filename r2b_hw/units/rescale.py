"""Rescale unit, the end of a half-block: sum x multiplier + bias -> x gate -> PReLU -> + skip -> requantise.

Each but the last may be absent.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from r2b_hw.graph.activation import Activation, activation_of
from r2b_hw.graph.affine_unit import AffineUnit
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.port import Port
from r2b_hw.graph.widths import signed_bits
from r2b_hw.numeric.compiled import Arena, compiled, round_shift, saturate
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers, requantise
from r2b_hw.schedule.loop_nest import LoopNest, first, read, write
from r2b_hw.units.arithmetic_parts import (
    activated_bits,
    activation_parts,
    affine_parts,
    delay_parts,
    place,
    product_parts,
    requantise_parts,
    shift_parts,
)
from r2b_hw.units.estimate import Parts, estimate, schedule_parts
from r2b_hw.units.memory import memory_parts


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

    @property
    def activation(self) -> Activation:
        """What the slopes amount to."""
        return activation_of(self.slopes, self.slope_exponent)

    @property
    def latency(self) -> int:
        """Two registers, at the input and behind the rounding, and one behind each product and sum there is."""
        stages = (self.multiplied, self.biased, self.gated, self.activation is Activation.PRELU, self.skipped)
        return 2 + sum(stages)

    def gated_ranges(self) -> list[tuple[int, int]]:
        """Return the least and the greatest product with the gate of each channel, as unbounded integers."""
        gates = (self.gate_integer.lo, self.gate_integer.hi) if self.gated else (1,)
        corners = [[value * gate for value in pair for gate in gates] for pair in self.affine_ranges()]
        return [(min(values), max(values)) for values in corners]

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
        return (LoopNest("main", loops, (*accesses, write("y", latency=self.latency))),)

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

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        p, folds, gate = self.channels_per_word, self.folds, self.gate_integer.bits
        bits = signed_bits(value for pair in self.gated_ranges() for value in pair)
        activated = activated_bits(self.slopes, self.slope_exponent, bits)
        activation = activation_parts(self.slopes, self.slope_exponent, self.gated_ranges(), p, folds)
        affine = affine_parts(self)
        parts = schedule_parts(self, main=("fold",)) + activation
        in_dsp = self.gated and bool(place(self.sum_bits, gate))
        stages = 1 + int(self.multiplied) + int(self.biased)
        if self.gated:
            product = product_parts(IntegerType.of_bits(self.sum_bits, signed=True), self.gate_integer) * p
            parts += memory_parts(p * gate, folds) + product + delay_parts("gate", p * gate, stages - 1)
        if in_dsp:
            # The DSP's own registers hold what comes straight in; a PReLU behind it needs the product twice.
            if not self.biased:
                affine = replace(affine, ff={**affine.ff, "word": 0, "product": 0})
            parts += Parts(ff={"twice": activation.ff.get("prelu", 0.0)})
        total = activated
        if self.skipped:
            skip, stages = self.skip_integer.bits, stages + int(self.gated) + int(self.activation is Activation.PRELU)
            total = max(activated + int(self.activated_shifts().max()), skip + int(self.skip_shifts().max())) + 1
            parts += shift_parts("shift", self.activated_shifts(), total, p, folds)
            parts += shift_parts("shift", self.skip_shifts(), total, p, folds)
            parts += delay_parts("skip", p * skip, stages)
            # Without an activation between, the DSP adds the skip too.
            if not (in_dsp and self.activation is Activation.NONE):
                parts += Parts({"total": p * total}, {"total": p * total})
        return parts + affine + requantise_parts(total, self.output_shifts(), self.output_integer, p, folds)

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


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
