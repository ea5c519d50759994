"""Accuracy and loss of a network on a split, and the best state of a stage by them."""

# pyright: basic
import copy

import torch
from torch import nn

from r2b_hw.training.data import Split
from r2b_hw.training.feed import feed
from r2b_hw.training.runtime import Runtime

BATCH = 256
"""Images of a process at a time."""


class Best:
    """The best state so far by (validation accuracy, negative validation loss)."""

    def __init__(self, model: nn.Module, score: tuple[float, float]) -> None:
        self.score = score
        self.state = copy.deepcopy(model.state_dict())

    def offer(self, model: nn.Module, score: tuple[float, float]) -> None:
        """Keep ``model``'s state if its score is better."""
        if score > self.score:
            self.score = score
            self.state = copy.deepcopy(model.state_dict())


def score(model: nn.Module, split: Split, runtime: Runtime | None = None) -> tuple[float, float]:
    """(accuracy, negative mean cross-entropy) in eval mode, without mixed precision; equal in all processes."""
    runtime = runtime or Runtime()
    processes = runtime.processes
    model.eval()
    sums = torch.zeros(3, dtype=torch.float64, device=runtime.device)
    with torch.no_grad():
        batches = split.batches(BATCH * processes.world_size, processes.rank, processes.world_size)
        for images, labels in feed(batches, runtime):
            logits = model(images)
            loss = nn.functional.cross_entropy(logits, labels, reduction="sum")
            right = (logits.argmax(1) == labels).sum()
            sums += torch.stack([right.double(), loss.double(), torch.ones_like(loss).double() * len(labels)])
    right, loss, count = processes.total(sums).tolist()
    return right / count, -loss / count
