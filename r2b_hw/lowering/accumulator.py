"""How a layer's output follows from the stream of its matrix-vector unit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Accumulator:
    """A layer's output from its matrix-vector unit's stream: stream value * 2**``shifts`` + ``offsets``, a channel."""

    module: str
    offsets: tuple[float, ...]
    shifts: tuple[int, ...] = (0,)
