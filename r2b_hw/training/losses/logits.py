"""Logit matching (Hinton, Vinyals and Dean, 2015)."""

# pyright: basic
import torch.nn.functional as F
from torch import Tensor


def logit_loss(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """T**2 * KL(softmax(teacher / T) || softmax(student / T)), a scalar: the mean over images.

    ``student`` and ``teacher`` are logits (N, classes). T**2 keeps the size of the gradients when T changes. No
    gradient reaches the teacher.
    """
    divergence = F.kl_div(
        F.log_softmax(student / temperature, 1),
        F.log_softmax(teacher.detach() / temperature, 1),
        reduction="batchmean",
        log_target=True,
    )
    return divergence * temperature**2
