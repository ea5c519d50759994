"""What a known network costs: found by name, as a table for people and as plain data for programs."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from r2b_hw.architectures import CIFAR100_SUFFIX, IMAGENET, KNOWN, Layer, NetworkCost, Operations, cost
from r2b_hw.errors import InputError
from r2b_hw.settings import nearest

_MEBIBYTE = 2**20


def network_cost(name: str) -> NetworkCost:
    """Return the cost of the network of this name; for another, InputError names the nearest and lists the known."""
    network = KNOWN.get(name)
    if network is None:
        raise InputError(
            f"there is no network '{name}'{nearest(name, tuple(KNOWN))}; known networks: {', '.join(IMAGENET)}; "
            f"each also as NAME{CIFAR100_SUFFIX}"
        )
    return cost(network)


def cost_data(counted: NetworkCost) -> dict[str, object]:
    """Return totals and layers as JSON types; shapes are [channels, height, width], operations those of one image.

    ``parameters`` = ``binary_parameters`` + ``real_parameters``; the latter hold ``statistics``, the means and
    variances of batch normalisation. ``memory_bytes`` takes 1 bit a binary weight and 32 bits a real number.
    """
    network, parameters = counted.network, counted.parameters
    return {
        "network": network.name,
        "title": network.title,
        "source": network.source,
        "input": [network.channels, network.height, network.width],
        "classes": network.classes,
        "bops": counted.bops,
        "flops": counted.flops,
        "parameters": parameters.total,
        "binary_parameters": parameters.binary,
        "real_parameters": parameters.real,
        "statistics": parameters.statistics,
        "memory_bytes": parameters.bytes,
        "layers": [_layer_data(layer, operations) for layer, operations in counted.layers],
    }


def cost_table(counted: NetworkCost) -> RenderableType:
    """Return the table by layer, and the totals below it, for ``rich``'s console."""
    table = Table("layer", box=None, pad_edge=False)
    for column in ("output", "BOPs", "FLOPs", "parameters"):
        table.add_column(column, justify="right")
    for layer, operations in counted.layers:
        numbers = (operations.bops, operations.flops, layer.parameters.total)
        table.add_row(layer.name, "x".join(map(str, layer.outputs)), *(f"{n:,}" if n else "" for n in numbers))
    network, parameters = counted.network, counted.parameters
    totals = Text(
        f"{network.name}: {network.title}\n"
        f"source      {network.source}\n"
        f"operations  {counted.bops:,} BOPs, {counted.flops:,} FLOPs an image\n"
        f"parameters  {parameters.total:,}: {parameters.binary:,} binary, {parameters.real:,} real "
        f"({parameters.statistics:,} of them batch statistics)\n"
        f"memory      {parameters.bytes / _MEBIBYTE:.2f} MiB: 1 bit a binary weight, 32 bits everything else"
    )
    return Group(table, Text(), totals)


def _layer_data(layer: Layer, operations: Operations) -> dict[str, object]:
    return {
        "name": layer.name,
        "kind": layer.kind.value,
        "input": list(layer.inputs),
        "output": list(layer.outputs),
        "kernel": layer.kernel,
        "stride": layer.stride,
        "binary": layer.binary,
        "macs": layer.macs,
        "bops": operations.bops,
        "flops": operations.flops,
        "parameters": layer.parameters.total,
        "binary_parameters": layer.parameters.binary,
    }
