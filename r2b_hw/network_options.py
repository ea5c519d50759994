"""The architecture of a network as data: the ``[network]`` table of a flow; torch-free and strict."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from r2b_hw.settings import Section

EXACT_BITS = 24
"""Below 2**24 every integer, and every sum of integers, is exact in float32."""


class StemOptions(Section):
    """The real first convolution with bias, optional PReLU, requantised to the residual grid."""

    channels: int = Field(default=32, ge=1)
    kernel: Literal[1, 3, 5, 7] = 3
    stride: Literal[1, 2] = 1
    prelu: bool = True


class HalfBlockOptions(Section):
    """One half-block: sign, binary convolution, gate, PReLU, skip.

    A skip that changes shape (stride 2 or other channels) is downsampled by an average pool and a real 1x1
    convolution.
    """

    channels: int = Field(ge=1)
    stride: Literal[1, 2] = 1
    kernel: Literal[1, 3, 5] = 3


class NetworkOptions(Section):
    """The architecture of a Real-to-Binary network.

    ``input_maximum`` is a power of two; the input quantiser has ``input_bits`` bits over [0, input_maximum),
    or over [-input_maximum, input_maximum) when ``input_signed``. ``slope_bits`` counts the sign; slopes lie
    in [-1, 1).
    """

    input_channels: int = Field(default=1, ge=1)
    input_height: int = Field(ge=1)
    input_width: int = Field(ge=1)
    input_bits: int = Field(default=8, ge=2, le=12)
    input_maximum: float = 2.0
    input_signed: bool = False
    classes: int = Field(ge=2)
    stem: StemOptions = StemOptions()
    blocks: Annotated[tuple[HalfBlockOptions, ...], Field(strict=False, min_length=1)]
    gate: bool = True
    gate_ratio: int = Field(default=8, ge=1)
    gate_bits: int = Field(default=8, ge=2, le=8)
    prelu: bool = True
    slope_bits: int = Field(default=4, ge=2, le=8)
    residual_bits: int = Field(default=8, ge=2, le=12)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        mantissa = self.input_maximum.hex().split("p")[0]
        if self.input_maximum <= 0 or mantissa != "0x1.0000000000000":
            raise ValueError("input_maximum must be a power of two, such as 1.0 or 2.0")
        problems: list[str] = []
        sizes = self.block_sizes()
        if self.stem.stride == 2 and (self.input_height % 2 or self.input_width % 2):
            problems.append("stem: stride 2 needs an even input height and width")
        channels = self.stem.channels
        for index, (block, (height, width)) in enumerate(zip(self.blocks, sizes, strict=True)):
            if block.stride == 2 and (height % 2 or width % 2):
                problems.append(f"blocks.{index}: stride 2 needs an even map, this one is {height}x{width}")
            magnitude = block.kernel**2 * channels
            magnitude *= 2**self.gate_bits - 1 if self.gate else 1
            magnitude *= 2 ** (self.slope_bits - 1) if self.prelu else 1
            if magnitude >= 2**EXACT_BITS:
                problems.append(
                    f"blocks.{index}: convolution x gate x slope needs {magnitude.bit_length()} bits "
                    f"and float32 is exact below {EXACT_BITS}; lower slope_bits or gate_bits"
                )
            channels = block.channels
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def block_sizes(self) -> tuple[tuple[int, int], ...]:
        """(height, width) of the map that enters each half-block."""
        height = -(-self.input_height // self.stem.stride)
        width = -(-self.input_width // self.stem.stride)
        sizes: list[tuple[int, int]] = []
        for block in self.blocks:
            sizes.append((height, width))
            height, width = -(-height // block.stride), -(-width // block.stride)
        return tuple(sizes)

    def transfer_points(self, where: Literal["block", "stage"] | tuple[int, ...]) -> tuple[int, ...]:
        """Half-blocks after which maps are compared; see :class:`r2b_hw.recipe.LossOptions`."""
        count = len(self.blocks)
        if isinstance(where, tuple):
            return where
        if where == "block":
            return tuple(range(1, count, 2))
        shapes = [(block.channels, block.stride) for block in self.blocks]
        changes = (i for i in range(count - 1) if shapes[i + 1] != (shapes[i][0], 1))
        return (*changes, count - 1)

    def final_size(self) -> tuple[int, int]:
        """(height, width) of the map that leaves the last half-block."""
        height, width = self.block_sizes()[-1]
        stride = self.blocks[-1].stride
        return -(-height // stride), -(-width // stride)
