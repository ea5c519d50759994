"""Re-estimation of batch-normalisation statistics when the function before them changes."""

# pyright: basic
from collections.abc import Iterable

import torch
from torch import Tensor, nn


def re_estimate(model: nn.Module, batches: Iterable[Tensor]) -> None:
    """Replace the running statistics by their cumulative average over ``batches`` of images; no gradients."""
    layers = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None
    model.train()
    with torch.no_grad():
        for images in batches:
            model(images)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    model.eval()
