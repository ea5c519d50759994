"""Stream words as 64-bit lanes, bit for bit as generated code lays them out, and back to whole tensors."""

import numpy as np
import numpy.typing as npt

from r2b_hw.graph.port import Port
from r2b_hw.graph.unit import INVALID
from r2b_hw.numeric.rounding import Integers

Words = npt.NDArray[np.uint64]


def _field(words: Words, low: int, bits: int) -> Words:
    """Return ``bits`` bits (1 to 64) from bit ``low`` of words (N, lanes)."""
    lane, offset = divmod(low, 64)
    value = words[:, lane] >> np.uint64(offset)
    if offset + bits > 64:
        value = value | (words[:, lane + 1] << np.uint64(64 - offset))
    return value & np.uint64((1 << bits) - 1)


def unpack_port_words(port: Port, words: Words) -> Integers:
    """Return the whole tensor of words (frames * words, 64-bit lanes) laid out as ``port`` says."""
    bits = port.integer.bits
    values = np.empty((len(words), port.values), dtype=np.int64)
    for index in range(port.values):
        values[:, index] = _field(words, index * bits, bits).astype(np.int64)
    if port.integer.signed:
        values -= (values >> (bits - 1)) << bits
    values = values.reshape(len(words), port.tap_count, port.channels_per_word)
    if port.valid_bits:
        for tap in range(port.tap_count):
            invalid = _field(words, port.data_bits + tap, 1) == 0
            values[invalid, tap] = INVALID
    height, width, channels = port.shape
    folded = values.reshape(-1, port.pixels, port.folds, port.tap_count, port.channels_per_word).transpose(
        0, 1, 3, 2, 4
    )
    taps = () if port.taps == (1, 1) else port.taps
    return np.ascontiguousarray(folded).reshape(-1, height, width, *taps, channels)


def pack_port_words(port: Port, tensor: Integers) -> Words:
    """Return (frames * words, 64-bit lanes) for a whole tensor of a port: what a source sends."""
    bits = port.integer.bits
    values = tensor.reshape(-1, port.pixels, port.tap_count, port.folds, port.channels_per_word)
    values = values.transpose(0, 1, 3, 2, 4).reshape(-1, port.tap_count, port.channels_per_word)
    valid = (values != INVALID).any(axis=2)
    fields = np.where(values == INVALID, 0, values).reshape(len(values), -1).astype(np.uint64)
    fields &= np.uint64((1 << bits) - 1)
    words = np.zeros((len(values), -(-port.word_bits // 64)), dtype=np.uint64)
    for index in range(port.values):
        _set_field(words, index * bits, bits, fields[:, index])
    for tap in range(port.tap_count if port.valid_bits else 0):
        _set_field(words, port.data_bits + tap, 1, valid[:, tap].astype(np.uint64))
    return words


def _set_field(words: Words, low: int, bits: int, values: Words) -> None:
    lane, offset = divmod(low, 64)
    words[:, lane] |= values << np.uint64(offset)
    if offset + bits > 64:
        words[:, lane + 1] |= values >> np.uint64(64 - offset)
