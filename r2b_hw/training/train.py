"""The recipe: a chain of stages to a binary network, calibration, quantisation-aware fine-tuning, freezing."""

# pyright: basic
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from r2b_hw.flow import Flow
from r2b_hw.nn import R2BNetwork, evaluate, freeze
from r2b_hw.training.chain import Chain
from r2b_hw.training.data import Split, load_dataset
from r2b_hw.training.execution import Execution
from r2b_hw.training.logs import make_log
from r2b_hw.training.progress import TrainingProgress
from r2b_hw.training.result import Accuracy, TrainingResult
from r2b_hw.training.runtime import Runtime, runtime
from r2b_hw.training.scoring import score
from r2b_hw.training.stage_files import FOLDER, StageFiles
from r2b_hw.training.trainer import Trainer

EXACT_BATCH = 32
"""The reference evaluator keeps every layer's output: those of a large batch of large images fill gigabytes."""

PROVEN_IMAGES = 1024
"""Images of a split, for each process, on which every tensor is proven to lie on its grid."""


def train(
    flow: Flow,
    *,
    seed: int | None = None,
    progress: bool | None = None,
    folder: Path | None = None,
    execution: Execution | None = None,
) -> TrainingResult:
    """Train the network of a flow and freeze it.

    Parameters
    ----------
    flow
        The recipe.
    seed
        Of initial weights, order and augmentation; the flow's own when None. The split has its own seed.
    progress
        Show a progress bar on stderr: True, False, or None for on a terminal only.
    folder
        Keep the state of each stage in ``folder/stages`` and continue from what lies there; the result is that of an
        uninterrupted run. None keeps nothing.
    execution
        Device, precision, logs. Where torchrun started this process, it trains together with the others.

    Raises
    ------
    InputError
        A stage file is damaged or cannot be written; the execution cannot be had here.
    """
    execution = execution or Execution()
    seed = flow.training.seed if seed is None else seed
    with runtime(execution) as place, repeatable(seed, execution.threads), place.arithmetic():
        return _train(flow, seed, progress, folder, place)


def _train(flow: Flow, seed: int, progress: bool | None, folder: Path | None, place: Runtime) -> TrainingResult:
    options, processes, execution = flow.training, place.processes, place.execution
    dataset = load_dataset(flow.data)
    dataset.require_fit(flow.network)
    stages = None if folder is None else folder / FOLDER
    files = StageFiles(stages, flow, seed, execution.numerics, processes.first)
    files.clean()
    log = make_log(execution.log if processes.first else None, folder)
    steps = sum(stage.epochs for stage in options.all_stages())
    steps *= dataset.steps_per_epoch(options.batch_size, processes.world_size)
    with TrainingProgress(steps, progress if processes.first else False) as bar:
        generator = torch.Generator().manual_seed(seed)
        trainer = Trainer(dataset, flow.data.augmentation, options.batch_size, generator, bar, place, log)
        chain = Chain(flow, trainer, files)
        model = chain.run()
        quantised = chain.fine_tune(model)
        bar.stage("freezing")
        report = freeze(quantised.cpu())
        exact = place.quantised()
        with exact.arithmetic():
            validation, test = (score(model, split, exact)[0] for split in (dataset.validation, dataset.test))
        return TrainingResult(
            flow=flow,
            seed=seed,
            model=report.model,
            float_accuracy=Accuracy(validation, test),
            quantised_accuracy=Accuracy(
                exact_accuracy(report.model, dataset.validation, place),
                exact_accuracy(report.model, dataset.test, place),
            ),
            ties=report.ties,
            changed=report.changed,
            history=tuple(chain.history),
            numerics=execution.numerics,
        )


def exact_accuracy(model: R2BNetwork, split: Split, place: Runtime | None = None) -> float:
    """Accuracy by the reference evaluator on the CPU, which proves the tensors of the first :data:`PROVEN_IMAGES`.

    Several processes share the images.
    """
    place = place or Runtime()
    processes = place.processes
    counts = torch.zeros(2, dtype=torch.int64, device=place.device)
    for images, labels in split.batches(EXACT_BATCH * processes.world_size, processes.rank, processes.world_size):
        outputs = evaluate(model, images, capture=int(counts[1]) < PROVEN_IMAGES).outputs
        right = int(np.sum(outputs.argmax(1) == labels.numpy()))
        counts += torch.tensor([right, len(labels)], device=place.device)
    right, total = processes.total(counts).tolist()
    return right / total


@contextmanager
def repeatable(seed: int, threads: int) -> Iterator[None]:
    """torch's order of summation depends on the number of threads: a fixed one makes runs repeatable.

    By default it is one, because threads that share their cores with other processes spin: a step took 25 times as
    long with two.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            # Of 1x1 convolutions between processes with --channels-last: both layouts are the same.
            warnings.filterwarnings("ignore", message="Grad strides do not match bucket view strides")
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(before)
