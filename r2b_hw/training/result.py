"""What training gives."""

# pyright: basic
from dataclasses import dataclass, field

from r2b_hw.flow import Flow
from r2b_hw.nn import R2BNetwork
from r2b_hw.training.execution import Numerics


@dataclass(frozen=True)
class Accuracy:
    """Shares of correctly classified images, in [0, 1]."""

    validation: float
    test: float


@dataclass(frozen=True)
class Switch:
    """Validation accuracy where a stage begins with the parameters of another.

    The network has already taken its new form; ``before`` its batch-normalisation statistics are re-estimated, and
    ``after``.
    """

    before: float
    after: float


@dataclass(frozen=True)
class StageHistory:
    """One stage's mean training loss, and validation accuracy, per epoch.

    ``switch`` is None for a stage from initial weights. ``averaged`` tells of the same around the re-estimation for the
    mean of the last epochs' weights, where a stage ends with one. ``test`` is the test accuracy of the stage's network;
    None in checkpoints that lack it.
    """

    stage: str
    loss: tuple[float, ...]
    validation: tuple[float, ...]
    switch: Switch | None = None
    test: float | None = None
    averaged: Switch | None = None


@dataclass(frozen=True)
class TrainingResult:
    """A trained, frozen network.

    Attributes
    ----------
    flow, seed
        What it came from.
    model
        The frozen network, in eval mode.
    float_accuracy
        Of the network with binary activations and weights and everything else in float, before calibration.
    quantised_accuracy
        Of ``model``: what the accelerator computes.
    ties, changed
        See :class:`r2b_hw.nn.FreezeReport`.
    history
        Per stage.
    numerics
        The arithmetic it was trained with.
    """

    flow: Flow
    seed: int
    model: R2BNetwork
    float_accuracy: Accuracy
    quantised_accuracy: Accuracy
    ties: int
    changed: int
    history: tuple[StageHistory, ...]
    numerics: Numerics = field(default_factory=Numerics)
