"""A network of the papers by its name, as the defaults of a ``[network]`` table."""

from typing import Any, cast

from r2b_hw.architectures.description import Architecture
from r2b_hw.architectures.known import KNOWN
from r2b_hw.settings import nearest


def with_architecture(values: Any) -> Any:
    """Return the table ``values`` with what its ``architecture``, if it names one, chooses and it leaves open.

    Raises ValueError where there is no such network, or it is a real one.
    """
    if not isinstance(values, dict):
        return values
    given = cast(dict[str, Any], values)
    name = given.get("architecture")
    if not isinstance(name, str):
        return given
    if name not in KNOWN:
        raise ValueError(f"there is no architecture '{name}'{nearest(name, tuple(KNOWN))}")
    network = KNOWN[name]
    if not network.half_block.binary:
        raise ValueError(f"architecture '{name}' is a real network; a stage of form \"real\" trains it as a teacher")
    defaults = architecture_options(network)
    tables = {
        key: {**defaults[key], **given[key]} for key in ("stem", "downsample") if isinstance(given.get(key), dict)
    }
    return {**defaults, **given, **tables}


def architecture_options(network: Architecture) -> dict[str, Any]:
    """Return the ``[network]`` table of a described network."""
    half, gate, stem = network.half_block, network.half_block.gate, network.stem
    options: dict[str, Any] = {
        "input_channels": network.channels,
        "input_height": network.height,
        "input_width": network.width,
        "classes": network.classes,
        "stem": {
            "channels": stem.channels,
            "kernel": stem.kernel,
            "stride": stem.stride,
            "activation": stem.activation,
            "max_pool": stem.max_pool,
        },
        "blocks": [
            {"channels": channels, "stride": 2 if stage > 0 and half_block == 0 else 1}
            for stage, (blocks, channels) in enumerate(network.stages)
            for half_block in range(2 * blocks)
        ],
        "normalisation": half.normalisation,
        "scale": half.scale,
        "gate": gate is not None,
        "activation": half.activation,
        "skip": half.skip,
        "downsample": {"binary": network.downsample.binary, "average_pool": network.downsample.average_pool},
    }
    if gate is not None:
        options |= {"gate_ratio": gate.ratio, "gate_bias": gate.bias, "gate_hidden_from": gate.hidden_from}
    return options
