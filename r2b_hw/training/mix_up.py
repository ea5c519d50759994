"""Mix-up (Zhang et al., ICLR 2018): each image of a batch is blended with another one, and so are the labels."""

# pyright: basic
import numpy as np
import torch
from torch import Tensor

from r2b_hw.training.losses import Targets

SEEDS = 2**62


def mix_up(images: Tensor, labels: Tensor, parameter: float, generator: torch.Generator) -> tuple[Tensor, Targets]:
    """Blend images (N, C, H, W) with a permutation of themselves, by one share for the batch.

    The share of the first image is drawn from Beta(parameter, parameter). A parameter of 0 mixes nothing and draws
    nothing.
    """
    if parameter == 0.0:
        return images, Targets(labels)
    seed = int(torch.randint(SEEDS, (), generator=generator))
    share = float(np.random.default_rng(seed).beta(parameter, parameter))
    order = torch.randperm(len(images), generator=generator)
    return share * images + (1.0 - share) * images[order], Targets(labels, labels[order], share)
