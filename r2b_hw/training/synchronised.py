"""Batch normalisation over the whole batch of an optimiser step when several processes share it.

torch.nn.SyncBatchNorm runs on CUDA only; this one runs wherever torch.distributed does.
"""

# pyright: basic
from typing import Any, cast

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

_PIXELS = (0, 2, 3)


class SynchronisedBatchNorm(nn.BatchNorm2d):
    """nn.BatchNorm2d whose batch statistics are those of all processes together; in eval mode the same as it."""

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, H, W) -> the same shape; in training every process must call it."""
        if not self.training:
            return super().forward(input)
        output, mean, variance, count = cast(
            tuple[Tensor, Tensor, Tensor, Tensor], _Normalise.apply(input, self.weight, self.bias, self.eps)
        )
        self._track(mean, variance * (count / (count - 1)))
        return output

    def _track(self, mean: Tensor, variance: Tensor) -> None:
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        with torch.no_grad():
            self.num_batches_tracked.add_(1)
            share = self.momentum
            if share is None:  # a cumulative average
                share = 1.0 / self.num_batches_tracked.to(mean.dtype)
            self.running_mean.lerp_(mean.to(self.running_mean.dtype), share)
            self.running_var.lerp_(variance.to(self.running_var.dtype), share)


class _Normalise(torch.autograd.Function):
    """(x - mean) / sqrt(variance + eps) * weight + bias, with the biased variance.

    Each process sends count, mean and sum of squared deviations: their combination (Chan, Golub and LeVeque, 1979) does
    not cancel as a difference of sums of squares would.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        wide = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
        variance, mean = torch.var_mean(wide, _PIXELS, correction=0)
        count = mean.new_full((1,), x.numel() // x.shape[1])
        own = torch.cat([mean, variance * count, count])
        parts = [torch.empty_like(own) for _ in range(dist.get_world_size())]
        dist.all_gather(parts, own)
        channels = len(mean)
        means, squares, counts = torch.stack(parts).split([channels, channels, 1], 1)
        count = counts.sum()
        mean = (means * counts).sum(0) / count
        variance = (squares + counts * (means - mean).square()).sum(0) / count
        ctx.save_for_backward(x, weight, mean, torch.rsqrt(variance + eps), count)
        ctx.mark_non_differentiable(mean, variance, count)
        return F.batch_norm(x, mean, variance, weight, bias, False, 0.0, eps), mean, variance, count

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        x, weight, mean, factor, count = ctx.saved_tensors
        gradient = gradients[0]
        normalised = (x - mean[:, None, None]) * factor[:, None, None]
        of_bias = gradient.sum(_PIXELS, dtype=mean.dtype)
        of_weight = (gradient * normalised).sum(_PIXELS)
        # Weight and bias take the gradients of this process's images: those of parameters are averaged elsewhere.
        sums = torch.stack([of_bias, of_weight])
        dist.all_reduce(sums)
        shift, slope = (sums / count)[:, :, None, None]
        of_x = (gradient - shift - normalised * slope) * (factor * weight)[:, None, None]
        return of_x.to(x.dtype), of_weight.to(weight.dtype), of_bias.to(weight.dtype), None


def synchronise(model: nn.Module) -> None:
    """Replace every nn.BatchNorm2d inside ``model``, in place; parameters, statistics and names stay."""
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.BatchNorm2d) and not isinstance(child, SynchronisedBatchNorm):
                setattr(parent, name, _synchronised(child))


def _synchronised(layer: nn.BatchNorm2d) -> SynchronisedBatchNorm:
    result = SynchronisedBatchNorm(
        layer.num_features, layer.eps, layer.momentum, layer.affine, layer.track_running_stats
    )
    result.weight, result.bias = layer.weight, layer.bias
    result.running_mean, result.running_var = layer.running_mean, layer.running_var
    result.num_batches_tracked = layer.num_batches_tracked
    return result.train(layer.training)
