"""The networks of the papers, by name, one entry of data each."""

from dataclasses import replace

from r2b_hw.architectures.description import (
    Activation,
    Architecture,
    Downsample,
    Gate,
    HalfBlock,
    Normalisation,
    Scale,
    Skip,
    Stem,
)

RESNET_34_STAGES = ((3, 64), (4, 128), (6, 256), (3, 512))
CIFAR_STEM_KERNEL = 3
CIFAR100_SUFFIX = "-cifar100"

_PAPER = "Martinez et al., ICLR 2020"
_XNOR_PLUS = "Bulat & Tzimiropoulos, BMVC 2019, four cases of Gamma, on the layers of xnor-net"

_STRIDED_REAL = Downsample(binary=False, average_pool=False)
_STRIDED_BINARY = Downsample(binary=True, average_pool=False)
_POOLED_REAL = Downsample(binary=False, average_pool=True)
_POOLED_BINARY = Downsample(binary=True, average_pool=True)

_RELU_STEM = Stem(activation=Activation.RELU)

_RESNET = HalfBlock(binary=False, normalisation=Normalisation.AFTER, skip=Skip.BLOCK, activation=Activation.RELU)
_BNN = replace(_RESNET, binary=True, activation=Activation.HARDTANH)
_XNOR = replace(_RESNET, binary=True, normalisation=Normalisation.BEFORE, scale=Scale.ANALYTIC)
_STRONG = HalfBlock(
    binary=True,
    normalisation=Normalisation.BEFORE,
    skip=Skip.CONVOLUTION,
    activation=Activation.PRELU,
    scale=Scale.CHANNEL,
)
_LIU = HalfBlock(binary=True, normalisation=Normalisation.AFTER, skip=Skip.CONVOLUTION, activation=Activation.NONE)
_GATED = replace(_STRONG, scale=Scale.NONE, gate=Gate())

_NETWORKS = (
    Architecture(
        "bnn",
        "BNN as a ResNet-18: convolution, normalisation, hardtanh, sign; no scale",
        f"Courbariaux et al., 2016; Table 1 of {_PAPER}",
        _BNN,
        _STRIDED_BINARY,
        stem=Stem(activation=Activation.HARDTANH),
    ),
    Architecture(
        "xnor-net",
        "XNOR-Net as a ResNet-18: mean of abs(W) for each channel, no K",
        f"Rastegari et al., ECCV 2016; Table 1 of {_PAPER}",
        _XNOR,
        _STRIDED_BINARY,
        stem=_RELU_STEM,
    ),
    Architecture(
        "xnor-net-k",
        "XNOR-Net as a ResNet-18 with K, the magnitudes of the input",
        "Rastegari et al., ECCV 2016, §3.2",
        replace(_XNOR, scale=Scale.ANALYTIC_AND_K),
        _STRIDED_BINARY,
        stem=_RELU_STEM,
    ),
    *(
        Architecture(
            f"xnor-net++-{case}",
            f"XNOR-Net++ as a ResNet-18, Gamma case {case}: {factors}",
            _XNOR_PLUS,
            replace(_XNOR, scale=scale),
            _STRIDED_BINARY,
            stem=_RELU_STEM,
        )
        for case, scale, factors in (
            (1, Scale.CHANNEL, "o"),
            (2, Scale.DENSE, "o x h x w"),
            (3, Scale.CHANNEL_AND_PIXEL, "o, h x w"),
            (4, Scale.CHANNEL_ROW_COLUMN, "o, h, w"),
        )
    ),
    Architecture(
        "double-skip",
        "Double skip with a binary downsample, in the half-block of the paper",
        f"Liu et al., ECCV 2018, as in Table 1 of {_PAPER}",
        _STRONG,
        _POOLED_BINARY,
    ),
    Architecture(
        "bi-real",
        "Bi-Real Net as the paper counts it: double skip, real downsample, in the half-block of the paper",
        f"Liu et al., ECCV 2018, as in Table 1 of {_PAPER}",
        _STRONG,
        _POOLED_REAL,
    ),
    Architecture(
        "bi-real-liu",
        "Bi-Real Net as its authors define it: normalisation after the convolution, no activation",
        "Liu et al., ECCV 2018",
        _LIU,
        _POOLED_REAL,
        stem=Stem(activation=Activation.NONE),
    ),
    Architecture(
        "strong-baseline",
        "Strong baseline: learned scale for each channel, PReLU, double skip, real downsample",
        f"{_PAPER}, §4.1",
        _STRONG,
        _POOLED_REAL,
    ),
    Architecture(
        "strong-baseline-binary-downsample",
        "Strong baseline with a binary downsample (rows without ** in Table 3)",
        f"{_PAPER}, §4.1",
        _STRONG,
        _POOLED_BINARY,
    ),
    Architecture(
        "strong-baseline-gate",
        "Strong baseline with gates beside the learned scale",
        f"{_PAPER}, §4.3, equation 3",
        replace(_STRONG, gate=Gate()),
        _POOLED_REAL,
    ),
    Architecture(
        "real-to-bin",
        "Real-to-Bin: gates in place of the scale",
        f"{_PAPER}, §4.3; gates as in Larq Zoo",
        _GATED,
        _POOLED_REAL,
    ),
    Architecture(
        "real-to-bin-scale",
        "Real-to-Bin with the learned scale beside the gate",
        f"{_PAPER}, equation 3",
        replace(_STRONG, gate=Gate()),
        _POOLED_REAL,
    ),
    Architecture(
        "real-to-bin-binary-downsample",
        "Real-to-Bin with a binary downsample (rows without ** in Table 3)",
        f"{_PAPER}, Table 3",
        _GATED,
        _POOLED_BINARY,
    ),
    Architecture(
        "larq-real-to-bin",
        "Real-to-Bin as published in Larq Zoo",
        "Larq Zoo, literature/real_to_bin_nets.py",
        _GATED,
        _POOLED_REAL,
    ),
    Architecture(
        "resnet18",
        "Real ResNet-18",
        "He et al., CVPR 2016",
        _RESNET,
        _STRIDED_REAL,
        stem=_RELU_STEM,
    ),
    Architecture(
        "resnet34",
        "Real ResNet-34",
        "He et al., CVPR 2016",
        _RESNET,
        _STRIDED_REAL,
        stem=_RELU_STEM,
        stages=RESNET_34_STAGES,
    ),
)


def for_cifar100(network: Architecture) -> Architecture:
    """Return ``network`` for 32x32 images of 100 classes: a 3x3 stem of stride 1 and no max pool."""
    return replace(
        network,
        name=network.name + CIFAR100_SUFFIX,
        title=f"{network.title}; CIFAR-100",
        stem=replace(network.stem, kernel=CIFAR_STEM_KERNEL, stride=1, max_pool=False),
        height=32,
        width=32,
        classes=100,
    )


IMAGENET = {network.name: network for network in _NETWORKS}
CIFAR100 = {network.name: network for network in map(for_cifar100, _NETWORKS)}
KNOWN = IMAGENET | CIFAR100
