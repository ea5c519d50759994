"""Mix-up (Zhang et al., ICLR 2018): each image of a batch is blended with another one, and so are the labels."""

# pyright: basic
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from r2b_hw.training.losses import Targets

SEEDS = 2**62

Gather = Callable[[Tensor], Sequence[Tensor]]
"""The shares that all processes hold of a tensor, this one's among them, by rank."""


def mix_up(
    images: Tensor,
    labels: Tensor,
    parameter: float,
    generator: torch.Generator,
    *,
    rank: int = 0,
    gather: Gather | None = None,
) -> tuple[Tensor, Targets]:
    """Blend images (N, C, H, W) with a permutation of the batch, by one share for the batch.

    The share of the first image is drawn from Beta(parameter, parameter). A parameter of 0 mixes nothing and draws
    nothing. Where processes hold equal shares ``rank::world_size`` of a batch, ``gather`` collects them: an image is
    blended with that of one process alone, which may be another process's.
    """
    if parameter == 0.0:
        return images, Targets(labels)
    seed = int(torch.randint(SEEDS, (), generator=generator))
    share = float(np.random.default_rng(seed).beta(parameter, parameter))
    if gather is None:
        order = torch.randperm(len(images), generator=generator)
        other_images, other_labels = images[order], labels[order]
    else:
        parts = [torch.stack(list(gather(tensor)), 1).flatten(0, 1) for tensor in (images, labels)]
        order = torch.randperm(len(parts[1]), generator=generator)[rank :: len(parts[1]) // len(labels)]
        other_images, other_labels = (part[order] for part in parts)
    return share * images + (1.0 - share) * other_images, Targets(labels, other_labels, share)
