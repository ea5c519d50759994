"""What a simulation tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from r2b_hw.numeric.rounding import Integers


@dataclass(frozen=True)
class UnitStalls:
    """How a unit's busiest nest spent its cycles: firing, waiting for input (starved), waiting for room (blocked)."""

    active: int
    starved: int
    blocked: int


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """Outcome of a simulation; stage ``simulated``.

    Attributes
    ----------
    outputs
        Integers of the output stream, (N, H, W, C); empty without data.
    cycles
        Clock cycles simulated.
    output_cycles
        The cycle each output word was popped at, (N, words a frame).
    input_cycles
        The cycle each frame's first word was pushed at, (N,).
    latencies
        Cycles from a frame's first pushed to its last popped word, one a frame.
    interval
        Cycles a frame once the whole state repeats, or None where it did not repeat within the frames given.
    stalls
        By unit name.
    high_water
        Most words that could be popped at once, by stream name.
    tensors
        Whole tensors of the captured streams, by stream name.
    push_cycles
        The cycle each word of the captured streams was pushed at, by stream name, (N * words a frame,).
    """

    outputs: Integers
    cycles: int
    output_cycles: npt.NDArray[np.int64]
    input_cycles: npt.NDArray[np.int64]
    latencies: tuple[int, ...]
    interval: Fraction | None
    stalls: Mapping[str, UnitStalls]
    high_water: Mapping[str, int]
    tensors: Mapping[str, Integers]
    push_cycles: Mapping[str, Integers]

    @property
    def latency(self) -> int:
        """Latency of the first frame, which meets an empty accelerator."""
        return self.latencies[0]
