"""Where and how the networks of a run compute: device, precision, processes."""

# pyright: basic
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from r2b_hw.errors import InputError
from r2b_hw.training.distributed import Processes, joined, processes
from r2b_hw.training.execution import Execution
from r2b_hw.training.synchronised import synchronise

_MIXED = {"bfloat16": torch.bfloat16, "float16": torch.float16}


@dataclass(frozen=True)
class Runtime:
    """An execution on a device, in one of several processes."""

    execution: Execution = field(default_factory=Execution)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    processes: Processes = field(default_factory=Processes)

    @property
    def dtype(self) -> torch.dtype:
        """Of parameters and images."""
        return torch.float64 if self.execution.precision == "float64" else torch.float32

    def network(self, model: nn.Module) -> None:
        """Bring a network to the device, in place; with several processes, let batch normalisation see the batch."""
        if not self.processes.alone:
            synchronise(model)
        model.to(self.device, self.dtype)
        if self.execution.channels_last:
            model.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    def images(self, images: Tensor) -> Tensor:
        """Images (N, C, H, W) on the device; the copy from pinned memory does not wait."""
        layout = torch.channels_last if self.execution.channels_last else torch.preserve_format
        return images.to(device=self.device, dtype=self.dtype, non_blocking=True, memory_format=layout)

    def labels(self, labels: Tensor) -> Tensor:
        """Labels (N,) on the device."""
        return labels.to(self.device, non_blocking=True)

    def autocast(self) -> AbstractContextManager[object]:
        """The context of a forward pass in training."""
        dtype = _MIXED.get(self.execution.precision)
        return nullcontext() if dtype is None else torch.autocast(self.device.type, dtype=dtype)

    def quantised(self) -> "Runtime":
        """The same for quantised networks: plain float32, not compiled."""
        return replace(self, execution=replace(self.execution, precision="float32", tf32=False, compile=False))

    @contextmanager
    def arithmetic(self) -> Iterator[None]:
        """Let CUDA round the inputs of float32 products where the execution says so, and nowhere else."""
        products = torch.backends.cuda.matmul
        before = products.allow_tf32
        products.allow_tf32 = self.execution.tf32
        try:
            with torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=self.execution.tf32):
                yield
        finally:
            products.allow_tf32 = before


@contextmanager
def runtime(execution: Execution) -> Iterator[Runtime]:
    """The device of an execution, among the processes that torchrun started.

    Raises
    ------
    InputError
        CUDA is asked for and not there, or this machine has more processes than devices.
    """
    device = _device(execution, processes().local_rank)
    with joined(device) as own:
        yield Runtime(execution, device, own)


def _device(execution: Execution, local_rank: int) -> torch.device:
    there = torch.cuda.is_available()
    if execution.device == "cuda" and not there:
        raise InputError("--device cuda: torch sees no CUDA device; install a torch with CUDA or use --device cpu")
    if execution.device == "cpu" or not there:
        return torch.device("cpu")
    count = torch.cuda.device_count()
    if local_rank >= count:
        raise InputError(
            f"torchrun --nproc-per-node: this machine has {count} CUDA devices; start one process for each"
        )
    device = torch.device("cuda", local_rank)
    torch.cuda.set_device(device)
    return device
