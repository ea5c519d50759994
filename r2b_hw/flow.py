"""Flows: the strict, torch-free schema of a recipe (data, network, training, build) and its loader.

A flow is a TOML file with the tables ``[data]``, ``[network]``, ``[training]`` and ``[build]``. Unknown keys
and values of the wrong type are errors, all of them reported at once.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from r2b_hw import resources
from r2b_hw.data_options import HOST_KEYS, DataOptions
from r2b_hw.network_options import NetworkOptions
from r2b_hw.recipe import ChainStageOptions, TrainingOptions
from r2b_hw.settings import Section, known_names, load_settings

QUANTISED_ONLY: tuple[str, ...] = (
    "input_bits",
    "input_maximum",
    "input_signed",
    "gate_bits",
    "slope_bits",
    "scale_bits",
    "pixel_scale_bits",
    "residual_bits",
)
"""Options of a network that change nothing before calibration: the stages of a chain do not depend on them."""


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
        content = self.model_dump(
            mode="json", include={"data", "network", "training"}, exclude={"data": set(HOST_KEYS)}
        )
        return _digest(content)

    def stage_fingerprint(self, index: int) -> str:
        """sha256 over what determines the network after stage ``index`` of :meth:`TrainingOptions.all_stages`.

        A later stage may change without it. The seed is not in it.
        """
        chain = self.training.chain()
        if index >= len(chain):
            return self.fingerprint()
        hidden = {"data": set(HOST_KEYS), "network": set(QUANTISED_ONLY)}
        content = self.model_dump(mode="json", include={"data", "network"}, exclude=hidden)
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
    pair = [stage, *(other for other in chain if other.name == stage.teacher)]
    forms, stages = [other.form for other in pair], network.stages()
    own_depth = any(other.residual_blocks is not None for other in pair)
    if stage.residual_blocks is None and stage.form == "real" and count % 2:
        yield f'form = "real" needs an even number of half-blocks, there are {count}'
    if stage.residual_blocks is not None and len(stage.residual_blocks) != len(stages):
        yield f"residual_blocks needs {len(stages)} numbers, one a stage of the network"
    if stage.losses.attention > 0.0:
        if not points:
            yield 'attention_points = "block" needs two half-blocks or more'
        if any(not 0 <= point < count for point in points):
            yield f"attention_points are half-blocks from 0 to {count - 1}"
        elif own_depth and any(point not in stages for point in points):
            yield 'a network with residual_blocks shares the ends of stages only: attention_points = "stage"'
        elif "real" in forms and not own_depth and any(point % 2 == 0 for point in points):
            yield "a real network has maps after every second half-block only: attention_points must be odd"


def _digest(content: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def known_flows() -> tuple[str, ...]:
    """Return the names of the flows that come with r2b-hw, sorted."""
    return known_names(resources.flows_directory())


def load_flow(name_or_file: str | Path) -> Flow:
    """Load a flow by name, or from a ``.toml`` file; every error is an InputError of ``load_settings``."""
    return load_settings("flow", name_or_file, resources.flows_directory(), Flow)
