"""Losses."""

# pyright: basic
import torch.nn.functional as F
from torch import Tensor


def classification_loss(
    logits: Tensor, labels: Tensor, teacher: Tensor | None, *, smoothing: float, matching: float
) -> Tensor:
    """Cross-entropy, plus ``matching`` times the teacher's logit matching at temperature 1 (Hinton et al.,
    2015).

    ``logits`` and ``teacher`` are (N, classes), ``labels`` (N,). Martinez et al. (2020, §4.2) teach each
    stage by the one before it.
    """
    loss = F.cross_entropy(logits, labels, label_smoothing=smoothing)
    if teacher is None or matching == 0.0:
        return loss
    divergence = F.kl_div(F.log_softmax(logits, 1), F.log_softmax(teacher, 1), reduction="batchmean", log_target=True)
    return loss + matching * divergence
