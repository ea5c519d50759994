"""Channelwise unit: accumulator x multiplier + bias -> ReLU or PReLU -> requantise.

Follows the stem, the downsample, the gate's layers and every mean; without multiplier, bias and activation it
only requantises.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from r2b_hw.graph.activation import Activation, activation_of
from r2b_hw.graph.affine_unit import AffineUnit
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.port import Port
from r2b_hw.numeric.compiled import Arena, compiled, round_shift, saturate
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers, requantise
from r2b_hw.schedule.loop_nest import LoopNest, read, write
from r2b_hw.units.arithmetic_parts import activated_bits, activation_parts, affine_parts, requantise_parts
from r2b_hw.units.estimate import Parts, estimate, schedule_parts


@dataclass(frozen=True, eq=False, kw_only=True)
class Channelwise(AffineUnit):
    """Multiplies, adds, activates and requantises each channel by itself.

    Attributes
    ----------
    slopes, slope_exponent
        Negative values are multiplied by slopes * 2**-slope_exponent, (C,): zeros for ReLU; ones and 0 for no
        activation. ``slope_exponent`` is at least 0.
    output_integer, output_exponent
        Type of the output; rounding half to even, then saturation.
    """

    kind: ClassVar[str] = "channelwise"
    slopes: Integers
    slope_exponent: int
    output_integer: IntegerType
    output_exponent: int

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, self.integer, self.channels_per_word, self.exponents),)

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
        return 2 + int(self.multiplied) + int(self.biased) + int(self.activation is Activation.PRELU)

    def output_shifts(self) -> Integers:
        """Return the requantiser's right shifts (C,); negative ones shift left."""
        return self.affine_exponents() + self.slope_exponent - self.output_exponent

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        (x,) = inputs
        total = self.affine(x)
        activated = np.where(total >= 0, total << self.slope_exponent, total * self.slopes)
        return (requantise(activated, self.output_shifts(), self.output_integer.lo, self.output_integer.hi),)

    def nests(self) -> tuple[LoopNest, ...]:
        loops = (("pixel", self.pixels), ("fold", self.folds))
        return (LoopNest("main", loops, (read("x"), write("y", latency=self.latency))),)

    def state(self) -> Integers:
        header = [
            self.channels_per_word,
            self.folds,
            self.channels,
            self.slope_exponent,
            self.output_integer.lo,
            self.output_integer.hi,
            0,
        ]
        tables = [self.input_shifts(), self.aligned_biases(), self.slopes, self.output_shifts(), self.factors()]
        return np.concatenate([np.array(header, dtype=np.int64), *tables])

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        p, folds, bits = self.channels_per_word, self.folds, self.sum_bits
        activated = activated_bits(self.slopes, self.slope_exponent, bits)
        return (
            schedule_parts(self)
            + affine_parts(self)
            + activation_parts(self.slopes, self.slope_exponent, self.affine_ranges(), p, folds)
            + requantise_parts(activated, self.output_shifts(), self.output_integer, p, folds)
        )

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Compute one word."""
    count = w[state]
    channels = w[state + 2]
    slope_exponent = w[state + 3]
    lo = w[state + 4]
    hi = w[state + 5]
    fold = w[state + 6]
    w[state + 6] = fold + 1 if fold + 1 < w[state + 1] else 0
    table = state + 7 + fold * count
    head = w[words]
    tail = w[words + 1]
    for channel in range(count):
        constant = table + channel
        product = w[head + channel] * w[constant + 4 * channels]
        total = (product << w[constant]) + w[constant + channels]
        if total >= 0:
            total <<= slope_exponent
        else:
            total *= w[constant + 2 * channels]
        w[tail + channel] = saturate(round_shift(total, w[constant + 3 * channels]), lo, hi)
