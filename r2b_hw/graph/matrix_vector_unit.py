"""Base of the matrix-vector units: windows times a weight matrix, folded over PE output and SIMD input channels."""

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from r2b_hw.graph.unit import Unit
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import LoopNest, first, last, read, write


@dataclass(frozen=True, eq=False, kw_only=True)
class MatrixVectorUnit(Unit):
    """Products of ``weights`` (output channels, kernel height, kernel width, channels) with windows.

    ``simd`` input channels (times all taps) and ``pe`` output channels are worked on in one cycle. The first pass
    over the neurons reads a pixel's words, the others use them again.

    Attributes
    ----------
    weights_in_luts
        Weights of more than 64 words lie in LUTs instead of block RAM; the clock does not change.
    """

    latency: ClassVar[int]
    height: int
    width: int
    weights: Integers
    valid_bits: bool
    simd: int = 1
    pe: int = 1
    weights_in_luts: bool = False

    @property
    def output_channels(self) -> int:
        """Rows of the weight matrix."""
        return int(self.weights.shape[0])

    @property
    def channels(self) -> int:
        """Input channels."""
        return int(self.weights.shape[3])

    @property
    def taps(self) -> tuple[int, int]:
        """Kernel height and width."""
        return int(self.weights.shape[1]), int(self.weights.shape[2])

    @property
    def synapses(self) -> int:
        """Products a cycle."""
        return math.prod(self.taps) * self.simd * self.pe

    @property
    def neuron_folds(self) -> int:
        """Passes over the output channels."""
        return self.output_channels // self.pe

    @property
    def synapse_folds(self) -> int:
        """Passes over the input channels."""
        return self.channels // self.simd

    def nests(self) -> tuple[LoopNest, ...]:
        pixels = self.height * self.width
        loops = (("pixel", pixels), ("neuron", self.neuron_folds), ("synapse", self.synapse_folds))
        accesses = (read("x", first("neuron")), write("y", last("synapse"), latency=self.latency))
        return (LoopNest("main", loops, accesses),)

    def with_parallelism(self, inputs: int, outputs: int) -> Self:
        return replace(self, simd=inputs, pe=outputs)

    def with_constants(self, *, in_luts: bool) -> Self:
        return replace(self, weights_in_luts=in_luts)

    def folded_weights(self) -> Integers:
        """Return weights as (neuron folds, synapse folds, PE, taps, SIMD): the order the unit reads them in."""
        folded = self.weights.reshape(self.neuron_folds, self.pe, -1, self.synapse_folds, self.simd)
        return np.ascontiguousarray(folded.transpose(0, 3, 1, 2, 4))

    def products(self, values: Integers, weights: Integers) -> Integers:
        """Return every pixel's sums (N, H, W, output channels) of windows ``values`` with ``weights``.

        Sums far below 2**53 are exact in float64, in which they run as a matrix product.
        """
        frames = values.shape[0]
        rows = values.reshape(frames * self.height * self.width, -1).astype(np.float64)
        sums = rows @ weights.reshape(self.output_channels, -1).T.astype(np.float64)
        return sums.astype(np.int64).reshape(frames, self.height, self.width, self.output_channels)
