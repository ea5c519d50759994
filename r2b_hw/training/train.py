"""The recipe: binary activations, binary weights, calibration, quantisation-aware fine-tuning, freezing."""

# pyright: basic
import copy
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from r2b_hw.flow import Flow
from r2b_hw.nn import R2BNetwork, calibrate, evaluate, float_network, freeze
from r2b_hw.nn.quantise import quantise
from r2b_hw.training.batchnorm import re_estimate
from r2b_hw.training.data import Split, batches_per_epoch, load_dataset
from r2b_hw.training.progress import TrainingProgress
from r2b_hw.training.result import Accuracy, TrainingResult
from r2b_hw.training.stages import Trainer, binarise, fine_tune, score, train_stage

THREADS = 1
"""torch's order of summation depends on the number of threads: a fixed one makes runs repeatable. It is one
because threads that share their cores with other processes spin: a step took 25 times as long with two."""


def train(flow: Flow, *, seed: int | None = None, progress: bool | None = None) -> TrainingResult:
    """Train the network of a flow and freeze it.

    Parameters
    ----------
    flow
        The recipe.
    seed
        Of initial weights, order and augmentation; the flow's own when None. The split has its own seed.
    progress
        Show a progress bar on stderr: True, False, or None for on a terminal only.
    """
    options = flow.training
    seed = options.seed if seed is None else seed
    dataset = load_dataset(flow.data)
    epochs = options.binary_activations.epochs + options.binary_weights.epochs + options.fine_tuning.epochs
    steps = epochs * batches_per_epoch(dataset.train, options.batch_size)
    with _repeatable(seed), TrainingProgress(steps, progress) as bar:
        generator = torch.Generator().manual_seed(seed)
        trainer = Trainer(dataset, flow.data.augmentation, options, generator, bar)
        model = float_network(flow.network)
        binarise(model, activations=True, weights=False)
        first = train_stage(trainer, model, "binary activations", options.binary_activations)
        teacher = copy.deepcopy(model).eval()
        binarise(model, activations=True, weights=True)
        re_estimate(model, trainer.images())
        second = train_stage(trainer, model, "binary weights", options.binary_weights, teacher)
        re_estimate(model, trainer.images())
        bar.stage("calibration")
        quantised = quantise(model, options.calibration_batches)
        calibrate(quantised, trainer.calibration_images())
        third = fine_tune(trainer, quantised, "fine-tuning", options.fine_tuning, model)
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
            history=(first, second, third),
        )


def exact_accuracy(model: R2BNetwork, split: Split) -> float:
    """Accuracy by the reference evaluator, which also proves every tensor on its grid."""
    outputs = evaluate(model, split.images).outputs
    return float(np.mean(outputs.argmax(1) == split.labels))


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
