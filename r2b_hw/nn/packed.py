"""Evaluation on packed bits: the binary convolutions of a network run as XNOR and popcount, with equal results."""

# pyright: basic
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false, reportIndexIssue=false
import copy

import brevitas.nn as qnn
import torch
from torch import Tensor, nn

from r2b_hw.errors import InputError
from r2b_hw.numeric.packed_convolution import binary_convolution, pack_weights


class PackedConvolution(nn.Module):
    """A binary convolution of +-1 maps (N, C, H, W), weights packed 64 channels a word; for evaluation only."""

    weights: Tensor

    def __init__(self, weights: Tensor, stride: int, padding: int) -> None:
        super().__init__()
        self.register_buffer("weights", torch.from_numpy(pack_weights(weights.detach().numpy())))
        self.stride = stride
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        weights = self.weights.numpy()
        return torch.from_numpy(
            binary_convolution(x.detach().numpy(), weights, stride=self.stride, padding=self.padding)
        )


def packed(model: nn.Module) -> nn.Module:
    """Return a copy in eval mode whose square, zero-padded binary convolutions run on packed bits.

    Raises InputError where the model has no such layer.
    """
    result = copy.deepcopy(model).eval()
    replaced = 0
    for parent in list(result.modules()):
        for name, child in parent.named_children():
            if _can_be_packed(child):
                scale = float(child.weight_quant.scale())
                if scale != 1.0:
                    continue
                layer = PackedConvolution(child.quant_weight().value, child.stride[0], child.padding[0])
                setattr(parent, name, layer)
                replaced += 1
    if not replaced:
        raise InputError("packed: the model has no binary convolution with weights of scale 1")
    return result


def _can_be_packed(layer: nn.Module) -> bool:
    return (
        isinstance(layer, qnn.QuantConv2d)
        and int(layer.weight_quant.bit_width()) == 1
        and layer.bias is None
        and layer.groups == 1
        and tuple(layer.dilation) == (1, 1)
        and layer.padding_mode == "zeros"
        and not isinstance(layer.padding, str)
        and len(set(layer.stride)) == len(set(layer.padding)) == 1
    )
