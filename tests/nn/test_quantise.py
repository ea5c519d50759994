"""Folding normalisations into weights keeps the float function."""

# pyright: basic
# pyright: reportArgumentType=false, reportOptionalMemberAccess=false
import torch
from torch import nn

from r2b_hw.nn import float_network, random_images
from r2b_hw.nn.quantise import quantise

from .networks import small


def test_folding_keeps_the_function_without_quantisers() -> None:
    torch.manual_seed(0)
    options = small(stem={"channels": 8, "kernel": 3, "stride": 1, "activation": "prelu"})
    source = float_network(options).double()
    for module in source.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, -1.0, 1.0)
            nn.init.uniform_(module.bias, -1.0, 1.0)
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
    source.eval()
    folded = quantise(source, 1)
    target = float_network(options).double().eval()
    with torch.no_grad():
        _read_back(folded, target)
        images = random_images(options, 8, 0).double()
        expected, got = source(images), target(images)
    assert torch.allclose(got, expected, rtol=0, atol=1e-5)


def _read_back(folded: nn.Module, target: nn.Module) -> None:
    """Load folded weights into a float network whose normalisations do nothing but add the folded bias."""
    modules = dict(folded.named_modules())
    for path, module in target.named_modules():
        other = modules.get(path)
        if path.endswith("norm") and isinstance(module, nn.BatchNorm2d):
            module.eps = 0.0
            module.bias.copy_(modules[path.removesuffix("norm") + "conv"].bias)
        elif isinstance(module, nn.Conv2d | nn.Linear):
            module.weight.copy_(other.weight)
            if module.bias is not None:
                module.bias.copy_(other.bias)
        elif isinstance(module, nn.BatchNorm2d):
            module.load_state_dict(other.state_dict())
        if hasattr(module, "gate_normalises"):
            module.gate_normalises = False
