import numpy as np
import pytest
import torch

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.average_pool import AveragePool
from tests.units.harness import assert_simulates_exactly, chain, random_input


@pytest.mark.parametrize("shape", [(4, 4), (5, 7), (2, 9)])
@pytest.mark.parametrize("kernel", [(2, 2), (1, 2), (2, 4)])
@pytest.mark.parametrize("channels_per_word", [1, 3])
def test_equals_torch_and_simulates_exactly(shape, kernel, channels_per_word) -> None:
    generator = np.random.default_rng(6)
    unit = AveragePool(
        name="pool",
        layer="pool",
        height=shape[0],
        width=shape[1],
        channels=3,
        channels_per_word=channels_per_word,
        kernel=kernel,
        integer=IntegerType(-100, 90),
        exponent=2,
        output_exponent=2 + (kernel[0] * kernel[1]).bit_length() - 1,
    )
    graph = chain(unit)
    frames = random_input(generator, graph, 3)
    result = assert_simulates_exactly(graph, frames, generator)
    golden = torch.nn.functional.avg_pool2d(torch.from_numpy(frames.transpose(0, 3, 1, 2) / 4.0), kernel)
    values = result.outputs / 2.0**unit.output_exponent
    np.testing.assert_array_equal(values, golden.numpy().transpose(0, 2, 3, 1))
