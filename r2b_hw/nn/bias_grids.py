"""Bias grids: as fine as the bit budget allows, one grid a layer.

Accumulator and bias meet on the finer of their grids. Where the accumulator's own grid is coarse, a bias on 2**-12
makes the sum's integers large for nothing; such a layer gets a coarser bias, and keeps 16 bits of it.
"""

# pyright: basic
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOptionalMemberAccess=false
import math

import brevitas.nn as qnn
import numpy as np
import torch
from torch import Tensor, nn

from r2b_hw.network_options import EXACT_BITS
from r2b_hw.nn.freeze import integer_grid
from r2b_hw.nn.prelu import PReLU
from r2b_hw.nn.quantisers import BIAS_BITS, BIAS_MAXIMUM, StoredMaximum
from r2b_hw.nn.reference import lowest_bit

MARGIN_BITS = 1
"""Bits left to weights that move after calibration."""


def choose_bias_grids(model: nn.Module, images: Tensor) -> None:
    """Give each biased layer the finest bias grid, at most 2**-12, whose worst case stays below 2**23.

    Parameters
    ----------
    model
        Calibrated, in eval mode; its bias quantisers are changed in place.
    images
        (N, C, H, W): one forward pass shows which quantiser a layer reads. Where it reads none directly (an average
        pool stands between), grid and size of what it reads in that pass count.
    """
    layers = {
        module: _headroom(parent)
        for parent in model.modules()
        for module in parent.children()
        if isinstance(module, qnn.QuantConv2d | qnn.QuantLinear) and _stored_maximum(module) is not None
    }
    produced: list[tuple[Tensor, nn.Module]] = []
    read: dict[nn.Module, tuple[int, int]] = {}

    def keep(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        produced.append((output, module))

    def note(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        source = next((m for tensor, m in reversed(produced) if tensor is inputs[0]), None)
        read[module] = _observed(inputs[0]) if source is None else _type_of(source)

    handles = [layer.register_forward_pre_hook(note) for layer in layers]
    handles += [
        module.register_forward_hook(keep)
        for module in model.modules()
        if isinstance(module, qnn.QuantIdentity | qnn.QuantReLU)
    ]
    try:
        with torch.no_grad():
            model(images)
    finally:
        for handle in handles:
            handle.remove()
    for layer, (exponent, largest) in read.items():
        _choose(layer, exponent, largest, EXACT_BITS - MARGIN_BITS - layers[layer])


def _choose(layer: nn.Module, input_exponent: int, largest: int, bits: int) -> None:
    stored = _stored_maximum(layer)
    weights = layer.quant_weight().value.detach().double().cpu().numpy()
    scales = layer.weight_quant.scale().detach().double().cpu().numpy().reshape(-1)
    rows = np.abs(weights).reshape(len(weights), -1).sum(axis=1)
    exponents = input_exponent - np.log2(scales).round().astype(np.int64)
    worst = rows / scales * largest
    bias = np.abs(layer.bias.detach().double().cpu().numpy())
    finest = BIAS_BITS - 1 - int(math.log2(BIAS_MAXIMUM))
    for exponent in range(finest, finest - EXACT_BITS, -1):
        common = np.maximum(exponents, exponent)
        if float((worst * 2.0 ** (common - exponents) + bias * 2.0**common).max()) < 2.0**bits:
            stored.value.fill_(2.0 ** (BIAS_BITS - 1 - exponent))
            return


def _headroom(parent: nn.Module) -> int:
    """Bits by which a PReLU behind the layers of ``parent`` widens their sums."""
    prelu = getattr(parent, "prelu", None)
    return int(prelu.slope_quantiser.act_quant.bit_width()) - 1 if isinstance(prelu, PReLU) else 0


def _stored_maximum(layer: nn.Module) -> StoredMaximum | None:
    quantiser = getattr(getattr(layer.bias_quant, "tensor_quant", None), "scaling_impl", None)
    return quantiser if isinstance(quantiser, StoredMaximum) and layer.bias is not None else None


def _type_of(quantiser: nn.Module) -> tuple[int, int]:
    """(exponent, largest magnitude) of the integers a quantiser gives."""
    integers, scale = integer_grid(quantiser, "activation")
    return -round(math.log2(scale)), int(integers.abs().max())


def _observed(values: Tensor) -> tuple[int, int]:
    """The same of values seen, their largest magnitude raised to a power of two."""
    numbers = values.detach().double().cpu().numpy()
    exponent = -lowest_bit(numbers)
    largest = float(np.abs(numbers).max()) * 2.0**exponent
    return exponent, 2 ** math.ceil(math.log2(max(largest, 1.0)))
