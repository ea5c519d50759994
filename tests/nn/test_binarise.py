"""Signs: their values, their surrogate gradients, and that compilers can follow them."""

# pyright: basic
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from r2b_hw.nn.binarise import SignGradient, binarise

X = (-float("inf"), -2.0, -1.0, -0.25, -0.0, 0.0, 0.5, 1.0, 1.5, float("inf"))
GRADIENTS = {
    "straight-through": [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0],
    "approximate": [0.0, 0.0, 0.0, 1.5, 2.0, 2.0, 1.0, 0.0, 0.0, 0.0],
}


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("at_zero", [-1, 1])
@pytest.mark.parametrize("gradient", ["straight-through", "approximate"])
def test_values_and_gradients(gradient: SignGradient, at_zero: int, dtype: torch.dtype) -> None:
    x = torch.tensor(X, dtype=dtype, requires_grad=True)
    signs = binarise(x, at_zero, gradient)
    weights = torch.arange(1, len(X) + 1).to(dtype)
    signs.backward(weights)
    assert signs.dtype == dtype
    assert signs.tolist() == [-1.0] * 4 + [float(at_zero)] * 2 + [1.0] * 4
    assert x.grad is not None
    assert x.grad.tolist() == [w * g for w, g in zip(weights.tolist(), GRADIENTS[gradient], strict=True)]


class _Writes(TorchDispatchMode):
    """Names of the operators that write into an argument."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func._schema.is_mutable:
            self.names.append(str(func))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("gradient", ["straight-through", "approximate"])
def test_forward_writes_nothing_in_place(gradient: SignGradient) -> None:
    """torch.compile of torch 2.11 drops the gradient of a Function whose forward does, whatever the backend."""
    with _Writes() as writes:
        torch.zeros(3).add_(1.0)
        assert writes.names == ["aten.add_.Tensor"]
        binarise(torch.randn(5, requires_grad=True), 1, gradient)
    assert writes.names == ["aten.add_.Tensor"]


@pytest.mark.parametrize("gradient", ["straight-through", "approximate"])
def test_compilation_keeps_the_gradient(gradient: SignGradient) -> None:
    def run(x: torch.Tensor) -> torch.Tensor:
        return binarise(x, 1, gradient)

    x = torch.tensor(X, requires_grad=True)
    torch.compile(run, backend="eager")(x).sum().backward()
    assert x.grad is not None and x.grad.tolist() == GRADIENTS[gradient]
