"""Freezing: batch normalisation followed by sign becomes a threshold on half-integers of its input's grid.

torch and ONNX Runtime differ in the last bit of a batch normalisation, so its sign at a tie is not a function
of the model. The frozen s * x + t, with s in {+1, -1, 0} and t half a grid step between two integers, is
never zero on the grid.
"""

# pyright: basic
# pyright: reportArgumentType=false, reportAssignmentType=false, reportAttributeAccessIssue=false
# pyright: reportCallIssue=false, reportOperatorIssue=false, reportOptionalMemberAccess=false
import copy
from dataclasses import dataclass

import brevitas.nn as qnn
import torch
from torch import Tensor, nn

from r2b_hw.errors import ContractError
from r2b_hw.nn.downsample import BinaryDownsample
from r2b_hw.nn.half_block import HalfBlock
from r2b_hw.nn.layers import Mirrored
from r2b_hw.nn.network import R2BNetwork

FLOAT32_OPERATIONS = 4
"""Roundings between the stored parameters and the normalised value, for the error bound of a tie."""


class Threshold(nn.Module):
    """s * x + t per channel, for x of shape (N, C, H, W); exact in float32 on x's grid."""

    def __init__(self, direction: Tensor, offset: Tensor) -> None:
        super().__init__()
        self.register_buffer("direction", direction.reshape(1, -1, 1, 1))
        self.register_buffer("offset", offset.reshape(1, -1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.direction + self.offset


@dataclass(frozen=True)
class FreezeReport:
    """The frozen model and what freezing settled.

    Attributes
    ----------
    model
        A copy in eval mode, with thresholds in place of normalisations.
    ties
        (grid integer, channel) pairs whose normalised value is within float32's error bound of zero, of
        ``points``.
    changed
        Those among them whose exact sign (float64) is not the frozen one.
    """

    model: R2BNetwork
    ties: int
    changed: int
    points: int


def freeze(model: R2BNetwork) -> FreezeReport:
    """Replace each half-block's ``bn`` by the threshold the model itself computes on every integer of its
    input's grid.

    Parameters
    ----------
    model
        A calibrated quantised network; it is not changed.

    Raises
    ------
    ContractError
        The normalised value is not monotone over the grid, or the scale is no power of two.
    """
    frozen = copy.deepcopy(model).eval()
    ties = changed = points = 0
    producer, producer_name = frozen.stem.out, "stem.out"
    for index, block in enumerate(frozen.blocks):
        integers, scale = integer_grid(producer, producer_name)
        if _needs_threshold(block):
            counts = _freeze_block(block, f"blocks.{index}.bn", integers, scale)
            ties, changed, points = ties + counts[0], changed + counts[1], points + integers.numel() * counts[2]
        _freeze_downsample(block, scale)
        producer, producer_name = block.out, f"blocks.{index}.out"
    for parameter in frozen.parameters():
        parameter.requires_grad_(False)
    return FreezeReport(frozen, ties, changed, points)


def is_frozen(model: R2BNetwork) -> bool:
    """Whether nothing is left in ``model`` that :func:`freeze` would replace."""
    return not any(isinstance(module, nn.BatchNorm2d | Mirrored) for module in model.modules())


def with_empty_thresholds(model: R2BNetwork) -> R2BNetwork:
    """Give every half-block of ``model``, in place, a zero threshold to load a frozen state into."""
    for block in model.blocks:
        if _needs_threshold(block):
            zeros = torch.zeros(block.conv.in_channels)
            block.bn = Threshold(zeros, zeros.clone())
            block.sign = _plain(block.sign)
        _freeze_downsample(block, 0.0)
    return model


def integer_grid(quantiser: nn.Module, name: str) -> tuple[Tensor, float]:
    """All integers a quantiser can give, float32 of shape (G,), and its power-of-two scale.

    Raises
    ------
    ContractError
        The scale is no power of two.
    """
    if not isinstance(quantiser, qnn.QuantIdentity | qnn.QuantReLU):
        raise ContractError(f"{name}: is {type(quantiser).__name__}, not a quantiser; freeze the quantised network")
    proxy = quantiser.act_quant
    scale, bits = float(proxy.scale().detach()), int(proxy.bit_width())
    if not is_power_of_two(scale):
        raise ContractError(f"{name}: scale {scale!r} is no power of two; use the quantisers of r2b_hw.nn")
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if proxy.is_signed else (0, 2**bits - 1)
    return torch.arange(low, high + 1, dtype=torch.float32), scale


def is_power_of_two(value: float) -> bool:
    """Whether ``value`` is 2**k for an integer k."""
    return value > 0 and float(value).hex().startswith("0x1.0000000000000p")


def _needs_threshold(block: HalfBlock) -> bool:
    """Whether something stands before the sign: a normalisation, or a sign(0) of -1, which is half a step."""
    return not isinstance(block.bn, nn.Identity) or isinstance(block.sign, Mirrored)


def _plain(sign: nn.Module) -> nn.Module:
    return sign.sign if isinstance(sign, Mirrored) else sign


def _freeze_downsample(block: HalfBlock, scale: float) -> None:
    """Behind a threshold a sign(0) of -1 is none: the mean of four is a multiple of a quarter step."""
    downsample = block.downsample
    if isinstance(downsample, BinaryDownsample) and isinstance(downsample.sign, Mirrored):
        channels = downsample.conv.in_channels
        threshold = Threshold(torch.ones(channels), torch.full((channels,), -scale / 8))
        downsample.sign = nn.Sequential(threshold, _plain(downsample.sign))


def _freeze_block(block: HalfBlock, name: str, integers: Tensor, scale: float) -> tuple[int, int, int]:
    channels: int = block.conv.in_channels
    # One contiguous map per channel, so that torch takes the kernel it takes on images: others round ties
    # differently.
    points = (integers * scale).expand(1, channels, 1, -1).contiguous()
    with torch.no_grad():
        positive = (block.sign(block.bn(points)) > 0).reshape(channels, len(integers)).T
    rising = (positive[1:] >= positive[:-1]).all(0)
    falling = (positive[1:] <= positive[:-1]).all(0)
    if not bool((rising | falling).all()):
        channel = int((~(rising | falling)).nonzero()[0])
        raise ContractError(f"{name}: channel {channel} is not monotone over its input's grid; check its parameters")
    constant = rising & falling
    direction = torch.where(constant, 0.0, torch.where(rising, 1.0, -1.0))
    low = float(integers[0])
    negatives = (~positive).sum(0).float()
    boundary_rising = low + negatives - 0.5
    boundary_falling = low + positive.sum(0).float() - 0.5
    always = torch.where(positive[0], 0.5, -0.5)
    offset = torch.where(constant, always, torch.where(rising, -boundary_rising, boundary_falling)) * scale
    ties, changed = 0, 0
    if isinstance(block.bn, nn.BatchNorm2d):
        ties, changed = _count_ties(block.bn, integers.double() * scale, positive, isinstance(block.sign, Mirrored))
    block.bn = Threshold(direction, offset)
    block.sign = _plain(block.sign)
    return ties, changed, channels


def _count_ties(bn: nn.BatchNorm2d, points: Tensor, positive: Tensor, mirrored: bool) -> tuple[int, int]:
    factor = bn.weight.double() / torch.sqrt(bn.running_var.double() + bn.eps)
    x = points[:, None]
    value = (x - bn.running_mean.double()) * factor + bn.bias.double()
    magnitude = (x.abs() + bn.running_mean.double().abs()) * factor.abs() + bn.bias.double().abs()
    tie = value.abs() <= magnitude * FLOAT32_OPERATIONS * 2.0**-24
    exact = value > 0 if mirrored else value >= 0
    return int(tie.sum()), int((tie & (exact != positive)).sum())
