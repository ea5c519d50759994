"""A training step of the binary ResNet-18 against the same network with plain float convolutions, in one run.

Forward, loss, backward and optimiser; widths 64 to 512, 32x32 images, batches of 32, CPU, one thread. The steps of the
two alternate, so that whatever else the machine does meets both.

Usage: python benchmarks/training_step.py [--repeats 15]
"""

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter

import torch
from torch import nn

from r2b_hw.network_options import HalfBlockOptions, NetworkOptions, StemOptions
from r2b_hw.nn import network_of_form
from r2b_hw.nn.binarise import BinaryConvolution, Sign
from r2b_hw.recipe import ChainStageOptions
from r2b_hw.training.losses import Targets
from r2b_hw.training.optimisers import make_optimiser
from r2b_hw.training.runtime import Runtime
from r2b_hw.training.student import Network, Student

BATCH = 32
STAGE = ChainStageOptions(name="binary", form="binary", epochs=1, learning_rate=1e-3)
WIDTHS = (64, 128, 256, 512)


def resnet18() -> NetworkOptions:
    blocks = [
        HalfBlockOptions(channels=width, stride=2 if index == 0 and width > WIDTHS[0] else 1)
        for width in WIDTHS
        for index in range(4)
    ]
    return NetworkOptions(
        input_channels=3,
        input_height=32,
        input_width=32,
        classes=100,
        stem=StemOptions(channels=WIDTHS[0]),
        blocks=tuple(blocks),
    )


def without_signs(model: nn.Module) -> None:
    """Put a plain convolution in place of each binary one, and nothing in place of each sign."""
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if isinstance(child, Sign):
                setattr(parent, name, nn.Identity())
            elif isinstance(child, BinaryConvolution):
                plain = nn.Conv2d(
                    child.in_channels,
                    child.out_channels,
                    child.kernel_size,
                    stride=child.stride,
                    padding=child.padding,
                    bias=False,
                )
                setattr(parent, name, plain)


def step_of(model: Network) -> Callable[[], None]:
    model.train()
    student = Student(Runtime(), model, None, STAGE.losses, ())
    optimiser = make_optimiser(model, STAGE)
    generator = torch.Generator().manual_seed(0)
    images = torch.rand((BATCH, 3, 32, 32), generator=generator)
    targets = Targets(torch.randint(100, (BATCH,), generator=generator))

    def step() -> None:
        optimiser.zero_grad()
        student.backward(images, targets)
        student.step(optimiser)

    return step


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    torch.set_num_threads(1)
    torch.manual_seed(0)
    binary, plain = network_of_form(resnet18(), "binary"), network_of_form(resnet18(), "binary")
    without_signs(plain)
    steps = {"binary": step_of(binary), "float": step_of(plain)}
    times: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(repeats + 1):
        for name, step in steps.items():
            began = perf_counter()
            step()
            if number:  # the first one allocates
                times[name].append(perf_counter() - began)
    for name, taken in times.items():
        print(f"{name:7} {min(taken) * 1e3:.0f} ms (median {median(taken) * 1e3:.0f})")
    print(f"ratio   {min(times['binary']) / min(times['float']):.3f} ", end="")
    print(f"(median {median(times['binary']) / median(times['float']):.3f})")


if __name__ == "__main__":
    main()
