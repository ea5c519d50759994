"""These tests compare bits, which a GPU does not promise; they run on the CPU wherever they run."""

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def no_cuda() -> None:
    """Hide CUDA from ``--device auto``."""
    torch.cuda.is_available = lambda: False
