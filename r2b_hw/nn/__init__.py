"""The Real-to-Binary network in Brevitas, under the numeric contract.

Stable API
----------
``NetworkOptions``, ``StemOptions``, ``HalfBlockOptions``
    The architecture (defined in :mod:`r2b_hw.network_options`, which needs no torch).
``float_network``, ``quantised_network``, ``quantise``, ``calibrate``, ``fit_scales``
    The network to train, the Brevitas network, and the way from one to the other.
``RealNetwork``, ``network_of_form``, ``take_form``
    The standard residual network, and the four forms of the progressive chain.
``answer(images)`` of either network -> ``Answer``
    Logits and maps, for teachers and students.
``freeze`` -> ``FreezeReport``, ``is_frozen``
    The model that is exported, verified and built.
``export_qonnx(model, example, path, exporter)``
    One QONNX file.
``evaluate(model, images)`` -> ``Reference``
    Outputs and every quantised layer's output, float32, keyed by module path.
``packed(model)``
    A copy for evaluation whose binary convolutions run as XNOR and popcount.
``random_frozen_network(options, seed)``, ``realistic_frozen_network(options, seed)``, ``random_images``
    Networks without training, for tests, and images of noise.
"""

from r2b_hw.network_options import HalfBlockOptions, NetworkOptions, StemOptions
from r2b_hw.nn import quiet_import  # noqa: F401  # pyright: ignore[reportUnusedImport]
from r2b_hw.nn.answer import Answer
from r2b_hw.nn.calibration import calibrate, freeze_statistics
from r2b_hw.nn.export import EXPORTERS, Exporter, export_qonnx
from r2b_hw.nn.fit_scales import fit_scales
from r2b_hw.nn.forms import network_of_form, take_form
from r2b_hw.nn.freeze import FreezeReport, freeze, is_frozen
from r2b_hw.nn.network import R2BNetwork, float_network, quantised_network
from r2b_hw.nn.packed import packed
from r2b_hw.nn.quantise import quantise
from r2b_hw.nn.random_network import (
    random_frozen_network,
    random_images,
    random_quantised_network,
    realistic_frozen_network,
)
from r2b_hw.nn.real_network import RealNetwork
from r2b_hw.nn.reference import Reference, evaluate

__all__ = [
    "EXPORTERS",
    "Answer",
    "Exporter",
    "FreezeReport",
    "HalfBlockOptions",
    "NetworkOptions",
    "R2BNetwork",
    "RealNetwork",
    "Reference",
    "StemOptions",
    "calibrate",
    "evaluate",
    "export_qonnx",
    "fit_scales",
    "float_network",
    "freeze",
    "freeze_statistics",
    "is_frozen",
    "network_of_form",
    "packed",
    "quantise",
    "quantised_network",
    "random_frozen_network",
    "random_images",
    "random_quantised_network",
    "realistic_frozen_network",
    "take_form",
]
