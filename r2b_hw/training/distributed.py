"""One run in several processes: who this one is, and what they tell each other."""

# pyright: basic
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor

from r2b_hw.errors import InputError

DRAIN_SECONDS = 0.3


@dataclass(frozen=True)
class Processes:
    """This process, of rank ``rank`` among ``world_size`` in all and ``local_rank`` on its machine."""

    rank: int = 0
    world_size: int = 1
    local_rank: int = 0

    @property
    def alone(self) -> bool:
        """Whether there is no other."""
        return self.world_size == 1

    @property
    def first(self) -> bool:
        """Whether it is the one that prints and writes."""
        return self.rank == 0

    def total(self, x: Tensor) -> Tensor:
        """The sum of ``x`` over the processes; equal in all of them."""
        if not self.alone:
            x = x.clone()
            dist.all_reduce(x)
        return x

    def shares(self, x: Tensor) -> list[Tensor]:
        """What all processes hold under the shape of ``x``, by rank."""
        parts = [torch.empty_like(x, memory_format=torch.contiguous_format) for _ in range(self.world_size)]
        dist.all_gather(parts, x.contiguous())
        return parts

    def agree(self, value: int, problem: str, device: torch.device) -> None:
        """Raise InputError(problem) in all processes unless ``value`` is equal in all of them."""
        if self.alone:
            return
        extremes = torch.tensor([value, -value], device=device)
        dist.all_reduce(extremes, dist.ReduceOp.MAX)
        if int(extremes[0]) != value or int(extremes[1]) != -value:
            raise InputError(problem)


def processes() -> Processes:
    """This process among those that torchrun started; alone where it did not start it."""
    environment = os.environ
    if not {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR"} <= set(environment):
        return Processes()
    return Processes(int(environment["RANK"]), int(environment["WORLD_SIZE"]), int(environment["LOCAL_RANK"]))


@contextmanager
def joined(device: torch.device) -> Iterator[Processes]:
    """Join the other processes: through NCCL on CUDA, Gloo on the CPU. Inside another such context it is that one's."""
    own = processes()
    if own.alone or dist.is_initialized():
        yield own
        return
    if device.type == "cuda":
        dist.init_process_group("nccl", device_id=device)
    else:
        dist.init_process_group("gloo")
    try:
        yield own
    finally:
        # Threads of Gloo give up their last tensors under the interpreter's lock, which the destructor of the group
        # holds while it waits for these threads: without a pause a run that stops may hang.
        time.sleep(DRAIN_SECONDS)
        dist.destroy_process_group()
