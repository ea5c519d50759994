"""Training: a chain of stages to a binary network, calibration, quantisation-aware fine-tuning, freezing.

Stable API
----------
``train(flow, seed=None, progress=None, folder=None, execution=None)`` -> ``TrainingResult``
    The whole recipe; with a folder, a run that was killed continues.
``Execution``
    Device, precision, logs: how a recipe is executed. Under torchrun all processes train one network.
``train_to_folder(flow, folder, ...)`` -> ``TrainingResult``
    The same, kept in ``folder/checkpoint.pt`` and reused while flow and seed match.
``save_checkpoint(result, path)``, ``load_checkpoint(path)``
    The frozen model with its flow embedded.
``load_dataset(options)`` -> ``Dataset``
    Images (N, C, H, W) float32 and labels, split into train, validation and test.
``repeatable(seed, threads)``
    A context in which torch computes the same again.
"""

from r2b_hw.training.checkpoint import load_checkpoint, save_checkpoint, train_to_folder
from r2b_hw.training.data import Dataset, Split, load_dataset
from r2b_hw.training.execution import Execution, Numerics
from r2b_hw.training.result import Accuracy, StageHistory, Switch, TrainingResult
from r2b_hw.training.train import repeatable, train

__all__ = [
    "Accuracy",
    "Dataset",
    "Execution",
    "Numerics",
    "Split",
    "StageHistory",
    "Switch",
    "TrainingResult",
    "load_checkpoint",
    "load_dataset",
    "repeatable",
    "save_checkpoint",
    "train",
    "train_to_folder",
]
