from itertools import product

import numpy as np
import pytest
import torch

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.max_pool import MaxPool
from r2b_hw.units.sliding_window import SlidingWindow
from tests.units.harness import assert_simulates_exactly, chain, random_input

SHAPES = ((1, 3), (4, 4), (5, 8))
GEOMETRIES = (((3, 3), (2, 2), (1, 1)), ((2, 2), (2, 2), (0, 0)), ((3, 2), (1, 3), (1, 0)), ((2, 3), (3, 1), (1, 1)))
CASES = [
    (shape, geometry)
    for shape, geometry in product(SHAPES, GEOMETRIES)
    if all(size + 2 * pad >= k for size, k, pad in zip(shape, geometry[0], geometry[2], strict=True))
]


def pooled(shape, geometry, integer: IntegerType, channels: int, channels_per_word: int) -> list:
    kernel, stride, padding = geometry
    word = {"channels": channels, "channels_per_word": channels_per_word, "integer": integer, "exponent": 3}
    window = SlidingWindow(
        name="window",
        layer="pool",
        height=shape[0],
        width=shape[1],
        kernel=kernel,
        stride=stride,
        padding=padding,
        **word,
    )
    pool = MaxPool(
        name="pool",
        layer="pool",
        height=window.output_height,
        width=window.output_width,
        kernel=kernel,
        valid_bits=window.valid_bits,
        **word,
    )
    return [window, pool]


def torch_maximum(frames: np.ndarray, kernel, stride, padding) -> np.ndarray:
    """PyTorch wants padding of at most half the kernel, so the map is padded with -inf before."""
    rows, columns = padding
    images = torch.from_numpy(frames.transpose(0, 3, 1, 2).astype(np.float64))
    images = torch.nn.functional.pad(images, (columns, columns, rows, rows), value=-np.inf)
    return torch.nn.functional.max_pool2d(images, kernel, stride).numpy().transpose(0, 2, 3, 1)


@pytest.mark.parametrize(("shape", "geometry"), CASES)
@pytest.mark.parametrize("integer", [IntegerType(-128, 127), IntegerType(-90, -3), IntegerType(5, 9)])
def test_equals_torch_and_simulates_exactly(shape, geometry, integer) -> None:
    generator = np.random.default_rng(shape[1])
    for channels_per_word in (1, 3):
        graph = chain(*pooled(shape, geometry, integer, 3, channels_per_word))
        frames = random_input(generator, graph, 3)
        result = assert_simulates_exactly(graph, frames, generator)
        np.testing.assert_array_equal(result.outputs, torch_maximum(frames, *geometry))


@pytest.mark.parametrize("channels_per_word", [1, 13, 65])
def test_maximum_of_bits_beyond_one_lane(channels_per_word: int) -> None:
    """A padded tap is 0 among bits: it never turns -1 into +1."""
    generator = np.random.default_rng(2)
    graph = chain(*pooled((5, 4), GEOMETRIES[0], IntegerType.of_bit(), 65, channels_per_word))
    frames = (generator.random((3, 5, 4, 65)) < 0.1).astype(np.int64)
    result = assert_simulates_exactly(graph, frames, generator)
    golden = torch_maximum(2 * frames - 1, *GEOMETRIES[0])
    np.testing.assert_array_equal(2 * result.outputs - 1, golden)
    assert 0 < result.outputs.mean() < 1


def test_the_stem_of_imagenet() -> None:
    """PyTorch's own padding, 3x3 at stride 2 with one row and column a side."""
    graph = chain(*pooled((14, 14), GEOMETRIES[0], IntegerType(-128, 127), 4, 2))
    generator = np.random.default_rng(3)
    frames = random_input(generator, graph, 2)
    result = assert_simulates_exactly(graph, frames, generator)
    golden = torch.nn.functional.max_pool2d(torch.from_numpy(frames.transpose(0, 3, 1, 2) / 8.0), 3, 2, 1)
    np.testing.assert_array_equal(result.outputs / 8.0, golden.numpy().transpose(0, 2, 3, 1))
