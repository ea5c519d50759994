"""A recipe as data: what a training stage trains, from what, taught by what, and how; torch-free and strict."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from r2b_hw.data_options import AugmentationOptions
from r2b_hw.settings import Section

NetworkForm = Literal["real", "tanh", "binary-activations", "binary"]
"""``real``: the standard residual network. The other three share the binary architecture and its parameters:
tanh in place of sign with real weights, sign with real weights, sign with binary weights."""

SHORT_STAGES = ("binary activations", "binary weights")
"""Names of the stages of a recipe that lists none."""

QUANTISED_STAGE = "fine-tuning"
"""Name of the stage that follows them all."""


class StageOptions(Section):
    """One training stage: Adam with linear warm-up (in steps) and a cosine to zero."""

    epochs: int = Field(ge=0)
    learning_rate: float = Field(gt=0.0)
    weight_decay: float = Field(default=0.0, ge=0.0)
    warm_up_steps: int = Field(default=0, ge=0)


class LossOptions(Section):
    """Weights of the three losses of a stage, and their choices.

    ``attention_points`` says where maps are compared: at the end of each ``block`` of two half-blocks, at the end of
    each ``stage`` (where channels or size are about to change, and at the end), or after the half-blocks listed.
    """

    cross_entropy: float = Field(default=1.0, ge=0.0)
    label_smoothing: float = Field(default=0.0, ge=0.0, lt=1.0)
    attention: float = Field(default=0.0, ge=0.0)
    attention_normalisation: Literal["l2", "max"] = "l2"
    attention_distance: Literal["norm", "mean-square"] = "norm"
    attention_points: Literal["block", "stage"] | Annotated[tuple[int, ...], Field(strict=False, min_length=1)] = (
        "block"
    )
    logits: float = Field(default=0.0, ge=0.0)
    temperature: float = Field(default=1.0, gt=0.0)

    @property
    def taught(self) -> bool:
        """Whether a teacher is needed."""
        return self.attention > 0.0 or self.logits > 0.0

    @model_validator(mode="after")
    def _something_to_minimise(self) -> Self:
        if self.cross_entropy == self.attention == self.logits == 0.0:
            raise ValueError("every weight is zero; give cross_entropy, attention or logits a weight")
        return self


class ChainStageOptions(StageOptions):
    """One stage of a chain.

    ``teacher`` and ``initialisation`` name earlier stages. ``steps`` are the epochs after which the schedule ``steps``
    multiplies the learning rate by ``decay``; warm-up comes first in either schedule. ``momentum`` is that of ``sgd``.
    ``residual_blocks`` are those of each stage of a network of form ``real`` whose depth is not the binary network's.
    With ``average_epochs`` the stage ends with the mean of its weights after each of its last epochs.
    ``mix_up`` is the parameter of Beta(mix_up, mix_up), 0 for none. ``augmentation`` replaces the data's.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9 -]*$", max_length=40)
    form: NetworkForm
    residual_blocks: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(strict=False)] | None = None
    teacher: str | None = None
    initialisation: str | None = None
    optimiser: Literal["adam", "sgd"] = "adam"
    momentum: float = Field(default=0.9, ge=0.0, lt=1.0)
    schedule: Literal["cosine", "steps"] = "cosine"
    warm_up_epochs: int = Field(default=0, ge=0)
    steps: Annotated[tuple[int, ...], Field(strict=False)] = ()
    decay: float = Field(default=0.1, gt=0.0, le=1.0)
    average_epochs: int = Field(default=0, ge=0)
    augmentation: AugmentationOptions | None = None
    mix_up: float = Field(default=0.0, ge=0.0)
    losses: LossOptions = LossOptions()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems: list[str] = []
        if self.losses.taught and self.teacher is None:
            problems.append("attention and logits need a teacher")
        if self.teacher is not None and not self.losses.taught:
            problems.append("a teacher needs a weight of losses.attention or losses.logits")
        if self.average_epochs > self.epochs:
            problems.append(f"average_epochs is {self.average_epochs}, above epochs, {self.epochs}")
        if self.residual_blocks is not None and self.form != "real":
            problems.append('residual_blocks belong to form = "real"')
        if self.warm_up_steps and self.warm_up_epochs:
            problems.append("give warm_up_steps or warm_up_epochs, not both")
        if (self.schedule == "steps") != bool(self.steps):
            problems.append('schedule = "steps" and a list of steps belong together')
        if any(later <= earlier for earlier, later in pairwise((0, *self.steps, self.epochs))) and self.steps:
            problems.append("steps are epochs that rise, above 0 and below epochs")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class TrainingOptions(Section):
    """The recipe: stages, then calibration and fine-tuning of the quantised network.

    ``stages`` is a chain that ends in a binary network. Without it, ``binary_activations`` and ``binary_weights`` are
    the two stages of the short form; ``label_smoothing`` and ``logit_matching`` hold for those and for fine-tuning.
    Calibration gives each activation the power-of-two scale that holds ``calibration_percentile`` of its magnitudes;
    ``mse`` then lowers it where the mean squared error falls.
    """

    seed: int = Field(default=0, ge=0)
    batch_size: int = Field(default=64, ge=2)
    label_smoothing: float = Field(default=0.0, ge=0.0, lt=1.0)
    logit_matching: float = Field(default=0.0, ge=0.0)
    calibration_batches: int = Field(default=40, ge=1)
    calibration: Literal["percentile", "mse"] = "percentile"
    calibration_percentile: float = Field(default=99.999, gt=50.0, le=100.0)
    binary_activations: StageOptions | None = None
    binary_weights: StageOptions | None = None
    stages: Annotated[tuple[ChainStageOptions, ...], Field(strict=False)] = ()
    fine_tuning: StageOptions

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        short = (self.binary_activations, self.binary_weights)
        if self.stages:
            if short != (None, None):
                raise ValueError("give stages, or binary_activations and binary_weights, not both")
            problems = _chain_problems(self.stages)
            if problems:
                raise ValueError("; ".join(problems))
        elif None in short:
            raise ValueError("give binary_activations and binary_weights, or stages")
        return self

    def chain(self) -> tuple[ChainStageOptions, ...]:
        """The stages before calibration, also where the recipe is in its short form."""
        first, second = self.binary_activations, self.binary_weights
        if first is None or second is None:
            return self.stages
        real, binary = SHORT_STAGES
        taught = self.logit_matching > 0.0
        return (
            ChainStageOptions(
                name=real,
                form="binary-activations",
                losses=LossOptions(label_smoothing=self.label_smoothing),
                **first.model_dump(),
            ),
            ChainStageOptions(
                name=binary,
                form="binary",
                initialisation=real,
                teacher=real if taught else None,
                losses=LossOptions(label_smoothing=self.label_smoothing, logits=self.logit_matching),
                **second.model_dump(),
            ),
        )

    def all_stages(self) -> tuple[ChainStageOptions, ...]:
        """The chain and fine-tuning, in order."""
        return (*self.chain(), self.quantised_stage())

    def quantised_stage(self) -> ChainStageOptions:
        """Fine-tuning as a stage; its teacher, if ``logit_matching`` asks for one, is the last of the chain."""
        last = self.chain()[-1].name
        return ChainStageOptions(
            name=QUANTISED_STAGE,
            form="binary",
            initialisation=last,
            teacher=last if self.logit_matching > 0.0 else None,
            losses=LossOptions(label_smoothing=self.label_smoothing, logits=self.logit_matching),
            **self.fine_tuning.model_dump(),
        )


def _chain_problems(stages: tuple[ChainStageOptions, ...]) -> list[str]:
    problems: list[str] = []
    earlier: dict[str, ChainStageOptions] = {}
    for stage in stages:
        if stage.name in earlier or stage.name == QUANTISED_STAGE:
            problems.append(f"{stage.name}: the name is taken; stages need names of their own")
        for key, name in (("teacher", stage.teacher), ("initialisation", stage.initialisation)):
            if name is not None and name not in earlier:
                known = ", ".join(earlier) or "none"
                problems.append(f"{stage.name}: {key} '{name}' is no earlier stage; earlier stages: {known}")
        source = earlier.get(stage.initialisation or "")
        if source is not None and source.residual_blocks != stage.residual_blocks:
            problems.append(f"{stage.name}: initialisation '{source.name}' has other residual_blocks")
        if source is not None and (source.form == "real") != (stage.form == "real"):
            problems.append(
                f"{stage.name}: initialisation '{source.name}' is of form {source.form}, whose parameters "
                f"do not fit form {stage.form}"
            )
        earlier[stage.name] = stage
    if stages[-1].form != "binary":
        problems.append(f'{stages[-1].name}: the last stage needs form = "binary"')
    return problems
