"""Where a build starts: a flow, a Brevitas model or a QONNX file; each becomes model.onnx and golden tensors."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from r2b_hw.errors import InputError
from r2b_hw.flow import Flow, load_flow
from r2b_hw.verification.model_rungs import MODEL_FILE

if TYPE_CHECKING:
    from r2b_hw.nn import Exporter
    from r2b_hw.training import TrainingResult

Floats = npt.NDArray[np.float32]

EXAMPLE_IMAGES = 16
"""Random images that stand in as the golden set's where a QONNX file comes without any."""

GOLDEN_VALUES = 2**18
MOST_GOLDEN_IMAGES = 1000

UNTRAINED_FILE = "untrained.onnx"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Accuracies:
    """Share of test images the network classifies right before quantisation, and the sizes of the splits."""

    float_network: float
    train_images: int
    validation_images: int


@dataclass(frozen=True, eq=False)
class Source:
    """A model ready to be lowered.

    Attributes
    ----------
    name
        Names the accelerator.
    origin
        What it was given as: "flow", "module" or "qonnx"; the golden tensors come from the executed file for the last,
        from PyTorch otherwise.
    images, labels
        Reference images (N, C, H, W) float32; None lets the build draw random ones.
    outputs, modules
        What the PyTorch model gives for them: outputs, and every quantised layer's output by module path.
    frozen_ties
        Values that freezing decided at a tie.
    """

    name: str
    origin: str
    images: Floats | None
    labels: npt.NDArray[np.int64] | None = None
    outputs: Floats | None = None
    modules: Mapping[str, Floats] = field(default_factory=dict[str, Floats])
    accuracy: Accuracies | None = None
    frozen_ties: int = 0
    target_fps: float | None = None


def from_flow(
    source: "str | Path | Flow", folder: Path, *, seed: int | None, exporter: str, progress: bool, say: Say
) -> Source:
    """Train the flow's network unless ``folder`` holds its checkpoint; export it and evaluate the test split."""
    flow = source if isinstance(source, Flow) else load_flow(source)
    chosen = known_exporter(exporter)
    from r2b_hw.nn import evaluate
    from r2b_hw.training import load_dataset

    trained = _trained(flow, folder, seed, progress, say)
    data = load_dataset(flow.data)
    images, labels = data.test.examples(golden_images(data.shape))
    _export(trained.model, images[:1], folder / MODEL_FILE, chosen)
    reference = evaluate(trained.model, images)
    return Source(
        name=flow.name,
        origin="flow",
        images=images,
        labels=labels,
        outputs=reference.outputs,
        modules=reference.tensors,
        accuracy=Accuracies(trained.float_accuracy.test, len(data.train), len(data.validation)),
        frozen_ties=trained.ties,
        target_fps=flow.build.target_fps,
    )


def export_flow(flow: Flow, folder: Path, *, seed: int | None, exporter: str, progress: bool, say: Say) -> Path:
    """Train the flow's network unless ``folder`` holds its checkpoint, and export it; return the QONNX file."""
    chosen = known_exporter(exporter)
    from r2b_hw.nn import random_images as noise

    trained = _trained(flow, folder, seed, progress, say)
    _export(trained.model, noise(flow.network, 1, 0).numpy(), folder / MODEL_FILE, chosen)
    return folder / MODEL_FILE


def export_untrained(flow: Flow, folder: Path, *, seed: int | None, exporter: str) -> Path:
    """Export the flow's network with random weights, its ranges calibrated on noise; return the QONNX file.

    It lies beside what a build keeps in ``folder``, and needs no data. The same flow and seed give the same file.
    """
    chosen = known_exporter(exporter)
    from r2b_hw.nn import random_images as noise
    from r2b_hw.nn import realistic_frozen_network
    from r2b_hw.training import repeatable

    number = flow.training.seed if seed is None else seed
    with repeatable(number, threads=1):
        model = realistic_frozen_network(flow.network, number)
        _export(model, noise(flow.network, 1, 0).numpy(), folder / UNTRAINED_FILE, chosen)
    return folder / UNTRAINED_FILE


def from_module(model: Any, folder: Path, *, images: Floats | None, exporter: str) -> Source:
    """Freeze (where needed) and export a Brevitas model, and evaluate it on ``images``."""
    from torch.nn import Module

    from r2b_hw.nn import R2BNetwork, evaluate, freeze, is_frozen

    if not isinstance(model, Module):
        raise InputError(
            f"build: expected a flow, a QONNX file or a Brevitas model (torch.nn.Module), got {type(model).__name__}"
        )
    if images is None:
        raise InputError("build: a PyTorch model needs images=, an array N x C x H x W float32, as its golden set")
    chosen = known_exporter(exporter)
    frozen_ties = 0
    if isinstance(model, R2BNetwork) and not is_frozen(model):
        frozen = freeze(model)
        model, frozen_ties = frozen.model, frozen.ties
    try:
        _export(model, images[:1], folder / MODEL_FILE, chosen)
    except RuntimeError as error:
        sizes = "x".join(map(str, images.shape))
        cause = (str(error).splitlines() or ["no message"])[0]
        raise InputError(f"images: the model cannot be exported with an image of {sizes} (NCHW): {cause}") from error
    reference = evaluate(model, images)
    return Source(
        name=type(model).__name__.lower(),
        origin="module",
        images=images,
        outputs=reference.outputs,
        modules=reference.tensors,
        frozen_ties=frozen_ties,
    )


def from_onnx(path: Path, folder: Path, *, images: Floats | None) -> Source:
    """Take a QONNX file as it is; its execution is golden."""
    # Checking it here names the user's file, not its copy, where it is none.
    check_onnx(path)
    from r2b_hw.frontend.copy_model import copy_model

    target = folder / MODEL_FILE
    if path.resolve() != target.resolve():
        copy_model(path, target)
    return Source(name=path.stem, origin="qonnx", images=images)


def check_onnx(path: Path) -> None:
    """Raise InputError naming ``path`` unless it is an ONNX file that can be read."""
    if not path.is_file():
        wrong = "is a folder" if path.is_dir() else "not found"
        raise InputError(f"{path}: {wrong}; give a flow's name or a QONNX file")
    from onnx.checker import ValidationError

    from r2b_hw.frontend.load import read_tagged

    try:
        read_tagged(path)
    except ValidationError as error:
        raise InputError(f"{path}: {str(error).splitlines()[0]}; keep both files together") from None


def golden_images(shape: tuple[int, int, int]) -> int:
    """How many test images of this (channels, height, width) become golden: every layer's output is kept for each."""
    return min(max(GOLDEN_VALUES // math.prod(shape), 1), MOST_GOLDEN_IMAGES)


def random_images(shape: tuple[int, int, int], lo: float, hi: float) -> Floats:
    """Return reproducible images between the ends of the input quantiser's range, both reached."""
    generator = np.random.default_rng(0)
    return generator.uniform(lo, hi, (EXAMPLE_IMAGES, *shape)).astype(np.float32)


def known_exporter(exporter: str) -> "Exporter":
    """Return ``exporter`` if there is one of that name; raise InputError naming the known ones."""
    from r2b_hw.nn import EXPORTERS

    for known in EXPORTERS:
        if known == exporter:
            return known
    raise InputError(f"--exporter: {exporter} is unknown; choose one of {', '.join(EXPORTERS)}")


def _trained(flow: Flow, folder: Path, seed: int | None, progress: bool, say: Say) -> "TrainingResult":
    from r2b_hw.training import train_to_folder

    say(f"train: flow {flow.name} (kept in {folder / 'checkpoint.pt'}, reused while the flow does not change)")
    return train_to_folder(flow, folder, seed=seed, progress=progress)


def _export(model: Any, example: Floats, path: Path, exporter: "Exporter") -> None:
    from r2b_hw.nn import export_qonnx

    export_qonnx(model, example, path, exporter)
