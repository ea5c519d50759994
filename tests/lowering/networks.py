"""Random frozen networks, exported once a test session."""

# pyright: basic
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from brevitas.nn.mixin.base import QuantLayerMixin

from r2b_hw.network_options import HalfBlockOptions, NetworkOptions, StemOptions
from r2b_hw.nn import Exporter, evaluate, export_qonnx, random_frozen_network, random_images

B = HalfBlockOptions
_FOLDER = TemporaryDirectory(prefix="r2b-hw-")


def options(**changes: object) -> NetworkOptions:
    blocks = (B(channels=8), B(channels=12, stride=2))
    base = {"input_height": 8, "input_width": 8, "classes": 10, "stem": StemOptions(channels=8), "blocks": blocks}
    return NetworkOptions.model_validate({**base, **changes})


_PAIRS = (B(channels=8), B(channels=8), B(channels=12, stride=2), B(channels=12))
_STRIDED = {"binary": True, "average_pool": False}
_BARE = StemOptions(channels=8, activation="none")
NETWORKS: dict[str, NetworkOptions] = {
    "gated": options(blocks=(B(channels=8), B(channels=16, stride=2), B(channels=16))),
    "wider": options(blocks=(B(channels=12), B(channels=20))),
    "no_gate": options(gate=False),
    "no_prelu": options(activation="none", stem=_BARE),
    "bare": options(gate=False, activation="none", stem=_BARE),
    "kernel_1": options(blocks=(B(channels=8, kernel=1), B(channels=12, kernel=1, stride=2))),
    "kernel_5": options(blocks=(B(channels=8, kernel=5), B(channels=12, kernel=5, stride=2))),
    "ratio_4": options(stem=StemOptions(channels=24), gate_ratio=4, blocks=(B(channels=24), B(channels=32, stride=2))),
    "residual_6": options(residual_bits=6),
    "wide_slopes": options(slope_bits=6),
    "non_square": options(input_height=12, input_width=20, blocks=(B(channels=8), B(channels=12, stride=2, kernel=5))),
    "colour": options(
        input_channels=3,
        input_height=16,
        input_width=16,
        input_signed=True,
        input_maximum=1.0,
        stem=StemOptions(channels=8, kernel=7, stride=2),
    ),
    "rows_columns": options(scale="channel-row-column", gate=False),
    "pixels": options(scale="channel-pixel", activation="relu"),
    "dense": options(scale="dense", activation="relu"),
    "magnitudes": options(
        scale="analytic-k", gate=False, input_height=9, input_width=7, downsample=_STRIDED, activation="relu"
    ),
    "scaled_gate": options(scale="channel"),
    "normalised_after": options(normalisation="after", gate=False, downsample=_STRIDED),
    "block_skip": options(skip="block", gate=False, activation="relu", normalisation="after", blocks=_PAIRS),
    "hardtanh": options(skip="block", gate=False, activation="hardtanh", scale="dense", blocks=_PAIRS),
    "binary_downsample": options(downsample={"binary": True}, sign_at_zero=-1),
    "padded_with_ones": options(padding_value=1, blocks=(B(channels=8), B(channels=12, stride=2, kernel=5))),
    "padded_with_minus_ones": options(padding_value=-1, scale="channel-pixel", activation="none"),
    "pooled_stem": options(
        input_channels=3,
        input_height=33,
        input_width=24,
        stem=StemOptions(channels=8, kernel=7, stride=2, max_pool=True, activation="relu"),
        downsample={"average_pool": False},
    ),
}


@dataclass(frozen=True)
class Exported:
    """A file, images, and what torch computes for them; ``layers`` are the paths of the quantised ones."""

    path: Path
    images: np.ndarray
    outputs: np.ndarray
    tensors: dict[str, np.ndarray]
    layers: frozenset[str]


def exported(name: str, exporter: Exporter, seed: int = 5) -> Exported:
    """Return network ``name``; the same arguments give the same file."""
    return _exported(name, exporter, seed)


@cache
def _exported(name: str, exporter: Exporter, seed: int) -> Exported:
    model = random_frozen_network(NETWORKS[name], seed)
    images = random_images(NETWORKS[name], 12, seed + 1)
    reference = evaluate(model, images)
    path = export_qonnx(model, images[:1], Path(_FOLDER.name) / f"{name}-{exporter}-{seed}.onnx", exporter)
    modules = dict(model.named_modules())
    layers = frozenset(name for name in reference.tensors if isinstance(modules[name], QuantLayerMixin))
    return Exported(path, images.numpy(), reference.outputs, dict(reference.tensors), layers)
