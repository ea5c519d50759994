"""Sliding window: turns a map into a stream of kernel windows, all taps of one output pixel in a word.

A fill nest writes the map into a memory of a few rows; a window nest walks columns left to right, shifting one
column of the kernel's rows a step, and emits where a window ends. Credits couple them: ``data`` counts words that
are filled and not yet claimed, ``free`` counts words of the memory that may be overwritten.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import ClassVar

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.map_unit import MapUnit
from r2b_hw.graph.port import Port
from r2b_hw.graph.unit import INVALID
from r2b_hw.graph.word import data_lanes, pack_bits
from r2b_hw.numeric.compiled import Arena, compiled
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import (
    Access,
    Condition,
    Credit,
    LoopNest,
    at_least,
    below,
    first,
    last,
    modulo,
    read,
    write,
)
from r2b_hw.units.estimate import Parts, address_bits, estimate, schedule_parts
from r2b_hw.units.memory import memory_parts

LATENCY = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class SlidingWindow(MapUnit):
    """Windows of ``kernel`` (height, width) at ``stride`` over a map padded by ``padding`` rows and columns a side.

    Attributes
    ----------
    padding_value
        None: taps on the padding are invalid (zero padding; adds nothing to a sum). Otherwise the integer (bit, for a
        binary map) that the padding holds.
    """

    kind: ClassVar[str] = "sliding_window"
    integer: IntegerType
    exponent: int
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    padding_value: int | None = None

    @property
    def output_height(self) -> int:
        """Rows of windows."""
        return (self.height + 2 * self.padding[0] - self.kernel[0]) // self.stride[0] + 1

    @property
    def output_width(self) -> int:
        """Windows a row."""
        return (self.width + 2 * self.padding[1] - self.kernel[1]) // self.stride[1] + 1

    @property
    def valid_bits(self) -> bool:
        """Whether windows carry valid bits: they do where zero padding can make a tap invalid."""
        return any(self.padding) and self.padding_value is None

    @property
    def inputs(self) -> tuple[Port, ...]:
        shape = (self.height, self.width, self.channels)
        return (Port("x", shape, self.integer, self.channels_per_word, (self.exponent,)),)

    @property
    def outputs(self) -> tuple[Port, ...]:
        shape = (self.output_height, self.output_width, self.channels)
        exponents = (self.exponent,)
        return (Port("y", shape, self.integer, self.channels_per_word, exponents, self.kernel, self.valid_bits),)

    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        rows, columns = self.padding
        filler = INVALID if self.padding_value is None else np.int64(self.padding_value)
        padded = np.pad(inputs[0], ((0, 0), (rows, rows), (columns, columns), (0, 0)), constant_values=filler)
        windows = np.lib.stride_tricks.sliding_window_view(padded, self.kernel, axis=(1, 2))
        windows = windows[:, :: self.stride[0], :: self.stride[1]].transpose(0, 1, 2, 4, 5, 3)
        if self.kernel == (1, 1):
            windows = windows[:, :, :, 0, 0]
        return (np.ascontiguousarray(windows),)

    def claimed_rows(self) -> list[int]:
        """Return, for each output row, how many input rows have been claimed once it is done; the last claims all."""
        kernel, stride, padding = self.kernel[0], self.stride[0], self.padding[0]
        rows = [min(self.height, stride * row - padding + kernel) for row in range(self.output_height)]
        return [*rows[:-1], self.height]

    def freed_rows(self) -> list[int]:
        """Return, for each output row, how many input rows no later output row needs; the last frees all."""
        stride, padding = self.stride[0], self.padding[0]
        claimed = self.claimed_rows()
        rows = [max(0, min(claimed[row], stride * (row + 1) - padding)) for row in range(self.output_height)]
        return [*rows[:-1], self.height]

    @property
    def memory_rows(self) -> int:
        """Rows the memory holds: all that is claimed and not yet freed at any time."""
        freed = [0, *self.freed_rows()[:-1]]
        return max(claimed - gone for claimed, gone in zip(self.claimed_rows(), freed, strict=True))

    @property
    def columns(self) -> int:
        """Steps of the window nest a row: the input's columns, and the padding's on the right."""
        return max(self.width, self.stride[1] * (self.output_width - 1) + self.kernel[1] - self.padding[1])

    def credits(self) -> tuple[Credit, ...]:
        capacity = self.memory_rows * self.width * self.folds
        return (Credit("data", capacity), Credit("free", capacity, capacity))

    def nests(self) -> tuple[LoopNest, ...]:
        fill = (("row", self.height), ("column", self.width), ("fold", self.folds))
        window = (("row", self.output_height), ("column", self.columns), ("fold", self.folds))
        line = self.width * self.folds
        first_column = self.kernel[1] - 1 - self.padding[1]
        emits = (
            at_least("column", first_column),
            below("column", self.stride[1] * (self.output_width - 1) + first_column + 1),
            modulo("column", self.stride[1], first_column % self.stride[1]),
        )
        begins = (first("column"), first("fold"))
        ends = (last("column"), last("fold"))
        accesses: list[Access] = []
        for rows, start, stop in _runs(_steps(self.claimed_rows())):
            guard = self._row_range(start, stop)
            accesses.append(read("data", *guard, below("column", self.width)))
            if rows > 1:
                accesses.append(read("data", *guard, *begins, count=(rows - 1) * line))
        for rows, start, stop in _runs(_steps(self.freed_rows())):
            guard = self._row_range(start, stop)
            accesses.append(write("free", *guard, below("column", self.width)))
            if rows > 1:
                accesses.append(write("free", *guard, *ends, count=(rows - 1) * line))
        return (
            LoopNest("fill", fill, (read("x"), read("free"), write("data"))),
            LoopNest("window", window, (*accesses, write("y", *emits, latency=LATENCY))),
        )

    def _row_range(self, start: int, stop: int) -> tuple[Condition, ...]:
        lower = (at_least("row", start),) if start > 0 else ()
        upper = (below("row", stop),) if stop < self.output_height else ()
        return lower + upper

    def state(self) -> Integers:
        lanes = data_lanes(self.inputs[0])
        memory = self.memory_rows * self.width * self.folds * lanes
        registers = self.folds * self.kernel[0] * self.kernel[1] * lanes
        filler = self._padding_lanes(lanes)
        header = np.zeros(_HEADER, dtype=np.int64)
        header[:_CONSTANT] = [
            lanes,
            self.folds,
            self.height,
            self.width,
            self.columns,
            *self.kernel,
            *self.stride,
            *self.padding,
            self.memory_rows,
        ]
        header[_CONSTANT] = int(self.padding_value is not None)
        header[_EMIT] = len(self.nests()[1].accesses) - 1
        header[_OUTPUT_HEIGHT] = self.output_height
        header[_BINARY_BITS] = self.channels_per_word if self.integer.binary else 0
        header[_OUTPUT_LANES] = data_lanes(self.outputs[0])
        return np.concatenate([header, filler, np.zeros(memory + registers, dtype=np.int64)])

    def _padding_lanes(self, lanes: int) -> Integers:
        value = self.padding_value or 0
        if self.integer.binary:
            return pack_bits(np.full(self.channels_per_word, value, dtype=np.int64), lanes)
        return np.full(lanes, value, dtype=np.int64)

    def parts(self) -> Parts:
        """Return what the resource model counts."""
        (height, width), bits, rows = self.kernel, self.inputs[0].word_bits, self.memory_rows
        words = self.width * self.folds
        address, column, history = address_bits(words), height * bits, height * (width - 1) * bits
        padded = any(self.padding)
        lut = {
            "address": 2 * address,
            "row": rows,
            # A LUT chooses among up to four.
            "turn": column * (2 if rows == 4 else rows - 1),
            "mask": height * width if self.valid_bits else 0,
            "filler": column * width if padded and not self.valid_bits else 0,
            "position": height + width if padded else 0,
        }
        ff = {
            "address": 2 * address,
            "row": rows,
            "select": (height + 1) * address_bits(rows),
            "word": column,
            "fold": 2 * address_bits(self.folds),
            "position": 2 * (height + width) if padded else 0,
            "one": 2,
        }
        memories = memory_parts(bits, words, "rows") * rows
        if rows > 1:
            # One address serves all rows.
            memories = replace(memories, ff={name: amount / rows for name, amount in memories.ff.items()})
        kept = memory_parts(history, self.folds) if width > 1 else Parts()
        loops = ("row", "column", "fold") if padded else ("row", "column")
        return schedule_parts(self, window=loops) + Parts(lut, ff) + memories + kept

    def cost(self) -> Cost:
        return estimate(self.kind, self.parts())


def _steps(totals: Sequence[int]) -> list[int]:
    return [total - before for total, before in zip(totals, [0, *totals[:-1]], strict=True)]


def _runs(values: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return (value, start, stop) of each run of equal values that are not zero."""
    runs: list[tuple[int, int, int]] = []
    start = 0
    for value, group in groupby(values):
        stop = start + len(list(group))
        if value:
            runs.append((value, start, stop))
        start = stop
    return runs


_CONSTANT = 12
_FILL_POINTER = 13
_BASE_ROW = 14
_EMIT = 15
_OUTPUT_HEIGHT = 16
_BINARY_BITS = 17
_OUTPUT_LANES = 18
_FOLD = 19
_COLUMN = 20
_ROW = 21
_HEADER = 22


@compiled
def step_fill(w: Arena, state: int, words: int, taken: int) -> None:
    """Write one word at the memory's fill pointer."""
    lanes = w[state]
    size = w[state + 11] * w[state + 3] * w[state + 1]
    pointer = w[state + _FILL_POINTER]
    target = state + _HEADER + lanes + pointer * lanes
    head = w[words]
    for lane in range(lanes):
        w[target + lane] = w[head + lane]
    w[state + _FILL_POINTER] = pointer + 1 if pointer + 1 < size else 0


@compiled
def put_bits(w: Arena, target: int, position: int, source: int, bits: int) -> None:
    """Insert ``bits`` bits, packed from ``source`` on, at bit ``position`` of the zeroed lanes from ``target`` on."""
    for lane in range((bits + 63) >> 6):
        value = w[source + lane]
        place = target + ((position + lane * 64) >> 6)
        shift = (position + lane * 64) & 63
        w[place] |= value << shift
        if shift and min(64, bits - lane * 64) + shift > 64:
            w[place + 1] |= (value >> (64 - shift)) & ((1 << shift) - 1)


@compiled
def shift_column(w: Arena, state: int, row: int, column: int, fold: int) -> None:
    """Copy one column of the kernel's rows from the memory to the registers of a fold."""
    lanes = w[state]
    folds = w[state + 1]
    kernel_height = w[state + 5]
    kernel_width = w[state + 6]
    memory_rows = w[state + 11]
    memory = state + _HEADER + lanes
    width = w[state + 3]
    registers = memory + memory_rows * width * folds * lanes
    top = row * w[state + 7] - w[state + 9]
    place = column % kernel_width
    slot = (w[state + _BASE_ROW] + max(top, 0)) % memory_rows
    for y in range(max(0, -top), min(kernel_height, w[state + 2] - top)):
        source = memory + ((slot * width + column) * folds + fold) * lanes
        target = registers + ((fold * kernel_height + y) * kernel_width + place) * lanes
        for lane in range(lanes):
            w[target + lane] = w[source + lane]
        slot = slot + 1 if slot + 1 < memory_rows else 0


@compiled
def emit_window(w: Arena, state: int, row: int, column: int, fold: int, tail: int) -> None:
    """Write the window that ends in ``column`` to the output word at ``tail``."""
    lanes = w[state]
    folds = w[state + 1]
    kernel_height = w[state + 5]
    kernel_width = w[state + 6]
    constant = w[state + _CONSTANT]
    bits = w[state + _BINARY_BITS]
    filler = state + _HEADER
    registers = filler + lanes + w[state + 11] * w[state + 3] * folds * lanes
    top = row * w[state + 7] - w[state + 9]
    left = column - kernel_width + 1
    for lane in range(w[state + _OUTPUT_LANES]):
        w[tail + lane] = 0
    valid = 0
    tap = 0
    oldest = (column + 1) % kernel_width
    for y in range(kernel_height):
        line = registers + (fold * kernel_height + y) * kernel_width * lanes
        row_inside = 0 <= top + y < w[state + 2]
        place = oldest
        for x in range(kernel_width):
            inside = row_inside and 0 <= left + x < w[state + 3]
            if inside or constant:
                source = line + place * lanes if inside else filler
                if bits:
                    put_bits(w, tail, tap * bits, source, bits)
                else:
                    for lane in range(lanes):
                        w[tail + tap * lanes + lane] = w[source + lane]
                valid |= 1 << tap
            tap += 1
            place = place + 1 if place + 1 < kernel_width else 0
    if w[state + 9] + w[state + 10] > 0 and not constant:
        w[tail + w[state + _OUTPUT_LANES]] = valid


@compiled
def step_window(w: Arena, state: int, words: int, taken: int) -> None:
    """Shift one column of the kernel's rows in; emit a window where one ends."""
    fold = w[state + _FOLD]
    column = w[state + _COLUMN]
    row = w[state + _ROW]
    if column < w[state + 3]:
        shift_column(w, state, row, column, fold)
    if (taken >> w[state + _EMIT]) & 1:
        emit_window(w, state, row, column, fold, w[words + w[state + _EMIT]])
    if fold + 1 < w[state + 1]:
        w[state + _FOLD] = fold + 1
        return
    w[state + _FOLD] = 0
    if column + 1 < w[state + 4]:
        w[state + _COLUMN] = column + 1
        return
    w[state + _COLUMN] = 0
    if row + 1 < w[state + _OUTPUT_HEIGHT]:
        w[state + _ROW] = row + 1
        return
    w[state + _ROW] = 0
    w[state + _BASE_ROW] = (w[state + _BASE_ROW] + w[state + 2]) % w[state + 11]
