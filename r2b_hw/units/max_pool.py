"""Max pool: the largest valid tap of each window, channel by channel; a sliding window stands before it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.map_unit import MapUnit
from r2b_hw.graph.port import Port
from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import LoopNest, read, write
from r2b_hw.units.estimate import Parts, estimate, schedule_parts

LATENCY = 2


_BITS_CHOSEN_AT_ONCE = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class MaxPool(MapUnit):
    """Maximum over the ``kernel`` (height, width) taps of every window; ``height`` and ``width`` count windows.

    With ``valid_bits``, taps on the padding never win. A window without a valid tap gives the smallest integer of
    the type; the front end admits no padding that makes one. The maximum of bits is their OR.
    """

    kind: ClassVar[str] = "max_pool"
    kernel: tuple[int, int]
    valid_bits: bool
    integer: IntegerType
    exponent: int

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        exponents = (self.exponent,)
        return (Port("x", shape, self.integer, self.channels_per_word, exponents, self.kernel, self.valid_bits),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("y", shape, self.integer, self.channels_per_word, (self.exponent,)),)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        (x,) = inputs
        taps = x.reshape(len(x), self.height, self.width, -1, self.channels)
        # The marker of invalid taps lies below every type.
        return (np.maximum(taps.max(axis=3), self.integer.lo),)

    def nests(self) -> tuple[LoopNest, ...]:
        loops = (("pixel", self.height * self.width), ("fold", self.folds))
        return (LoopNest("main", loops, (read("x"), write("y", latency=LATENCY))),)

    def state(self) -> Integers:
        port = self.inputs[0]
        header = [
            port.tap_count,
            self.channels_per_word,
            self.integer.lo,
            int(port.valid_bits),
            int(port.integer.binary),
        ]
        return np.array(header, dtype=np.int64)

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        (rows, columns), bits, lanes = self.kernel, self.integer.bits, self.channels_per_word
        masked = bits * rows * columns if self.valid_bits else 0
        maxima = bits * (rows * columns - 1)
        if self.integer.binary:
            # A LUT a row of the kernel, and one for the window.
            lut = {"bit": lanes * (rows + 1)}
        else:
            # Integers of few bits are compared in the LUTs that choose.
            compared = maxima if bits > _BITS_CHOSEN_AT_ONCE else 0
            lut = {"choose": lanes * maxima, "compare": lanes * compared, "mask": lanes * masked}
        return schedule_parts(self) + Parts(lut, {"word": lanes * bits * (rows + 1)})

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Reduce one word's taps to their maximum."""
    taps = w[state]
    count = w[state + 1]
    lo = w[state + 2]
    head = w[words]
    tail = w[words + 1]
    size = taps * count
    if w[state + 4]:
        lanes = (size + 63) >> 6
        valid = w[head + lanes] if w[state + 3] else -1
        for lane in range((count + 63) >> 6):
            w[tail + lane] = 0
        for tap in range(taps):
            if (valid >> tap) & 1:
                for channel in range(count):
                    bit = tap * count + channel
                    w[tail + (channel >> 6)] |= ((w[head + (bit >> 6)] >> (bit & 63)) & 1) << (channel & 63)
        return
    valid = w[head + size] if w[state + 3] else -1
    for channel in range(count):
        w[tail + channel] = lo
    for tap in range(taps):
        if (valid >> tap) & 1:
            for channel in range(count):
                value = w[head + tap * count + channel]
                if value > w[tail + channel]:
                    w[tail + channel] = value
