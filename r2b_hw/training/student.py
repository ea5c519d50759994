"""The network a stage trains, as its step calls it: spread over processes, compiled, in mixed precision."""

# pyright: basic
import warnings
from collections.abc import Iterator
from contextlib import nullcontext

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from r2b_hw.nn import Answer, R2BNetwork, RealNetwork
from r2b_hw.nn.binarise import BinaryConvolution
from r2b_hw.recipe import LossOptions
from r2b_hw.training.losses import Targets, stage_loss
from r2b_hw.training.runtime import Runtime

Network = R2BNetwork | RealNetwork


class _Answering(nn.Module):
    """A module whose forward is a network's ``answer``, in tensors that every wrapper understands."""

    def __init__(self, network: Network, points: tuple[int, ...]) -> None:
        super().__init__()
        self.network, self.points = network, points

    def forward(self, images: Tensor) -> tuple[Tensor, dict[int, Tensor]]:
        answer = self.network.answer(images)
        return answer.logits, {point: answer.maps[point] for point in self.points}


class Student:
    """A student and its teacher; the student's gradients are those of the whole batch.

    ``losses`` compares their maps at ``points``. Both networks are on the device of ``runtime`` already.
    """

    def __init__(
        self,
        runtime: Runtime,
        student: Network,
        teacher: Network | None,
        losses: LossOptions,
        points: tuple[int, ...],
    ) -> None:
        self.runtime, self.network, self.losses = runtime, student, losses
        self.points = points if losses.attention > 0.0 else ()
        self.scaler = torch.amp.GradScaler(runtime.device.type, enabled=runtime.execution.precision == "float16")
        self._student = self._compiled(_Answering(student, self.points))
        self._teacher = None if teacher is None else self._compiled(_Answering(teacher, self.points))
        if not runtime.processes.alone:
            self._student = _spread(self._student, runtime)

    def backward(self, images: Tensor, targets: Targets) -> Tensor:
        """Add the gradients of this process's share of a batch; its mean loss, a scalar without gradient."""
        count = self.runtime.execution.accumulate
        parts = list(_parts(images, targets, count))
        total = torch.zeros((), device=images.device, dtype=images.dtype)
        for number, (part, labels) in enumerate(parts, 1):
            with nullcontext() if number == count else self._unsynchronised():
                loss = self._loss(part, labels) / count
                self.scaler.scale(loss).backward()
            total += loss.detach()
        return total

    def step(self, optimiser: torch.optim.Optimizer) -> None:
        """One step of the optimiser; latent weights of binary convolutions stay in [-1, 1]."""
        self.scaler.step(optimiser)
        self.scaler.update()
        with torch.no_grad():
            for module in self.network.modules():
                if isinstance(module, BinaryConvolution):
                    module.weight.clamp_(-1.0, 1.0)

    def _loss(self, images: Tensor, targets: Targets) -> Tensor:
        with self.runtime.autocast():
            taught = None
            if self._teacher is not None:
                with torch.no_grad():
                    taught = _wide(self._teacher(images))
            answer = _wide(self._student(images))
        return stage_loss(answer, targets, taught, self.losses, self.points)

    def _compiled(self, module: nn.Module) -> nn.Module:
        execution = self.runtime.execution
        if not execution.compile:
            return module
        compiled = torch.compile(module, backend=execution.compile_backend)
        assert isinstance(compiled, nn.Module)
        return compiled

    def _unsynchronised(self):
        student = self._student
        return student.no_sync() if isinstance(student, DistributedDataParallel) else nullcontext()


def _spread(module: nn.Module, runtime: Runtime) -> DistributedDataParallel:
    devices = [runtime.device.index] if runtime.device.type == "cuda" else None
    with warnings.catch_warnings():
        # torch 2.13 renames broadcast_buffers; older ones do not know the new name.
        warnings.filterwarnings("ignore", message=".*broadcast_buffers.*", category=FutureWarning)
        # Statistics of normalisations are those of the whole batch in every process already.
        return DistributedDataParallel(module, device_ids=devices, broadcast_buffers=False)


def _wide(answer: tuple[Tensor, dict[int, Tensor]]) -> Answer:
    """Losses are computed in float32 or wider."""
    logits, maps = answer
    return Answer(_at_least_float32(logits), {point: _at_least_float32(x) for point, x in maps.items()})


def _at_least_float32(x: Tensor) -> Tensor:
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x


def _parts(images: Tensor, targets: Targets, count: int) -> Iterator[tuple[Tensor, Targets]]:
    if count == 1:
        yield images, targets
        return
    others = [None] * count if targets.other is None else targets.other.chunk(count)
    for part, labels, other in zip(images.chunk(count), targets.labels.chunk(count), others, strict=True):
        yield part, Targets(labels, other, targets.share)
