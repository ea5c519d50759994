"""Data sets: training batches in random order, and splits in fixed order, the same for any number of processes."""

from r2b_hw.training.data.dataset import Batch, Dataset, MemorySplit, Split
from r2b_hw.training.data.load import load_dataset

__all__ = ["Batch", "Dataset", "MemorySplit", "Split", "load_dataset"]
