"""The reference: float32 on CPU with every captured tensor proven to lie on its power-of-two grid."""

# pyright: basic
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import brevitas.nn as qnn
import numpy as np
import torch
from brevitas.nn.mixin.base import QuantLayerMixin
from numpy.typing import NDArray
from torch import Tensor, nn

from r2b_hw.errors import ContractError
from r2b_hw.network_options import EXACT_BITS
from r2b_hw.nn.freeze import integer_grid, is_power_of_two

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Reference:
    """What the PyTorch model computes.

    Attributes
    ----------
    outputs
        (N, classes) float32.
    tensors
        Module path -> output of each layer, NCHW or NC, float32.
    """

    outputs: Array
    tensors: Mapping[str, Array]


def evaluate(model: nn.Module, images: Array | Tensor, *, capture: bool = True, batch: int = 64) -> Reference:
    """Run ``model`` in eval mode on images (N, C, H, W), float32 on CPU, and capture every layer's output.

    NNPACK is off (its Winograd convolution is inexact) and so is autocast.

    Raises
    ------
    ContractError
        A tensor is off its grid or over the bit budget; the message names the layer.
    """
    inputs = torch.as_tensor(np.asarray(images, dtype=np.float32))
    captured: dict[str, list[Array]] = {}
    outputs: list[Array] = []
    model = model.eval()
    handles = [] if not capture else _hooks(model, captured)
    try:
        with (
            torch.no_grad(),
            torch.autocast("cpu", enabled=False),
            torch.backends.nnpack.flags(enabled=False),
        ):
            for start in range(0, len(inputs), batch):
                outputs.append(model(inputs[start : start + batch]).numpy())
    finally:
        for handle in handles:
            handle.remove()
    tensors = {name: np.concatenate(parts) for name, parts in captured.items()}
    return Reference(np.concatenate(outputs), tensors)


def lowest_bit(values: Array | NDArray[np.float64]) -> int:
    """The largest k such that every value is an integer times 2**k; 0 when all are zero."""
    nonzero = np.asarray(values, dtype=np.float64)[np.asarray(values) != 0]
    if nonzero.size == 0:
        return 0
    mantissa, exponent = np.frexp(nonzero)
    integer = (np.abs(mantissa) * 2.0**53).astype(np.int64)
    trailing = np.log2((integer & -integer).astype(np.float64)).astype(np.int64)
    return int((exponent - 53 + trailing).min())


def _hooks(model: nn.Module, captured: dict[str, list[Array]]) -> list[torch.utils.hooks.RemovableHandle]:
    handles = []
    for name, module in _layers(model, ""):
        if isinstance(module, qnn.QuantIdentity | qnn.QuantReLU):
            check = _quantiser_check(module, name)
        elif isinstance(module, qnn.QuantConv2d | qnn.QuantLinear):
            check = _accumulator_check(module, name)
        else:
            check = _no_check
        handles.append(module.register_forward_hook(_capture(name, check, captured)))
    return handles


def _layers(module: nn.Module, path: str) -> Iterator[tuple[str, nn.Module]]:
    """Quantised layers and, of other modules, those without children: a stream may equal the output of any."""
    for name, child in module.named_children():
        inner = f"{path}.{name}" if path else name
        if isinstance(child, QuantLayerMixin) or not any(True for _ in child.children()):
            yield inner, child
        else:
            yield from _layers(child, inner)


def _no_check(inputs: Array, output: Array) -> None: ...


def _capture(name, check, captured):
    def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if not inputs or isinstance(inputs[0], nn.Parameter) or not isinstance(output, Tensor):
            return  # a constant, quantised or not, is no layer's output
        values = output.numpy().astype(np.float32, copy=True)
        check(inputs[0].numpy(), values)
        captured.setdefault(name, []).append(values)

    return hook


def _quantiser_check(module: nn.Module, name: str):
    if int(module.act_quant.bit_width()) == 1:
        low, high, scale = -1.0, 1.0, 1.0
    else:
        integers, scale = integer_grid(module, name)
        low, high = float(integers[0]), float(integers[-1])

    def check(_: Array, output: Array) -> None:
        integer = output.astype(np.float64) / scale
        if np.any(integer != np.rint(integer)) or integer.min() < low or integer.max() > high:
            raise ContractError(f"{name}: output lies off its grid of {scale!r} in [{low:g}, {high:g}]")

    return check


def _accumulator_check(module: nn.Module, name: str):
    scales = [float(s) for s in module.weight_quant.scale().detach().flatten()]
    if not all(is_power_of_two(scale) for scale in scales):
        raise ContractError(f"{name}: a weight scale is no power of two; use the quantisers of r2b_hw.nn")
    grid = min(int(np.log2(scale)) for scale in scales)
    bias = module.quant_bias() if module.bias is not None else None
    bias_bit = None if bias is None else lowest_bit(bias.value.detach().numpy())

    def check(inputs: Array, output: Array) -> None:
        bit = grid + lowest_bit(inputs)
        bit = bit if bias_bit is None else min(bit, bias_bit)
        integer = output.astype(np.float64) * 2.0**-bit
        if np.any(integer != np.rint(integer)):
            raise ContractError(f"{name}: accumulator lies off its grid of 2**{bit}; it is over the bit budget")
        if np.abs(integer).max() >= 2**EXACT_BITS:
            raise ContractError(f"{name}: accumulator needs more than {EXACT_BITS} bits over its grid of 2**{bit}")

    return check
