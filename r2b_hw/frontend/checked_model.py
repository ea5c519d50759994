"""The result of the front end: a model proven to keep the numeric contract."""

from collections.abc import Mapping
from dataclasses import dataclass

from r2b_hw.frontend.facts import TensorFacts
from r2b_hw.frontend.operations import Operation, Quantise


@dataclass(frozen=True, eq=False)
class CheckedModel:
    """Everything lowering needs.

    Attributes
    ----------
    name
        Stem of the file.
    image_shape
        Channels, height, width of the model's input.
    host_operators
        Float operators before the input quantiser, as the host's input takes them.
    input
        The input quantiser; its ``input`` is the model's input.
    operations
        All others, in topological order.
    output
        Name of the tensor that leaves the accelerator.
    tail
        Float operators after it, left to the host.
    vector
        Whether the model's output is (N, C) rather than (N, C, H, W).
    facts
        Shape, range and exponents of every tensor, by tensor name.
    budget
        Worst-case bits over the common least significant bit by layer path (node name at the top level).
    """

    name: str
    image_shape: tuple[int, int, int]
    host_operators: tuple[tuple[str, tuple[float, ...]], ...]
    input: Quantise
    operations: tuple[Operation, ...]
    output: str
    tail: tuple[str, ...]
    vector: bool
    facts: Mapping[str, TensorFacts]
    budget: Mapping[str, int]
