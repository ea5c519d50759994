"""Signs with surrogate gradients, and the float layers that use them."""

# pyright: basic
from typing import Any, Literal, TypeAlias, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SignGradient: TypeAlias = Literal["straight-through", "approximate"]


class Sign(nn.Module):
    """Sign with ``at_zero`` at zero; tanh while ``binary`` is False.

    Gradient inside [-1, 1]: 1 (``straight-through``), or 2 - 2 abs(x) (``approximate``; Bi-Real Net, ECCV 2018).
    """

    def __init__(self, at_zero: int = 1, gradient: SignGradient = "straight-through") -> None:
        super().__init__()
        self.binary = True
        self.at_zero = at_zero
        self.gradient: SignGradient = gradient

    def forward(self, x: Tensor) -> Tensor:
        return binarise(x, self.at_zero, self.gradient) if self.binary else torch.tanh(x)


class BinaryConvolution(nn.Conv2d):
    """Convolution with the signs of its weights, or with the weights while ``binary`` is False.

    It computes in the precision of its weights, under mixed precision too.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, padding: int, at_zero: int = 1) -> None:
        super().__init__(inputs, outputs, kernel, stride=stride, padding=padding, bias=False)
        self.binary = True
        self.at_zero = at_zero
        nn.init.uniform_(self.weight, -1.0, 1.0)

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            weight = binarise(self.weight, self.at_zero, "straight-through") if self.binary else self.weight
            return F.conv2d(x.to(weight.dtype), weight, None, self.stride, self.padding)


class _StraightThrough(torch.autograd.Function):
    """sign forward, the gradient of a clip to [-1, 1] backward."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, at_zero: int) -> Tensor:
        ctx.save_for_backward(x.abs() <= 1.0)
        return _signs(x, at_zero)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (inside,) = ctx.saved_tensors
        return gradients[0] * inside, None


class _Approximate(torch.autograd.Function):
    """sign forward, a triangle over [-1, 1] backward."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, at_zero: int) -> Tensor:
        ctx.save_for_backward(x)
        return _signs(x, at_zero)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        return gradients[0] * (2.0 - 2.0 * x.abs()).clamp_min(0.0), None


def _signs(x: Tensor, at_zero: int) -> Tensor:
    # Not in place: torch.compile of torch 2.11 takes a Function that writes in place for one without a gradient
    # (pytorch/pytorch#180642).
    return (x >= 0 if at_zero == 1 else x > 0).to(x.dtype) * 2.0 - 1.0


def binarise(x: Tensor, at_zero: int, gradient: SignGradient) -> Tensor:
    """+1 and -1, ``at_zero`` for zeros."""
    function = _StraightThrough if gradient == "straight-through" else _Approximate
    return cast(Tensor, function.apply(x, at_zero))
