"""Width converter: regroups the channels of a pixel into wider or narrower words, one width a multiple of the other."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.port import Port
from r2b_hw.graph.unit import Unit
from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import LoopNest, first, last, read, write
from r2b_hw.units.estimate import Parts, estimate, schedule_parts


@dataclass(frozen=True, eq=False, kw_only=True)
class WidthConverter(Unit):
    """Takes words of ``input_channels_per_word`` and gives words of ``output_channels_per_word`` channels."""

    kind: ClassVar[str] = "width_converter"
    height: int
    width: int
    channels: int
    integer: IntegerType
    exponents: tuple[int, ...]
    input_channels_per_word: int
    output_channels_per_word: int

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, self.integer, self.input_channels_per_word, self.exponents),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("y", shape, self.integer, self.output_channels_per_word, self.exponents),)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        return (inputs[0],)

    def nests(self) -> tuple[LoopNest, ...]:
        narrow = min(self.input_channels_per_word, self.output_channels_per_word)
        wide = max(self.input_channels_per_word, self.output_channels_per_word)
        if wide % narrow:
            raise ValueError(f"unit {self.name}: {wide} is no multiple of {narrow}")
        loops = (("word", self.height * self.width * self.channels // wide), ("part", wide // narrow))
        if self.input_channels_per_word <= self.output_channels_per_word:
            accesses = (read("x"), write("y", last("part"), latency=1))
        else:
            accesses = (read("x", first("part")), write("y", latency=1))
        return (LoopNest("main", loops, accesses),)

    def with_parallelism(self, inputs: int, outputs: int) -> Self:
        return replace(self, input_channels_per_word=inputs, output_channels_per_word=outputs)

    def state(self) -> Integers:
        narrow = min(self.input_channels_per_word, self.output_channels_per_word)
        wide = max(self.input_channels_per_word, self.output_channels_per_word)
        widening = self.input_channels_per_word <= self.output_channels_per_word
        header = [int(self.integer.binary), int(widening), narrow, wide // narrow, 0]
        return np.concatenate([np.array(header, dtype=np.int64), np.zeros(wide, dtype=np.int64)])

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        near, far = self.inputs[0].word_bits, self.outputs[0].word_bits
        return schedule_parts(self) + Parts({"shift": max(0, near - far)}, {"word": max(near, far)})

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


@compiled
def step_main(w: Arena, state: int, words: int, taken: int) -> None:
    """Move the narrow part of one iteration between the narrow word and the wide word, kept a value a lane."""
    binary = w[state]
    widening = w[state + 1]
    narrow = w[state + 2]
    parts = w[state + 3]
    position = w[state + 4]
    w[state + 4] = position + 1 if position + 1 < parts else 0
    kept = state + 5
    part = kept + position * narrow
    if taken & 1:
        head = w[words]
        target = part if widening else kept
        for channel in range(narrow if widening else narrow * parts):
            if binary:
                w[target + channel] = (w[head + (channel >> 6)] >> (channel & 63)) & 1
            else:
                w[target + channel] = w[head + channel]
    if taken & 2:
        tail = w[words + 1]
        source = kept if widening else part
        count = narrow * parts if widening else narrow
        if binary:
            for lane in range((count + 63) // 64):
                w[tail + lane] = 0
            for channel in range(count):
                w[tail + (channel >> 6)] |= w[source + channel] << (channel & 63)
        else:
            for channel in range(count):
                w[tail + channel] = w[source + channel]
