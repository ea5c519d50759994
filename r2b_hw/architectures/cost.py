"""Operations, parameters and memory of a whole network."""

from dataclasses import dataclass

from r2b_hw.architectures.description import Architecture
from r2b_hw.architectures.expand import layers
from r2b_hw.architectures.layer import Layer, Parameters
from r2b_hw.architectures.operations import Operations, operations


@dataclass(frozen=True)
class NetworkCost:
    """Every layer with its operations; totals are sums over them."""

    network: Architecture
    layers: tuple[tuple[Layer, Operations], ...]

    @property
    def bops(self) -> int:
        """Binary operations of one image."""
        return sum(counted.bops for _, counted in self.layers)

    @property
    def flops(self) -> int:
        """Real operations of one image."""
        return sum(counted.flops for _, counted in self.layers)

    @property
    def parameters(self) -> Parameters:
        """Parameters of all layers."""
        return sum((layer.parameters for layer, _ in self.layers), Parameters())


def cost(network: Architecture) -> NetworkCost:
    """Count ``network``; the convention is that of ``r2b_hw.architectures.operations``."""
    return NetworkCost(network, tuple((layer, operations(layer)) for layer in layers(network)))
