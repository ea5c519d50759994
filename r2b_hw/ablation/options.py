"""An ablation as data: stages, and rows that combine them with networks; torch-free and strict."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from r2b_hw import resources
from r2b_hw.data_options import DataOptions
from r2b_hw.flow import Flow
from r2b_hw.network_options import NetworkOptions
from r2b_hw.recipe import ChainStageOptions, StageOptions, TrainingOptions
from r2b_hw.settings import Section, load_settings

_FOLDER = "ablations"


class RowOptions(Section):
    """One row of the table.

    Attributes
    ----------
    name, title
        For the command line, and in the table.
    network
        What replaces keys of the ablation's ``[network]``; stages of the form ``real`` keep the latter.
    stages
        The one or two stages whose accuracies the row shows. The stages these name as teacher or initialisation are
        trained for the row's network as well.
    paper
        The paper's accuracies of the same stages, in percent; may be absent.
    quantised
        Quantise, fine-tune and freeze the last network as well; the row then shows what an accelerator computes.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)
    title: str
    network: dict[str, Any] = Field(default_factory=dict)
    stages: Annotated[tuple[str, ...], Field(strict=False, min_length=1, max_length=2)]
    paper: Annotated[tuple[float, ...], Field(strict=False)] = ()
    quantised: bool = False

    @model_validator(mode="after")
    def _a_figure_a_stage(self) -> Self:
        if self.paper and len(self.paper) != len(self.stages):
            raise ValueError("paper needs one accuracy for each of the row's stages")
        return self


class AblationOptions(Section):
    """Rows over shared data, widths and stages.

    ``comparisons`` are pairs of rows: the last stage of the first minus that of the second, seed by seed, both before
    quantisation. ``confidence`` is that of every interval by itself. ``fine_tuning`` and ``calibration_batches`` are
    those of a flow, for the rows that are quantised.
    """

    name: str
    data: DataOptions
    network: NetworkOptions
    batch_size: int = Field(default=64, ge=2)
    seeds: int = Field(default=5, ge=1)
    confidence: float = Field(default=0.95, gt=0.0, lt=1.0)
    fine_tuning: StageOptions | None = None
    calibration_batches: int = Field(default=40, ge=1)
    stages: Annotated[tuple[ChainStageOptions, ...], Field(strict=False, min_length=1)]
    rows: Annotated[tuple[RowOptions, ...], Field(strict=False, min_length=1)]
    comparisons: Annotated[tuple[Annotated[tuple[str, str], Field(strict=False)], ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = list(self._stage_problems()) or list(self._row_problems())
        for pair in self.comparisons:
            problems += [f"comparisons: '{name}' is no row" for name in pair if name not in self.row_names()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def row_names(self) -> tuple[str, ...]:
        """Names of the rows, in the order of the table."""
        return tuple(row.name for row in self.rows)

    def row(self, name: str) -> RowOptions:
        """The row of this name; KeyError for none."""
        return {row.name: row for row in self.rows}[name]

    def stage(self, name: str) -> ChainStageOptions:
        """The stage of this name; KeyError for none."""
        return {stage.name: stage for stage in self.stages}[name]

    def chain(self, row: RowOptions) -> tuple[ChainStageOptions, ...]:
        """The stages a row needs, teachers and initialisations before their students."""
        needed: set[str] = set()
        open_names = list(row.stages)
        while open_names:
            stage = self.stage(open_names.pop())
            if stage.name not in needed:
                needed.add(stage.name)
                open_names += [name for name in (stage.teacher, stage.initialisation) if name is not None]
        return tuple(stage for stage in self.stages if stage.name in needed)

    def row_network(self, row: RowOptions) -> NetworkOptions:
        """The network of a row's binary and tanh stages."""
        return NetworkOptions.model_validate({**self.network.model_dump(), **row.network})

    def _stage_problems(self) -> Iterator[str]:
        earlier: set[str] = set()
        for stage in self.stages:
            for key, name in (("teacher", stage.teacher), ("initialisation", stage.initialisation)):
                if name is not None and name not in earlier:
                    yield f"stage {stage.name}: {key} '{name}' is no earlier stage"
            earlier.add(stage.name)
            if stage.epochs == 0:
                yield f"stage {stage.name}: epochs is 0; give it one or more"
        if len(earlier) < len(self.stages):
            yield "stages need names of their own"

    def _row_problems(self) -> Iterator[str]:
        if len(set(self.row_names())) < len(self.rows):
            yield "rows need names of their own"
        known = [stage.name for stage in self.stages]
        for row in self.rows:
            unknown = [name for name in row.stages if name not in known]
            if unknown:
                yield f"row {row.name}: '{unknown[0]}' is no stage; stages: {', '.join(known)}"
                continue
            if row.quantised and (self.fine_tuning is None or self.stage(row.stages[-1]).form != "binary"):
                yield f'row {row.name}: quantised needs [fine_tuning] and a last stage of form "binary"'
            try:
                self._as_flow(row)
            except ValidationError as error:
                yield from (f"row {row.name}: {_where(item['loc'])}{item['msg']}" for item in error.errors())

    def _as_flow(self, row: RowOptions) -> None:
        """Check network and chain of a row by the rules of a flow; a chain that ends in another form lacks its end."""
        network, chain = self.row_network(row), self.chain(row)
        if chain[-1].form != "binary":
            end = ChainStageOptions(name="end", form="binary", epochs=0, learning_rate=1.0)
            chain = (*chain, end)
        training = TrainingOptions(stages=chain, fine_tuning=StageOptions(epochs=0, learning_rate=1.0))
        Flow(name=self.name, data=self.data, network=network, training=training)


def load_ablation(name_or_file: str | Path) -> AblationOptions:
    """Load an ablation by name, or from a ``.toml`` file; every error is an InputError of ``load_settings``."""
    return load_settings("ablation", name_or_file, resources.flows_directory() / _FOLDER, AblationOptions)


def _where(location: tuple[int | str, ...]) -> str:
    return f"{'.'.join(map(str, location))}: " if location else ""
