"""Calibration: activations collect their power-of-two scales from data, then keep them; biases get their grids."""

# pyright: basic
from collections.abc import Iterable

import torch
from brevitas.core.scaling import ParameterFromRuntimeStatsScaling
from torch import Tensor, nn

from r2b_hw.nn.bias_grids import choose_bias_grids


def calibrate(model: nn.Module, batches: Iterable[Tensor]) -> None:
    """Collect activation scales over ``batches`` of images with batch normalisation in eval mode, then freeze
    them.

    Run as many batches as the network's calibration steps. Frozen scales take no gradient: an exponent that
    grows by one doubles the step. With the scales known, each layer's bias grid is chosen
    (:func:`r2b_hw.nn.bias_grids.choose_bias_grids`).
    """
    model.train()
    freeze_statistics(model)
    images = None
    with torch.no_grad():
        for images in batches:
            model(images)
        for module in model.modules():
            if isinstance(module, ParameterFromRuntimeStatsScaling):
                module.init_scale()
                module.value.requires_grad_(False)
    model.eval()
    if images is not None:
        choose_bias_grids(model, images)


def freeze_statistics(model: nn.Module) -> None:
    """Put every batch normalisation in eval mode; call after each ``model.train()``."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
