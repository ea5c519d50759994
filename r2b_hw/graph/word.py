"""How the simulator holds one stream word: a few int64 lanes.

A binary word packs each tap's channels into 64-bit lanes, channel 0 in bit 0; any other word takes a lane a value, taps
first, channels last. A word with valid bits has one more lane at its end, tap 0 in bit 0. Data of invalid taps are
zero.
"""

import numpy as np
import numpy.typing as npt

from r2b_hw.graph.port import Port
from r2b_hw.graph.unit import INVALID
from r2b_hw.numeric.rounding import Integers

LANE_BITS = 64


def data_lanes(port: Port) -> int:
    """Return the lanes the values of one word of ``port`` take."""
    return -(-port.values // LANE_BITS) if port.integer.binary else port.values


def lane_count(port: Port) -> int:
    """Return the lanes one word of ``port`` takes."""
    return data_lanes(port) + (1 if port.valid_bits else 0)


def pack_bits(bits: npt.NDArray[np.int64], lanes: int) -> Integers:
    """Pack the last axis of ``bits`` (0 or 1) into ``lanes`` int64, bit 0 first."""
    padded = np.zeros((*bits.shape[:-1], lanes * LANE_BITS), dtype=np.uint8)
    padded[..., : bits.shape[-1]] = bits
    packed = np.packbits(padded, axis=-1, bitorder="little")
    return np.ascontiguousarray(packed).view("<i8").astype(np.int64)


def _unpack_bits(lanes: Integers, count: int) -> Integers:
    raw = np.ascontiguousarray(lanes.astype("<i8")).view(np.uint8)
    return np.unpackbits(raw, axis=-1, count=count, bitorder="little").astype(np.int64)


def word_values(port: Port, tensor: Integers) -> Integers:
    """Return (frames * words, taps, channels a word) for a whole tensor of the port's stream, in the order of words."""
    frames = tensor.shape[0]
    values = tensor.reshape(frames, port.pixels, port.tap_count, port.folds, port.channels_per_word)
    return values.transpose(0, 1, 3, 2, 4).reshape(frames * port.words, port.tap_count, port.channels_per_word)


def pack_words(port: Port, tensor: Integers) -> Integers:
    """Return (frames * words, lanes) for a whole tensor of the port's stream."""
    values = word_values(port, tensor)
    valid = (values != INVALID).any(axis=2).astype(np.int64)
    data = np.where(values == INVALID, 0, values)
    data = data.reshape(len(values), port.values)
    lanes = pack_bits(data, data_lanes(port)) if port.integer.binary else data
    return np.concatenate([lanes, pack_bits(valid, 1)], axis=1) if port.valid_bits else lanes


def unpack_words(port: Port, words: Integers) -> Integers:
    """Return the whole tensor (frames, H, W, [taps,] C) of (frames * words, lanes): the inverse of ``pack_words``."""
    height, width, channels = port.shape
    count = len(words)
    lanes = words[:, : data_lanes(port)]
    values = _unpack_bits(lanes, port.values) if port.integer.binary else lanes
    values = values.reshape(count, port.tap_count, port.channels_per_word)
    if port.valid_bits:
        valid = _unpack_bits(words[:, -1:], port.tap_count).astype(np.bool_)
        values = np.where(valid[:, :, None], values, INVALID)
    values = values.reshape(-1, port.pixels, port.folds, port.tap_count, port.channels_per_word)
    values = values.transpose(0, 1, 3, 2, 4)
    taps = () if port.taps == (1, 1) else port.taps
    return np.ascontiguousarray(values).reshape(-1, height, width, *taps, channels)
