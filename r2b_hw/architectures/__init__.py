"""Networks at full scale as data: descriptions, their layers, parameters and operations."""

from r2b_hw.architectures.cost import NetworkCost, cost
from r2b_hw.architectures.description import Architecture
from r2b_hw.architectures.expand import layers
from r2b_hw.architectures.known import CIFAR100, CIFAR100_SUFFIX, IMAGENET, KNOWN, for_cifar100
from r2b_hw.architectures.layer import Kind, Layer, Parameters, Shape
from r2b_hw.architectures.operations import Operations, operations

__all__ = [
    "CIFAR100",
    "CIFAR100_SUFFIX",
    "IMAGENET",
    "KNOWN",
    "Architecture",
    "Kind",
    "Layer",
    "NetworkCost",
    "Operations",
    "Parameters",
    "Shape",
    "cost",
    "for_cifar100",
    "layers",
    "operations",
]
