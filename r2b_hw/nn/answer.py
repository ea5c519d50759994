"""What a network says of a batch, for teachers and students."""

# pyright: basic
from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Answer:
    """Logits (N, classes), and maps (N, C, H, W) by the index of the half-block they leave."""

    logits: Tensor
    maps: Mapping[int, Tensor]
