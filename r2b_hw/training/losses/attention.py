"""Attention matching: student and teacher should be active at the same pixels.

Martinez et al. (ICLR 2020), eq. 2, after Zagoruyko and Komodakis (2017). The attention map of a map A of C channels is
Q = sum over channels of A**2, divided by its own L2 norm over the pixels of an image (the paper), or by its largest
pixel (Larq Zoo). A mean over channels in place of the sum gives the same quotient.
"""

# pyright: basic
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

SMALLEST_DIVISOR = 1e-12
"""A map that is zero everywhere has an attention map of zeros, not of NaN."""

Normalisation = Literal["l2", "max"]
Distance = Literal["norm", "mean-square"]


def attention_loss(
    student: Sequence[Tensor], teacher: Sequence[Tensor], *, normalisation: Normalisation, distance: Distance
) -> Tensor:
    """A scalar: the mean over images of the distance between attention maps.

    Parameters
    ----------
    student, teacher
        A map (N, C, H, W) for each transfer point; the teacher's may have other channels. No gradient reaches the
        teacher.
    normalisation
        ``l2`` as in the paper, ``max`` as in Larq Zoo.
    distance
        ``norm``: the L2 norm of the difference, summed over the points, as eq. 2 is read here (it leaves the norm's
        subscript open). ``mean-square``: the mean over pixels of the squared difference, averaged over the points, as
        in Larq Zoo.
    """
    distances = [
        _distance(attention_map(mine, normalisation), attention_map(theirs.detach(), normalisation), distance)
        for mine, theirs in zip(student, teacher, strict=True)
    ]
    total = torch.stack(distances).sum(0).mean()
    return total if distance == "norm" else total / len(distances)


def attention_map(x: Tensor, normalisation: Normalisation) -> Tensor:
    """(N, C, H, W) -> (N, H * W): the normalised attention map."""
    energy = x.square().sum(1).flatten(1)
    if normalisation == "max":
        divisor = energy.amax(1, keepdim=True)
    else:
        divisor = torch.linalg.vector_norm(energy, dim=1, keepdim=True)
    return energy / divisor.clamp_min(SMALLEST_DIVISOR)


def _distance(student: Tensor, teacher: Tensor, distance: Distance) -> Tensor:
    difference = student - teacher
    return torch.linalg.vector_norm(difference, dim=1) if distance == "norm" else difference.square().mean(1)
