"""Every variant of the papers at small width, as changes to one flow for scikit-learn's digits."""

from typing import Any

from r2b_hw.architectures import IMAGENET
from r2b_hw.flow import Flow

_SMALL = {
    "input_channels": 1,
    "input_height": 8,
    "input_width": 8,
    "classes": 10,
    "stem": {"channels": 6, "kernel": 3, "stride": 1, "max_pool": False},
    "blocks": [{"channels": 6}, {"channels": 6}, {"channels": 10, "stride": 2}, {"channels": 10}],
}
_PAPERS: dict[str, dict[str, Any]] = {
    name: {"architecture": name} for name, network in IMAGENET.items() if network.half_block.binary
}

NETWORKS: dict[str, dict[str, Any]] = _PAPERS | {
    "real-to-bin, stem of ImageNet": {
        "architecture": "real-to-bin",
        "input_height": 32,
        "input_width": 32,
        "stem": {"channels": 6},
    },
    "real-to-bin, hidden width by outputs": {"architecture": "real-to-bin", "gate_hidden_from": "outputs"},
    "real-to-bin, gates with bias, ratio 2": {"architecture": "real-to-bin", "gate_bias": True, "gate_ratio": 2},
    "strong-baseline, strided downsample": {
        "architecture": "strong-baseline",
        "downsample": {"average_pool": False},
    },
    "strong-baseline, padding +1": {"architecture": "strong-baseline", "padding_value": 1},
    "strong-baseline, padding -1": {"architecture": "strong-baseline", "padding_value": -1},
    "strong-baseline, sign(0) = -1": {"architecture": "strong-baseline", "sign_at_zero": -1},
    "bnn, sign(0) = -1": {"architecture": "bnn", "sign_at_zero": -1},
    "double-skip, sign(0) = -1": {"architecture": "double-skip", "sign_at_zero": -1},
    "bi-real-liu, ApproxSign, scaled weights": {
        "architecture": "bi-real-liu",
        "sign_gradient": "approximate",
        "scale": "analytic",
    },
    "xnor-net++-2, normalised behind": {
        "architecture": "xnor-net++-2",
        "normalisation": "after",
        "activation": "hardtanh",
        "stem": {"activation": "hardtanh"},
    },
    "xnor-net++-4, stem without activation": {"architecture": "xnor-net++-4", "stem": {"activation": "none"}},
}
"""By name, the changes to the table ``[network]``."""

_TWO = [
    {"name": "first", "form": "binary-activations"},
    {"name": "second", "form": "binary", "initialisation": "first"},
]
_TAUGHT = {"attention": 1.0, "logits": 1.0}
_PROGRESSIVE = [
    {"name": "real", "form": "real"},
    {"name": "tanh", "form": "tanh", "teacher": "real", "losses": _TAUGHT},
    {
        "name": "first",
        "form": "binary-activations",
        "teacher": "tanh",
        "initialisation": "tanh",
        "losses": _TAUGHT | {"attention_normalisation": "max", "attention_distance": "mean-square"},
    },
    {
        "name": "second",
        "form": "binary",
        "teacher": "first",
        "initialisation": "first",
        "losses": {"cross_entropy": 0.0, "logits": 1.0},
    },
]
STAGES: dict[str, list[dict[str, Any]]] = {
    "two stages": _TWO,
    "attention": [
        {"name": "real", "form": "real"},
        _TWO[0] | {"teacher": "real", "losses": {"attention": 1.0}},
        _TWO[1],
    ],
    "attention and logits": [
        {"name": "deeper", "form": "real", "residual_blocks": [2, 1]},
        _TWO[0] | {"teacher": "deeper", "losses": _TAUGHT | {"attention_points": "stage", "temperature": 2.0}},
        _TWO[1] | {"teacher": "deeper", "losses": {"logits": 1.0}},
    ],
    "progressive": _PROGRESSIVE,
}
"""By name, the chain of stages."""


def variant(network: str, stages: str = "two stages") -> Flow:
    """The flow of one variant, an epoch a stage."""
    changes = NETWORKS[network]
    tables = {"stem": {**_SMALL["stem"], **changes["stem"]}} if "stem" in changes else {}  # type: ignore[dict-item]
    if changes.get("input_height", 8) != 8:
        tables = {"stem": changes["stem"]}
    chain = [{"epochs": 1, "learning_rate": 3e-3, "mix_up": 0.2, **stage} for stage in STAGES[stages]]
    stage = {"epochs": 1, "learning_rate": 2e-4}
    return Flow.model_validate(
        {
            "name": "variant",
            "data": {"dataset": "digits", "test_fraction": 0.07},
            "network": {**_SMALL, **changes, **tables},
            "training": {"calibration_batches": 2, "batch_size": 128, "stages": chain, "fine_tuning": stage},
        }
    )
