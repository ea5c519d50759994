"""Binary convolution on packed bits: XNOR and popcount, compiled, a row of output pixels at a time.

Values are +1 (any float > 0) and -1; padding adds nothing. The result equals a float convolution of the same +-1 values
exactly: dot = valid synapses - 2 * differing bits.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from r2b_hw.numeric.compiled import compiled, count_ones

Floats = npt.NDArray[np.float32]
Words = npt.NDArray[np.int64]

LANE_BITS = 64


@compiled
def pack_planes(values: Any, words: Any) -> None:
    """Set bit c of ``words`` (N, lanes, pixels), int64 zeros, where ``values`` (N, C, pixels) are positive."""
    images, channels, pixels = values.shape
    for image in range(images):
        for channel in range(channels):
            plane = values[image, channel]
            packed = words[image, channel >> 6]
            bit = np.int64(1) << (channel & 63)
            for pixel in range(pixels):
                packed[pixel] |= bit if plane[pixel] > 0 else np.int64(0)


@compiled
def add_differing(differing: Any, line: Any, weight: int) -> None:
    """Add to each column the number of bits in which ``line`` and ``weight`` differ."""
    for column in range(differing.size):
        differing[column] += count_ones(line[column] ^ weight)


@compiled
def add_three(differing: Any, line: Any, left: int, middle: int, right: int) -> None:
    """Do three neighbouring taps of a padded row at once, which is what most binary layers need."""
    last = line.size - 1
    before, here, after = line[: last - 1], line[1:last], line[2:]
    inner = differing[1:last]
    for column in range(inner.size):
        ones = count_ones(before[column] ^ left) + count_ones(here[column] ^ middle)
        inner[column] += ones + count_ones(after[column] ^ right)
    differing[0] += count_ones(line[0] ^ middle) + count_ones(line[1] ^ right)
    differing[last] += count_ones(line[last - 1] ^ left) + count_ones(line[last] ^ middle)


@compiled
def convolve_planes(x: Any, weights: Any, channels: int, stride: int, padding: int, outputs: Any) -> None:
    """Fill ``outputs`` (N, O, OH, OW) float32 from packed ``x`` (N, lanes, H, W) and ``weights`` (O, KH, KW, lanes)."""
    images, lanes, height, width = x.shape
    filters, kernel_height, kernel_width, _ = weights.shape
    output_height, output_width = outputs.shape[2], outputs.shape[3]
    differing = np.zeros(output_width, dtype=np.int64)
    synapses = np.zeros(output_width, dtype=np.int64)
    for image in range(images):
        for row in range(output_height):
            top = row * stride - padding
            synapses[:] = 0
            for tap in range(kernel_width):
                rows = min(kernel_height, height - top) - max(0, -top)
                first, last = inside(tap - padding, stride, width, output_width)
                synapses[first:last] += rows * channels
            for filter_ in range(filters):
                differing[:] = 0
                for y in range(max(0, -top), min(kernel_height, height - top)):
                    for lane in range(lanes):
                        line = x[image, lane, top + y]
                        taps = weights[filter_, y, :, lane]
                        if stride == 1 and kernel_width == 3 and padding == 1 and width > 2:
                            add_three(differing, line, taps[0], taps[1], taps[2])
                            continue
                        for tap in range(kernel_width):
                            offset = tap - padding
                            first, last = inside(offset, stride, width, output_width)
                            if first < last:
                                end = (last - 1) * stride + offset + 1
                                part = line[first * stride + offset : end : stride]
                                add_differing(differing[first:last], part, taps[tap])
                line_out = outputs[image, filter_, row]
                for column in range(output_width):
                    line_out[column] = synapses[column] - 2 * differing[column]


@compiled
def inside(offset: int, stride: int, width: int, output_width: int) -> tuple[int, int]:
    """Return the output columns [first, last) whose tap, ``offset`` right of the window's origin, lies inside."""
    first = max(0, -(offset // stride))
    last = min(output_width, (width - 1 - offset) // stride + 1)
    return first, max(first, last)


def pack_weights(weights: Floats) -> Words:
    """Return (O, KH, KW, lanes) int64 for weights (O, C, KH, KW); a weight that is not negative counts as +1."""
    filters, channels, height, width = weights.shape
    lanes = -(-channels // LANE_BITS)
    bits = np.zeros((filters, height, width, lanes * LANE_BITS), dtype=np.uint8)
    bits[..., :channels] = (weights >= 0).transpose(0, 2, 3, 1)
    packed = np.packbits(bits, axis=-1, bitorder="little")
    return np.ascontiguousarray(packed).view("<i8").astype(np.int64)


def binary_convolution(values: Floats, weights: Words, *, stride: int = 1, padding: int = 0) -> Floats:
    """Convolve +-1 ``values`` (N, C, H, W) with packed ``weights`` (O, KH, KW, lanes); zero padding.

    Returns (N, O, OH, OW) float32, equal to a float convolution of the same values.
    """
    images, channels, height, width = values.shape
    filters, kernel_height, kernel_width, lanes = weights.shape
    x = np.zeros((images, lanes, height, width), dtype=np.int64)
    pack_planes(np.ascontiguousarray(values).reshape(images, channels, -1), x.reshape(images, lanes, -1))
    output_height = (height + 2 * padding - kernel_height) // stride + 1
    output_width = (width + 2 * padding - kernel_width) // stride + 1
    outputs = np.empty((images, filters, output_height, output_width), dtype=np.float32)
    convolve_planes(x, weights, channels, stride, padding, outputs)
    return outputs
