"""The front end: a QONNX file is cleaned, checked against the numeric contract and turned into integer operations."""

from r2b_hw.frontend.checked_model import CheckedModel
from r2b_hw.frontend.executed import Executed, execute
from r2b_hw.frontend.load import load_model

__all__ = ["CheckedModel", "Executed", "execute", "load_model"]
