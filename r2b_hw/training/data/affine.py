"""Random affine maps of training images."""

# pyright: basic
import math

import torch
import torch.nn.functional as F
from torch import Tensor

from r2b_hw.data_options import AugmentationOptions


def augment(images: Tensor, options: AugmentationOptions, generator: torch.Generator) -> Tensor:
    """Rotate, scale and shift each of the images (N, C, H, W) by its own uniform draw; outside is zero."""
    if options.rotation == options.translation == options.scale == 0.0:
        return images
    draws = torch.rand((4, len(images)), generator=generator) * 2 - 1
    angle = draws[0] * (options.rotation * math.pi / 180)
    scale = 1 + draws[1] * options.scale
    # Coordinates run from -1 to 1, so a shift by a fraction of the side is twice that fraction.
    shift = draws[2:] * (2 * options.translation)
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    rows = [torch.stack([cosine, -sine, shift[0]], 1), torch.stack([sine, cosine, shift[1]], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="zeros", align_corners=False)
