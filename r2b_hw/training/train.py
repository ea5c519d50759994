"""The recipe: a chain of stages to a binary network, calibration, quantisation-aware fine-tuning, freezing."""

# pyright: basic
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from r2b_hw.flow import Flow
from r2b_hw.nn import R2BNetwork, evaluate, freeze
from r2b_hw.training.chain import Chain
from r2b_hw.training.data import Split, load_dataset
from r2b_hw.training.progress import TrainingProgress
from r2b_hw.training.result import Accuracy, TrainingResult
from r2b_hw.training.stage_files import FOLDER, StageFiles
from r2b_hw.training.stages import score
from r2b_hw.training.trainer import Trainer

THREADS = 1
"""torch's order of summation depends on the number of threads: a fixed one makes runs repeatable. It is one
because threads that share their cores with other processes spin: a step took 25 times as long with two."""

EXACT_BATCH = 32
"""The reference evaluator keeps every layer's output: those of a batch of 224x224 images fill gigabytes."""


def train(
    flow: Flow, *, seed: int | None = None, progress: bool | None = None, folder: Path | None = None
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

    Raises
    ------
    InputError
        A stage file is damaged or cannot be written.
    """
    options = flow.training
    seed = options.seed if seed is None else seed
    dataset = load_dataset(flow.data)
    dataset.require_fit(flow.network)
    files = StageFiles(None if folder is None else folder / FOLDER, flow, seed)
    files.clean()
    steps = sum(stage.epochs for stage in options.all_stages()) * dataset.steps_per_epoch(options.batch_size)
    with _repeatable(seed), TrainingProgress(steps, progress) as bar:
        generator = torch.Generator().manual_seed(seed)
        trainer = Trainer(dataset, flow.data.augmentation, options.batch_size, generator, bar)
        chain = Chain(flow, trainer, files)
        model = chain.run()
        quantised = chain.fine_tune(model)
        bar.stage("freezing")
        report = freeze(quantised)
        return TrainingResult(
            flow=flow,
            seed=seed,
            model=report.model,
            float_accuracy=Accuracy(score(model, dataset.validation)[0], score(model, dataset.test)[0]),
            quantised_accuracy=Accuracy(
                exact_accuracy(report.model, dataset.validation), exact_accuracy(report.model, dataset.test)
            ),
            ties=report.ties,
            changed=report.changed,
            history=tuple(chain.history),
        )


def exact_accuracy(model: R2BNetwork, split: Split) -> float:
    """Accuracy by the reference evaluator, which also proves every tensor on its grid."""
    right = 0
    for images, labels in split.batches(EXACT_BATCH):
        right += int(np.sum(evaluate(model, images.numpy()).outputs.argmax(1) == labels.numpy()))
    return right / len(split)


@contextmanager
def _repeatable(seed: int) -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)
