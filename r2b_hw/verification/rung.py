"""What one rung of the ladder found."""

from dataclasses import dataclass
from enum import StrEnum


class Rung(StrEnum):
    """The rungs, lowest first; each is compared with the one before it."""

    PYTORCH = "pytorch"
    QONNX = "qonnx"
    NUMPY = "numpy"
    SIMULATION = "simulation"
    C_SIMULATION = "c-simulation"
    RTL = "rtl"


class Status(StrEnum):
    """A rung that did not run is never passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not-run"


@dataclass(frozen=True)
class Mismatch:
    """The first diverging value: where, what the rung before says, what this rung says."""

    layer: str
    stream: str
    index: tuple[int, ...]
    expected: int | float
    got: int | float

    def __str__(self) -> str:
        place = ", ".join(map(str, self.index))
        return f"layer {self.layer}: {self.stream}[{place}] is {self.got}, expected {self.expected}"


@dataclass(frozen=True)
class RungResult:
    """Outcome of a rung.

    Attributes
    ----------
    images
        Images compared.
    tensors
        Named tensors compared, the output included.
    mismatches
        Values that differ, over all images and tensors.
    first
        The first diverging value in the order of computation.
    reason
        Why a rung did not run, or failed without comparing.
    """

    rung: Rung
    status: Status
    images: int = 0
    tensors: int = 0
    mismatches: int = 0
    first: Mismatch | None = None
    reason: str | None = None


def not_run(rung: Rung, reason: str) -> RungResult:
    """Return the result of a rung that could not be climbed."""
    return RungResult(rung, Status.NOT_RUN, reason=reason)
