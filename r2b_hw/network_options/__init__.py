"""The architecture of a network as data: the ``[network]`` table of a flow; torch-free and strict."""

from r2b_hw.network_options.options import EXACT_BITS, NetworkOptions
from r2b_hw.network_options.parts import DownsampleOptions, HalfBlockOptions, StemOptions

__all__ = ["EXACT_BITS", "DownsampleOptions", "HalfBlockOptions", "NetworkOptions", "StemOptions"]
