"""The data set a flow names."""

# pyright: basic
from r2b_hw.data_options import DataOptions
from r2b_hw.training.data.dataset import Dataset
from r2b_hw.training.data.digits import Digits


def load_dataset(options: DataOptions) -> Dataset:
    """Load the data set of a flow; its splits depend on ``options`` only."""
    return Digits(options)
