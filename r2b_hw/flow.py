"""Flows: the strict, torch-free schema of a recipe (data, network, training, build) and its loader.

A flow is a TOML file with the tables ``[data]``, ``[network]``, ``[training]`` and ``[build]``. Unknown keys
and values of the wrong type are errors, all of them reported at once.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from r2b_hw import resources
from r2b_hw.recipe import AugmentationOptions, ChainStageOptions, TrainingOptions
from r2b_hw.settings import Section, known_names, load_settings

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


class DataOptions(Section):
    """The data set and its stratified split, fixed by ``split_seed`` apart from the training seed."""

    dataset: Literal["digits"] = "digits"
    validation_fraction: float = Field(default=0.15, gt=0.0, lt=0.5)
    test_fraction: float = Field(default=0.25, gt=0.0, lt=0.5)
    split_seed: int = Field(default=0, ge=0)
    augmentation: AugmentationOptions = AugmentationOptions()


class BuildOptions(Section):
    """Defaults of the build; the command line wins."""

    target_fps: float | None = Field(default=None, gt=0.0)


class Flow(Section):
    """A recipe, from data to accelerator."""

    name: str
    data: DataOptions = DataOptions()
    network: NetworkOptions
    training: TrainingOptions
    build: BuildOptions = BuildOptions()

    @model_validator(mode="after")
    def _stages_fit_the_network(self) -> Self:
        problems = [
            f"training stage {stage.name}: {problem}"
            for stage in self.training.chain()
            for problem in _stage_problems(stage, self.training.chain(), self.network)
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def fingerprint(self) -> str:
        """sha256 over the canonical JSON of what determines the trained model: data, network and training."""
        content = self.model_dump(mode="json", include={"data", "network", "training"})
        return _digest(content)

    def stage_fingerprint(self, index: int) -> str:
        """sha256 over what determines the network after stage ``index`` of :meth:`TrainingOptions.all_stages`.

        A later stage may change without it. The seed is not in it.
        """
        chain = self.training.chain()
        if index >= len(chain):
            return self.fingerprint()
        content = self.model_dump(mode="json", include={"data", "network"})
        content["batch_size"] = self.training.batch_size
        content["stages"] = [stage.model_dump(mode="json") for stage in chain[: index + 1]]
        return _digest(content)

    def to_json(self) -> str:
        """The whole flow as JSON, as embedded in checkpoints."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str) -> "Flow":
        """Inverse of :meth:`to_json`."""
        return cls.model_validate_json(text)


def _stage_problems(
    stage: ChainStageOptions, chain: tuple[ChainStageOptions, ...], network: NetworkOptions
) -> Iterator[str]:
    points = network.transfer_points(stage.losses.attention_points)
    count = len(network.blocks)
    forms = [stage.form, *(other.form for other in chain if other.name == stage.teacher)]
    if stage.form == "real" and count % 2:
        yield f'form = "real" needs an even number of half-blocks, there are {count}'
    if stage.losses.attention > 0.0:
        if not points:
            yield 'attention_points = "block" needs two half-blocks or more'
        if any(not 0 <= point < count for point in points):
            yield f"attention_points are half-blocks from 0 to {count - 1}"
        elif "real" in forms and any(point % 2 == 0 for point in points):
            yield "a real network has maps after every second half-block only: attention_points must be odd"


def _digest(content: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def known_flows() -> tuple[str, ...]:
    """Return the names of the flows that come with r2b-hw, sorted."""
    return known_names(resources.flows_directory())


def load_flow(name_or_file: str | Path) -> Flow:
    """Load a flow by name, or from a ``.toml`` file; every error is an InputError of ``load_settings``."""
    return load_settings("flow", name_or_file, resources.flows_directory(), Flow)
