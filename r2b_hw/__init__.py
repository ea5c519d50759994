"""r2b-hw: Real-to-Binary networks from Brevitas training to verified FPGA accelerators.

>>> import r2b_hw
>>> accelerator = r2b_hw.build("digits", board="pynq-z2")
>>> run = accelerator.simulate(images)
>>> run.outputs, run.interval, run.latency
"""

from r2b_hw.api import build, explore, load
from r2b_hw.version import __version__

__all__ = ["__version__", "build", "explore", "load"]
