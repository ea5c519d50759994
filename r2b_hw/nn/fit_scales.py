"""Activation scales with the least squared error, among the powers of two at and below the calibrated ones."""

# pyright: basic
# pyright: reportArgumentType=false, reportCallIssue=false
from collections.abc import Iterable

import brevitas.nn as qnn
import torch
from brevitas.core.scaling import ParameterFromRuntimeStatsScaling
from torch import Tensor, nn

from r2b_hw.nn.bias_grids import choose_bias_grids
from r2b_hw.nn.freeze import integer_grid

HALVINGS = 4
"""How often a calibrated scale may be halved: a range 16 times smaller than what holds nearly every value."""


def fit_scales(model: nn.Module, batches: Iterable[Tensor]) -> None:
    """Halve each calibrated scale of ``model`` while that lowers the mean squared error over ``batches`` of images.

    Every quantiser is judged by what it reads while the others keep their calibrated scales. Bias grids are chosen
    anew then.
    """
    errors: dict[nn.Module, Tensor] = {}
    quantisers = {
        module: integer_grid(module, name)
        for name, module in model.named_modules()
        if isinstance(module, qnn.QuantIdentity | qnn.QuantReLU) and _scaling(module) is not None
    }

    def measure(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        integers, scale = quantisers[module]
        x = torch.relu(inputs[0]) if isinstance(module, qnn.QuantReLU) else inputs[0]
        found = [_squared_error(x, scale * 2.0**-halvings, integers) for halvings in range(HALVINGS + 1)]
        errors[module] = errors.get(module, 0.0) + torch.stack(found)

    model.eval()
    images = None
    handles = [module.register_forward_pre_hook(measure) for module in quantisers]
    try:
        with torch.no_grad():
            for images in batches:
                model(images)
            for module, error in errors.items():
                scaling = _scaling(module)
                if scaling is not None:
                    scaling.value.sub_(float(error.argmin()))  # the learned value is the scale's logarithm
    finally:
        for handle in handles:
            handle.remove()
    if images is not None:
        choose_bias_grids(model, images)


def _squared_error(x: Tensor, scale: float, integers: Tensor) -> Tensor:
    quantised = torch.round(x / scale).clamp(float(integers[0]), float(integers[-1])) * scale
    return (quantised - x).double().square().sum()


def _scaling(quantiser: nn.Module) -> ParameterFromRuntimeStatsScaling | None:
    """The calibrated scale of a quantiser, if it has one."""
    found = (module for module in quantiser.modules() if isinstance(module, ParameterFromRuntimeStatsScaling))
    return next(found, None)
