"""How a recipe is executed: device, precision, memory layout, logs; torch-free."""

from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from r2b_hw.errors import InputError

Device = Literal["auto", "cpu", "cuda"]
Precision = Literal["float32", "bfloat16", "float16", "float64"]
Log = Literal["csv", "tensorboard"]
_Text = TypeVar("_Text", bound=str)

DEVICES: tuple[Device, ...] = ("auto", "cpu", "cuda")
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16", "float16", "float64")
LOGS: tuple[Log, ...] = ("csv", "tensorboard")


@dataclass(frozen=True)
class Numerics:
    """The part of an :class:`Execution` that changes results; checkpoints and stage files carry it."""

    precision: Precision = "float32"
    tf32: bool = False
    accumulate: int = 1


@dataclass(frozen=True)
class Execution:
    """Options of a run that are no part of its recipe.

    Attributes
    ----------
    device
        ``auto`` is CUDA where torch sees it. Freezing, the exact evaluation and export stay on the CPU.
    precision
        ``bfloat16`` and ``float16`` are mixed precision; binary convolutions, scores and the quantised stage stay
        float32. ``float64``, for comparisons, is that of the stages before the quantised one.
    tf32
        CUDA may round the inputs of float32 convolutions and products to 11 significant bits. Sums of +-1 stay exact,
        gradients do not. The quantised stage never does.
    accumulate
        Parts into which each process splits its share of a batch, one after the other; each has batch statistics of
        its own.
    channels_last
        Keep maps as NHWC in memory.
    compile, compile_backend
        torch.compile for student and teacher, except in the quantised stage.
    log
        Write losses, rates, accuracies and images a second to the folder of the run.
    threads
        Of torch on the CPU. The order of its sums depends on it; one is repeatable everywhere.
    """

    device: Device = "auto"
    precision: Precision = "float32"
    tf32: bool = False
    accumulate: int = 1
    channels_last: bool = False
    compile: bool = False
    compile_backend: str = "inductor"
    log: Log | None = None
    threads: int = 1

    @property
    def numerics(self) -> Numerics:
        """What of it changes results."""
        return Numerics(self.precision, self.tf32, self.accumulate)


def make_execution(
    *,
    device: str = "auto",
    precision: str = "float32",
    tf32: bool = False,
    accumulate: int = 1,
    channels_last: bool = False,
    compile: bool = False,
    log: str | None = None,
    threads: int = 1,
) -> Execution:
    """An :class:`Execution` from plain text, as a command line gives it.

    Raises
    ------
    InputError
        An option has no such value.
    """
    result = Execution(
        device=_choice("device", device, DEVICES),
        precision=_choice("precision", precision, PRECISIONS),
        tf32=tf32,
        accumulate=accumulate,
        channels_last=channels_last,
        compile=compile,
        threads=threads,
    )
    return result if log is None else replace(result, log=_choice("log", log, LOGS))


def _choice(option: str, value: str, choices: tuple[_Text, ...]) -> _Text:
    for choice in choices:
        if choice == value:
            return choice
    raise InputError(f"--{option} {value}: is unknown; choose one of {', '.join(choices)}")
