"""Optimiser and learning-rate schedule of a stage."""

# pyright: basic
import math

import torch
from torch import nn

from r2b_hw.recipe import ChainStageOptions


def make_optimiser(model: nn.Module, stage: ChainStageOptions) -> torch.optim.Optimizer:
    """Adam or SGD over the parameters that take a gradient; weight decay is an L2 penalty on all of them."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    rate, decay = stage.learning_rate, stage.weight_decay
    if stage.optimiser == "sgd":
        return torch.optim.SGD(parameters, lr=rate, momentum=stage.momentum, weight_decay=decay)
    # On a GPU one kernel for all parameters: small networks wait for launches. None is torch's own choice.
    fused = True if all(parameter.is_cuda for parameter in parameters) else None
    return torch.optim.Adam(parameters, lr=rate, weight_decay=decay, fused=fused)


def make_schedule(
    optimiser: torch.optim.Optimizer, stage: ChainStageOptions, steps_per_epoch: int
) -> torch.optim.lr_scheduler.LambdaLR:
    """Step it once after each optimiser step."""
    total = stage.epochs * steps_per_epoch
    warm_up = stage.warm_up_steps + stage.warm_up_epochs * steps_per_epoch

    def factor(step: int) -> float:
        if stage.schedule == "cosine" or step < warm_up:
            return learning_rate_factor(step, total, warm_up)
        return stage.decay ** sum(step >= epoch * steps_per_epoch for epoch in stage.steps)

    return torch.optim.lr_scheduler.LambdaLR(optimiser, factor)


def learning_rate_factor(step: int, total: int, warm_up: int) -> float:
    """Linear warm-up over ``warm_up`` steps, then half a cosine to zero at ``total``."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(total - warm_up, 1)))
