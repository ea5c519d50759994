"""What the host computes: the input quantiser, and the scale of the outputs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from r2b_hw.errors import InputError
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers


@dataclass(frozen=True)
class HostInput:
    """Turns images as the PyTorch model takes them into the integers of the input stream.

    Attributes
    ----------
    shape
        Channels, height, width of one image.
    integer, exponent
        Type of the input stream.
    operators
        Float operators before the model's first quantiser, applied in order in float32:
        pairs of ("add" or "multiply" or "subtract" or "divide", values one a channel or one for all).
    tensor
        Module path of the model's input quantiser.
    """

    shape: tuple[int, int, int]
    integer: IntegerType
    exponent: int
    operators: tuple[tuple[str, tuple[float, ...]], ...] = ()
    tensor: str | None = None

    def quantise(self, images: npt.NDArray[np.float32]) -> Integers:
        """Return (N, H, W, C) integers for float32 images (N, C, H, W), rounding half to even, saturating.

        Raises InputError when shape or data type are not the model's, or a value is not finite.
        """
        if images.ndim != 4 or images.shape[1:] != self.shape:
            expected = "x".join(map(str, self.shape))
            raise InputError(f"images: expected N x {expected} (NCHW), got {'x'.join(map(str, images.shape))}")
        if images.dtype != np.float32:
            raise InputError(f"images: expected float32 as the PyTorch model takes them, got {images.dtype}")
        if not np.isfinite(images).all():
            raise InputError("images: a value is not finite; clean the array first")
        values = images
        for operator, operand in self.operators:
            column = np.asarray(operand, dtype=np.float32).reshape(1, -1, 1, 1)
            match operator:
                case "add":
                    values = values + column
                case "subtract":
                    values = values - column
                case "multiply":
                    values = values * column
                case "divide":
                    values = values / column
                case _:
                    raise InputError(f"graph.json: unknown host operator {operator}")
        scaled = np.rint(np.ldexp(values, self.exponent))
        clipped = np.clip(scaled, self.integer.lo, self.integer.hi).astype(np.int64)
        return np.ascontiguousarray(clipped.transpose(0, 2, 3, 1))


@dataclass(frozen=True)
class HostOutput:
    """Turns the integers of the output stream back into the model's outputs.

    ``vector`` tells whether the model's output is (N, C) rather than (N, C, H, W); ``operators`` lists float operators
    after the last unit (such as softmax) that the host applies outside the contract; they are reported, not verified.
    """

    exponents: tuple[int, ...]
    vector: bool
    operators: tuple[str, ...] = ()

    def dequantise(self, integers: Integers) -> npt.NDArray[np.float32]:
        """Return float32 outputs as the PyTorch model gives them for integers (N, H, W, C)."""
        values = np.ldexp(integers.astype(np.float64), -np.asarray(self.exponents)).astype(np.float32)
        planes = np.ascontiguousarray(values.transpose(0, 3, 1, 2))
        return planes.reshape(planes.shape[0], -1) if self.vector else planes
