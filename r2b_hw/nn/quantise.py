"""From the float network to the quantised one: weights are copied, and normalisation meets nothing but sign.

The normalisation of stem and downsample folds into their convolution, and the gate's, which is the
half-block's own ``bn``, into its first fully connected layer.
"""

# pyright: basic
# pyright: reportArgumentType=false, reportCallIssue=false
# pyright: reportOperatorIssue=false, reportOptionalOperand=false
import torch
from torch import Tensor, nn

from r2b_hw.nn.half_block import Downsample, HalfBlock
from r2b_hw.nn.network import R2BNetwork, Stem, quantised_network
from r2b_hw.nn.prelu import PReLU


def quantise(model: R2BNetwork, calibration_steps: int) -> R2BNetwork:
    """A quantised network with the parameters of the float ``model``; its activation scales are still to be
    calibrated.

    Parameters
    ----------
    model
        A network made by :func:`r2b_hw.nn.float_network`; it is not changed.
    calibration_steps
        Batches that calibration will run over.
    """
    quantised = quantised_network(model.options, calibration_steps)
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
    target.conv.weight.copy_(source.conv.weight)
    _copy_prelu(source.prelu, target.prelu)
    if source.downsample is not None and target.downsample is not None:
        _fold_convolution(source.downsample, target.downsample)
    if source.gate is not None and target.gate is not None:
        # The gate's mean is sum * reciprocal, so a constant enters it times area * reciprocal.
        factor, offset = affine(source.bn)
        offset = offset * (source.gate.area * source.gate.reciprocal)
        weight = source.gate.fc1.weight
        target.gate.fc1.weight.copy_(weight * factor)
        target.gate.fc1.bias.copy_(source.gate.fc1.bias + weight @ offset)
        _copy_parameters(source.gate.fc2, target.gate.fc2)


def _fold_convolution(source: Stem | Downsample, target: Stem | Downsample) -> None:
    factor, offset = affine(source.norm)
    target.conv.weight.copy_(source.conv.weight * factor[:, None, None, None])
    target.conv.bias.copy_(offset)


def _copy_prelu(source: PReLU | None, target: PReLU | None) -> None:
    if source is not None and target is not None:
        target.slope.copy_(source.slope)


def _copy_parameters(source: nn.Module, target: nn.Module) -> None:
    target.weight.copy_(source.weight)
    target.bias.copy_(source.bias)
