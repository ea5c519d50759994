"""The forms a network takes on the way from real to binary."""

# pyright: basic
from r2b_hw.network_options import NetworkOptions
from r2b_hw.nn.binarise import BinaryConvolution, Sign
from r2b_hw.nn.network import R2BNetwork, float_network
from r2b_hw.nn.real_network import RealNetwork
from r2b_hw.recipe import NetworkForm


def network_of_form(
    options: NetworkOptions, form: NetworkForm, residual_blocks: tuple[int, ...] | None = None
) -> R2BNetwork | RealNetwork:
    """A network with initial weights; see :data:`r2b_hw.recipe.NetworkForm`.

    ``residual_blocks`` is for form ``real``: see :class:`r2b_hw.nn.real_network.RealNetwork`.
    """
    if form == "real":
        return RealNetwork(options, residual_blocks)
    model = float_network(options)
    take_form(model, form)
    return model


def take_form(model: R2BNetwork, form: NetworkForm) -> None:
    """Choose what the float network binarises; its parameters stay."""
    for module in model.modules():
        if isinstance(module, Sign):
            module.binary = form != "tanh"
        elif isinstance(module, BinaryConvolution):
            module.binary = form == "binary"
