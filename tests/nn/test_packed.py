import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.errors import InputError
from r2b_hw.nn import packed, random_frozen_network, random_images
from r2b_hw.nn.packed import PackedConvolution
from r2b_hw.numeric.packed_convolution import binary_convolution, pack_weights
from tests.nn.networks import VARIANTS


@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.sampled_from([1, 2, 3, 5]),
    st.integers(1, 3),
    st.integers(0, 2),
    st.sampled_from([1, 7, 64, 65, 130]),
    st.integers(0, 2**32),
)
def test_equals_a_float_convolution(height, width, kernel, stride, padding, channels, seed) -> None:
    if padding >= kernel or min(height, width) + 2 * padding < kernel:
        return
    generator = np.random.default_rng(seed)
    values = generator.choice([-1.0, 1.0], (2, channels, height, width)).astype(np.float32)
    weights = generator.choice([-1.0, 1.0], (3, channels, kernel, kernel)).astype(np.float32)
    golden = torch.nn.functional.conv2d(
        torch.from_numpy(values), torch.from_numpy(weights), stride=stride, padding=padding
    )
    got = binary_convolution(values, pack_weights(weights), stride=stride, padding=padding)
    np.testing.assert_array_equal(got, golden.numpy())


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_a_packed_network_gives_equal_outputs(name: str) -> None:
    options = VARIANTS[name]
    model = random_frozen_network(options, 3)
    images = torch.as_tensor(random_images(options, 4, 3))
    fast = packed(model)
    layers = [layer for layer in fast.modules() if isinstance(layer, PackedConvolution)]
    assert len(layers) == len(options.blocks)
    with torch.no_grad():
        assert torch.equal(fast(images), model(images))


def test_a_model_without_binary_convolutions_is_refused() -> None:
    with pytest.raises(InputError, match="no binary convolution"):
        packed(torch.nn.Linear(2, 2))
