"""The loss of a stage: a weighted sum, with the weights of the recipe."""

# pyright: basic
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from r2b_hw.nn import Answer
from r2b_hw.recipe import LossOptions
from r2b_hw.training.losses.attention import attention_loss
from r2b_hw.training.losses.logits import logit_loss


@dataclass(frozen=True)
class Targets:
    """Labels (N,) int64. Mixed images have two labels each: ``share`` of the first, the rest of ``other``."""

    labels: Tensor
    other: Tensor | None = None
    share: float = 1.0


def stage_loss(
    student: Answer, targets: Targets, teacher: Answer | None, options: LossOptions, points: tuple[int, ...]
) -> Tensor:
    """A scalar: cross-entropy, attention matching at ``points`` and logit matching, each times its weight."""
    terms: list[Tensor] = []
    if options.cross_entropy > 0.0:
        terms.append(cross_entropy(student.logits, targets, options.label_smoothing) * options.cross_entropy)
    if teacher is not None and options.attention > 0.0:
        loss = attention_loss(
            [student.maps[point] for point in points],
            [teacher.maps[point] for point in points],
            normalisation=options.attention_normalisation,
            distance=options.attention_distance,
        )
        terms.append(loss * options.attention)
    if teacher is not None and options.logits > 0.0:
        terms.append(logit_loss(student.logits, teacher.logits, options.temperature) * options.logits)
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def cross_entropy(logits: Tensor, targets: Targets, smoothing: float) -> Tensor:
    """A scalar: the mean over images; ``smoothing`` of each target is spread evenly over all classes."""
    loss = F.cross_entropy(logits, targets.labels, label_smoothing=smoothing)
    if targets.other is None:
        return loss
    other = F.cross_entropy(logits, targets.other, label_smoothing=smoothing)
    return targets.share * loss + (1.0 - targets.share) * other
