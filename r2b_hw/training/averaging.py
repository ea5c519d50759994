"""The mean of a network's weights over the last epochs of a stage."""

# pyright: basic
from typing import Any

import torch
from torch import Tensor, nn


class Average:
    """A sum of learned parameters in float64, and how many networks are in it."""

    def __init__(self) -> None:
        self.sums: dict[str, Tensor] = {}
        self.count = 0

    def add(self, model: nn.Module) -> None:
        """Take in the parameters of ``model`` as they are now."""
        for name, parameter in model.named_parameters():
            value = parameter.detach().double()
            self.sums[name] = self.sums[name] + value if name in self.sums else value.clone()
        self.count += 1

    def apply(self, model: nn.Module) -> None:
        """Give ``model`` the mean; its batch-normalisation statistics then have to be estimated again."""
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.copy_(self.sums[name] / self.count)

    def state(self) -> dict[str, Any]:
        """What a run resumes from."""
        return {"sums": self.sums, "count": self.count}

    def restore(self, state: dict[str, Any], device: torch.device) -> None:
        """Inverse of :meth:`state`."""
        self.sums = {name: value.to(device) for name, value in state["sums"].items()}
        self.count = state["count"]
