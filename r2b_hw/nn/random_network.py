"""Random frozen networks: every construct of the contract without training, to test lowering."""

# pyright: basic
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false
# pyright: reportIndexIssue=false
# pyright: reportArgumentType=false, reportOptionalMemberAccess=false, reportOptionalSubscript=false
import torch
from brevitas.core.scaling import ParameterFromRuntimeStatsScaling
from torch import Tensor, nn

from r2b_hw.network_options import NetworkOptions
from r2b_hw.nn.bias_grids import choose_bias_grids
from r2b_hw.nn.calibration import calibrate
from r2b_hw.nn.factor import QuantisedFactor
from r2b_hw.nn.freeze import freeze, integer_grid
from r2b_hw.nn.gate import Gate
from r2b_hw.nn.network import R2BNetwork, float_network, quantised_network
from r2b_hw.nn.prelu import PReLU
from r2b_hw.nn.quantise import quantise

CALIBRATION_IMAGES = 16


def random_frozen_network(options: NetworkOptions, seed: int) -> R2BNetwork:
    """A frozen network with random weights, slopes of both signs, and random normalisation.

    Normalisations have gamma < 0, gamma = 0 and exact ties (mean on the grid, beta = 0) among their channels,
    some latent weights are zero (which counts as +1), maps saturate, and gates vary. The same options and
    seed give the same network.
    """
    return freeze(random_quantised_network(options, seed)).model


def random_quantised_network(options: NetworkOptions, seed: int) -> R2BNetwork:
    """The network of :func:`random_frozen_network` before freezing, in eval mode."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = quantised_network(options, calibration_steps=2)
        for module in model.modules():
            if isinstance(module, PReLU):
                nn.init.uniform_(module.slope, -0.9, 0.9)
            elif isinstance(module, Gate):
                _widen(module)
            elif isinstance(module, QuantisedFactor):
                _scatter(module)
        images = random_images(options, CALIBRATION_IMAGES, seed)
        for block in model.blocks:
            _randomise(block.bn, step=2.0**-4)
            block.conv.weight.detach()[0, 0] = 0.0
        calibrate(model, [images, images])
        _halve_ranges(model)
        choose_bias_grids(model, images)
        producer, name = model.stem.out, "stem.out"
        for index, block in enumerate(model.blocks):
            _randomise(block.bn, step=integer_grid(producer, name)[1])
            producer, name = block.out, f"blocks.{index}.out"
        return model.eval()


def realistic_frozen_network(options: NetworkOptions, seed: int, images: int = CALIBRATION_IMAGES) -> R2BNetwork:
    """A frozen network as training leaves one, but for its weights, which are random.

    Each normalisation has the statistics of the maps that random images give, gamma near 1 and beta near 0; activations
    are calibrated on the same images. The same options and seed give the same network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = float_network(options)
        layers = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
        for layer in layers:
            nn.init.normal_(layer.weight, 1.0, 0.2)
            nn.init.normal_(layer.bias, 0.0, 0.2)
            layer.momentum = None
        batch = random_images(options, images, seed)
        with torch.no_grad():
            model.train()(batch)
        quantised = quantise(model.eval(), calibration_steps=1)
        calibrate(quantised, [batch])
        return freeze(quantised).model


def random_images(options: NetworkOptions, count: int, seed: int) -> Tensor:
    """(count, C, H, W) float32 images, off the input grid, over the input's range, of various contrast."""
    generator = torch.Generator().manual_seed(seed)
    shape = (count, options.input_channels, options.input_height, options.input_width)
    contrast = torch.rand((count, 1, 1, 1), generator=generator)
    images = torch.rand(shape, generator=generator) * contrast * options.input_maximum
    return images * 2 - options.input_maximum if options.input_signed else images


def _halve_ranges(model: nn.Module) -> None:
    """Halve the calibrated scales outside the gates, so that maps saturate."""
    with torch.no_grad():
        for name, module in model.named_modules():
            if isinstance(module, ParameterFromRuntimeStatsScaling) and ".gate." not in name:
                module.value.sub_(1.0)  # the learned value is the scale's logarithm


def _widen(gate: Gate) -> None:
    """Give a gate weights that carry it over most of the sigmoid; initial ones keep it near one half."""
    nn.init.uniform_(gate.fc1.weight, -1.0, 1.0)
    nn.init.uniform_(gate.fc1.bias, 0.0, 1.0)
    with torch.no_grad():
        # Whatever the sign of the means, one of these hidden channels is alive.
        gate.fc1.weight[0].abs_()
        gate.fc1.weight[1].abs_().neg_()
    nn.init.uniform_(gate.fc2.weight, -3.0, 3.0)
    if gate.fc2.bias is not None:
        nn.init.uniform_(gate.fc2.bias, -2.0, 2.0)


def _scatter(factor: QuantisedFactor) -> None:
    """Vary a factor around its initial value, with negative ones and a zero among them."""
    value = factor().detach()
    base = value.abs().amax().clamp_min(2.0**-4)
    value = base * torch.empty_like(value).uniform_(0.4, 1.2)
    flat = value.view(-1)
    flat[1::5] *= -1.0
    if len(flat) > 3:
        flat[3] = 0.0
    factor.assign(value)


def _randomise(bn: nn.Module, step: float) -> None:
    if not isinstance(bn, nn.BatchNorm2d):
        return
    channels = bn.num_features
    with torch.no_grad():
        bn.weight.copy_(torch.randn(channels))
        bn.weight[1].abs_().neg_()
        bn.weight[2].abs_()
        bn.bias.copy_(torch.randn(channels) * 0.3)
        bn.running_mean.copy_(torch.randn(channels) * 8 * step)
        bn.running_var.copy_(torch.rand(channels) * (16 * step) ** 2 + step**2)
        bn.weight[0::7] = 0.0
        bn.running_mean[1::5] = torch.round(bn.running_mean[1::5] / step) * step
        bn.bias[1::5] = 0.0
