"""r2b-hw: Real-to-Binary networks from Brevitas training to verified FPGA accelerators."""

from r2b_hw.version import __version__

__all__ = ["__version__"]
