"""The ``[network]`` table: every choice a network makes, checked against each other and the numeric contract."""

import math
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from r2b_hw.architectures.description import Activation, GateHidden, Normalisation, Scale, Skip
from r2b_hw.network_options.named import with_architecture
from r2b_hw.network_options.parts import ActivationOption, DownsampleOptions, HalfBlockOptions, StemOptions
from r2b_hw.settings import Section

EXACT_BITS = 24
"""Below 2**24 every integer, and every sum of integers, is exact in float32."""

SKIP_DEVIATIONS = 16
"""How many standard deviations of a branch the skip may be large, in the estimate of the range both need: a
convolution's worst case is sqrt(fan-in) deviations."""

SCALED_BITS = 10
"""Bits of the quantiser that stands behind the scale where the whole product would not be exact."""

MAGNITUDE_BITS = 8
"""Bits of XNOR-Net's K, unsigned."""

SMALLEST_HIDDEN = 4
"""Fewest channels of a gate's hidden layer."""

ScaleOption: TypeAlias = Annotated[Scale, Field(strict=False)]
NormalisationOption: TypeAlias = Annotated[Normalisation, Field(strict=False)]
SkipOption: TypeAlias = Annotated[Skip, Field(strict=False)]
GateHiddenOption: TypeAlias = Annotated[GateHidden, Field(strict=False)]

_PER_PIXEL = (Scale.CHANNEL_AND_PIXEL, Scale.CHANNEL_ROW_COLUMN, Scale.ANALYTIC_AND_K)


class NetworkOptions(Section):
    """A binary residual network.

    ``architecture`` names one of :data:`r2b_hw.architectures.KNOWN`, whose choices are then the defaults here.
    ``input_maximum`` is a power of two; the input quantiser has ``input_bits`` bits over [0, input_maximum),
    or over [-input_maximum, input_maximum) when ``input_signed``.

    ``scale``, ``normalisation``, ``skip``, ``activation`` and the gate's options are those of
    :mod:`r2b_hw.architectures.description`. ``padding_value`` is what surrounds the binary map of a binary
    convolution: 0 adds nothing. ``sign_at_zero`` is sign(0), of activations and weights. ``sign_gradient`` is 1 inside
    [-1, 1] (``straight-through``), or Bi-Real's 2 - 2 abs(x) there (``approximate``); weights are straight-through.

    Bits count the sign; slopes lie in [-1, 1). ``scale_bits`` are those of a factor a channel, ``pixel_scale_bits``
    those of a factor a pixel, row or column.
    """

    architecture: str | None = None
    input_channels: int = Field(default=1, ge=1)
    input_height: int = Field(ge=1)
    input_width: int = Field(ge=1)
    input_bits: int = Field(default=8, ge=2, le=12)
    input_maximum: float = 2.0
    input_signed: bool = False
    classes: int = Field(ge=2)
    stem: StemOptions = StemOptions()
    blocks: Annotated[tuple[HalfBlockOptions, ...], Field(strict=False, min_length=1)]
    normalisation: NormalisationOption = Normalisation.BEFORE
    scale: ScaleOption = Scale.NONE
    scale_bits: int = Field(default=8, ge=2, le=12)
    pixel_scale_bits: int = Field(default=6, ge=2, le=12)
    gate: bool = True
    gate_ratio: int = Field(default=8, ge=1)
    gate_bias: bool = True
    gate_hidden_from: GateHiddenOption = GateHidden.INPUTS
    gate_bits: int = Field(default=8, ge=2, le=8)
    activation: ActivationOption = Activation.PRELU
    slope_bits: int = Field(default=4, ge=2, le=8)
    skip: SkipOption = Skip.CONVOLUTION
    downsample: DownsampleOptions = DownsampleOptions()
    residual_bits: int = Field(default=8, ge=2, le=16)
    padding_value: Literal[-1, 0, 1] = 0
    sign_at_zero: Literal[-1, 1] = 1
    sign_gradient: Literal["straight-through", "approximate"] = "straight-through"

    @model_validator(mode="before")
    @classmethod
    def _named(cls, values: Any) -> Any:
        return with_architecture(values)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        mantissa = self.input_maximum.hex().split("p")[0]
        if self.input_maximum <= 0 or mantissa != "0x1.0000000000000":
            raise ValueError("input_maximum must be a power of two, such as 1.0 or 2.0")
        problems = [*self._activation_problems(), *self._size_problems(), *self._budget_problems()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _activation_problems(self) -> list[str]:
        if self.skip is Skip.BLOCK:
            problems: list[str] = []
            if self.activation is Activation.PRELU:
                problems.append('a PReLU cannot follow the addition of a skip: skip = "block" needs another activation')
            if len(self.blocks) % 2:
                problems.append(f'skip = "block" needs an even number of half-blocks, there are {len(self.blocks)}')
            if any(self._changes_shape(index) for index in range(1, len(self.blocks), 2)):
                problems.append('skip = "block": only the first half of a block may change channels or size')
            return problems
        if self.activation is Activation.HARDTANH:
            return ['a hardtanh before the addition of a skip cannot be built: use skip = "block", or prelu']
        return []

    def _size_problems(self) -> list[str]:
        problems: list[str] = []
        pooled = self.downsample.average_pool
        for index, (block, (height, width)) in enumerate(zip(self.blocks, self.block_sizes(), strict=True)):
            if block.stride == 2 and pooled and (height % 2 or width % 2):
                problems.append(f"blocks.{index}: stride 2 needs an even map, this one is {height}x{width}")
        return problems

    def _budget_problems(self) -> list[str]:
        problems: list[str] = []
        for index in range(len(self.blocks)):
            magnitude = self._magnitude(index, quantised=self.quantises_scaled(index))
            if magnitude >= 2**EXACT_BITS:
                problems.append(
                    f"blocks.{index}: scale x gate x slope, with the skip, needs {magnitude.bit_length()} bits and "
                    f"float32 is exact below {EXACT_BITS}; lower scale_bits, pixel_scale_bits, gate_bits or slope_bits"
                )
        return problems

    @property
    def quantised_channel_factor(self) -> bool:
        """Whether the quantised network has a factor a channel: a normalisation right behind one takes it over."""
        if self.scale in (Scale.NONE, Scale.DENSE):
            return False
        return self.normalisation is Normalisation.BEFORE or self.scale in _PER_PIXEL

    def quantises_scaled(self, index: int) -> bool:
        """Whether half-block ``index`` has a quantiser of :data:`SCALED_BITS` behind the factor a channel.

        Without one, the product with every further factor would leave no room for the skip in the exact range.
        """
        return self._magnitude(index, quantised=False) >= 2**EXACT_BITS

    def _magnitude(self, index: int, *, quantised: bool) -> int:
        """The largest integer in half-block ``index`` behind its convolution, or that quantiser, with the skip."""
        channel, pixel = 2 ** (self.scale_bits - 1), 2 ** (self.pixel_scale_bits - 1)
        factors = {
            Scale.DENSE: channel,
            Scale.ANALYTIC_AND_K: 2**MAGNITUDE_BITS - 1,
            Scale.CHANNEL_AND_PIXEL: pixel,
            Scale.CHANNEL_ROW_COLUMN: pixel**2,
        }.get(self.scale, 1)
        if self.normalisation is Normalisation.AFTER:
            factors *= channel
        factors *= 2**self.gate_bits - 1 if self.gate else 1
        factors *= 2 ** (self.slope_bits - 1) if self.activation is Activation.PRELU else 1
        if quantised:
            # The quantiser's range is that of the data: a skip may be as large.
            return 2 * 2 ** (SCALED_BITS - 1) * factors
        fan_in = self.blocks[index].kernel ** 2 * self.inputs_of(index)
        sums = fan_in + round(SKIP_DEVIATIONS * math.sqrt(fan_in))
        return sums * factors * (channel if self.quantised_channel_factor else 1)

    def inputs_of(self, index: int) -> int:
        """Channels that enter half-block ``index``."""
        return self.blocks[index - 1].channels if index else self.stem.channels

    def hidden_of(self, index: int) -> int:
        """Channels of the hidden layer of half-block ``index``'s gate."""
        inputs = self.gate_hidden_from is GateHidden.INPUTS
        channels = self.inputs_of(index) if inputs else self.blocks[index].channels
        return max(channels // self.gate_ratio, SMALLEST_HIDDEN)

    def _changes_shape(self, index: int) -> bool:
        return self.blocks[index].stride != 1 or self.blocks[index].channels != self.inputs_of(index)

    def block_sizes(self) -> tuple[tuple[int, int], ...]:
        """(height, width) of the map that enters each half-block."""
        reduction = self.stem.stride * (2 if self.stem.max_pool else 1)
        height, width = -(-self.input_height // reduction), -(-self.input_width // reduction)
        sizes: list[tuple[int, int]] = []
        for block in self.blocks:
            sizes.append((height, width))
            height, width = -(-height // block.stride), -(-width // block.stride)
        return tuple(sizes)

    def final_size(self) -> tuple[int, int]:
        """(height, width) of the map that leaves the last half-block."""
        height, width = self.block_sizes()[-1]
        stride = self.blocks[-1].stride
        return -(-height // stride), -(-width // stride)

    def stages(self) -> tuple[int, ...]:
        """Half-blocks that end a stage: where channels or size are about to change, and the last one."""
        count = len(self.blocks)
        return (*(index for index in range(count - 1) if self._changes_shape(index + 1)), count - 1)

    def transfer_points(self, where: Literal["block", "stage"] | tuple[int, ...]) -> tuple[int, ...]:
        """Half-blocks after which maps are compared; see :class:`r2b_hw.recipe.LossOptions`."""
        if isinstance(where, tuple):
            return where
        return tuple(range(1, len(self.blocks), 2)) if where == "block" else self.stages()
