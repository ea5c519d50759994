"""From the float network to the quantised one: weights are copied, and normalisation meets nothing but sign.

The normalisation of stem and downsample folds into their convolution, and the gate's, which is the
half-block's own ``bn``, into its first fully connected layer.
"""

# pyright: basic
# pyright: reportArgumentType=false, reportCallIssue=false
# pyright: reportOperatorIssue=false, reportOptionalOperand=false
import torch
from torch import Tensor, nn

from r2b_hw.nn.downsample import BinaryDownsample, Downsample
from r2b_hw.nn.factor import Affine
from r2b_hw.nn.half_block import HalfBlock
from r2b_hw.nn.layers import PERCENTILE
from r2b_hw.nn.network import R2BNetwork, Stem, quantised_network
from r2b_hw.nn.prelu import PReLU
from r2b_hw.nn.scale import ChannelScale


def quantise(model: R2BNetwork, calibration_steps: int, percentile: float = PERCENTILE) -> R2BNetwork:
    """A quantised network with the parameters of the float ``model``; its activation scales are still to be
    calibrated.

    Parameters
    ----------
    model
        A network made by :func:`r2b_hw.nn.float_network`; it is not changed.
    calibration_steps
        Batches that calibration will run over.
    percentile
        Share of the magnitudes, in percent, that each calibrated scale will hold.
    """
    quantised = quantised_network(model.options, calibration_steps, percentile)
    with torch.no_grad():
        _fold_convolution(model.stem, quantised.stem)
        _copy_prelu(model.stem.prelu, quantised.stem.prelu)
        for source, target in zip(model.blocks, quantised.blocks, strict=True):
            _copy_block(source, target)
        _copy_parameters(model.classifier, quantised.classifier)
    return quantised


def affine(bn: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """(factor, offset) per channel of a batch normalisation in eval mode."""
    factor = bn.weight / torch.sqrt(bn.running_var + bn.eps)
    return factor, bn.bias - bn.running_mean * factor


def _copy_block(source: HalfBlock, target: HalfBlock) -> None:
    target.bn.load_state_dict(source.bn.state_dict())
    _copy_signs(source.conv, target.conv)
    _copy_scale(source, target)
    _copy_prelu(source.prelu, target.prelu)
    if isinstance(source.downsample, Downsample) and isinstance(target.downsample, Downsample):
        _fold_convolution(source.downsample, target.downsample)
    elif isinstance(source.downsample, BinaryDownsample) and isinstance(target.downsample, BinaryDownsample):
        _copy_signs(source.downsample.conv, target.downsample.conv)
        target.downsample.norm.assign(*affine(source.downsample.norm))
    if source.gate is not None and target.gate is not None:
        # The gate's mean is sum * reciprocal, so a constant enters it times area * reciprocal.
        factor, offset = _input_affine(source)
        offset = offset * (source.gate.area * source.gate.reciprocal)
        fc1, fc2 = source.gate.fc1, source.gate.fc2
        target.gate.fc1.weight.copy_(fc1.weight * factor)
        target.gate.fc1.bias.copy_(fc1.weight @ offset + (0.0 if fc1.bias is None else fc1.bias))
        _copy_parameters(fc2, target.gate.fc2)


def _copy_signs(source: nn.Module, target: nn.Module) -> None:
    """Copy latent weights; where sign(0) is -1, a zero goes to the largest negative number."""
    weight = source.weight
    if source.at_zero == -1:
        weight = torch.where(weight == 0, -torch.finfo(weight.dtype).tiny, weight)
    target.weight.copy_(weight)


def _copy_scale(source: HalfBlock, target: HalfBlock) -> None:
    float_scale, scale = source.scale, target.scale
    alpha = _channel_factors(float_scale, source.conv.weight)
    if scale.alpha is not None:
        scale.alpha.assign(alpha[:, None, None])
    for mine, theirs in zip(float_scale.factors, scale.factors, strict=True):
        theirs.assign(mine.value)
    if isinstance(scale.norm, Affine):
        factor, offset = affine(float_scale.norm)
        scale.norm.assign(factor if scale.alpha is not None else factor * alpha, offset)
    if scale.magnitude is not None:
        scale.magnitude.norm.assign(*_input_affine(source))


def _channel_factors(scale: ChannelScale, weight: Tensor) -> Tensor:
    """(outputs,): the factor a channel of a float scale, ones where it has none."""
    if scale.analytic:
        return weight.abs().mean((1, 2, 3))
    return torch.ones(len(weight)) if scale.alpha is None else scale.alpha.value.flatten()


def _input_affine(block: HalfBlock) -> tuple[Tensor, Tensor]:
    """(factor, offset) per channel of the normalisation before the sign."""
    if isinstance(block.bn, nn.BatchNorm2d):
        return affine(block.bn)
    inputs = block.conv.in_channels
    return torch.ones(inputs), torch.zeros(inputs)


def _fold_convolution(source: Stem | Downsample, target: Stem | Downsample) -> None:
    factor, offset = affine(source.norm)
    target.conv.weight.copy_(source.conv.weight * factor[:, None, None, None])
    target.conv.bias.copy_(offset)


def _copy_prelu(source: PReLU | None, target: PReLU | None) -> None:
    if source is not None and target is not None:
        target.slope.copy_(source.slope)


def _copy_parameters(source: nn.Module, target: nn.Module) -> None:
    target.weight.copy_(source.weight)
    if source.bias is not None:
        target.bias.copy_(source.bias)
