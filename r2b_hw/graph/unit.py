"""What every kind of hardware unit offers: ports, whole-tensor semantics, schedule, simulator state, cost."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.port import Port
from r2b_hw.numeric.rounding import Integers
from r2b_hw.schedule.loop_nest import Credit, LoopNest

INVALID = np.int64(-(1 << 62))
"""Stands in whole tensors of window streams for the taps that zero padding makes invalid."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Unit(ABC):
    """A hardware unit. Subclasses are frozen dataclasses, one kind a module of ``r2b_hw.units``.

    Fields of a subclass are plain scalars, tuples and NumPy arrays, so that a unit is stored as JSON and npz
    without code of its own. Whole tensors are int64 of shape (N, H, W, C), window tensors (N, H, W, kernel height,
    kernel width, C) with ``INVALID`` in taps outside the map; binary tensors hold bits.

    Attributes
    ----------
    name
        Unique in the graph.
    layer
        Module path or node path of the layer this unit comes from; error messages name it.
    """

    kind: ClassVar[str]
    name: str
    layer: str

    @property
    @abstractmethod
    def inputs(self) -> tuple[Port, ...]:
        """Input ports, in the order of ``evaluate``'s arguments."""

    @property
    @abstractmethod
    def outputs(self) -> tuple[Port, ...]:
        """Output ports, in the order of ``evaluate``'s results."""

    @abstractmethod
    def evaluate(self, *inputs: Integers) -> tuple[Integers, ...]:
        """Compute whole tensors: one array an input port to one array an output port."""

    @abstractmethod
    def nests(self) -> tuple[LoopNest, ...]:
        """Return the schedule. Accesses name ports or credits."""

    def credits(self) -> tuple[Credit, ...]:
        """Return the credits that couple the nests; none for units of one nest."""
        return ()

    @abstractmethod
    def with_parallelism(self, inputs: int, outputs: int) -> Self:
        """Return the unit with ``inputs`` channels an input word and ``outputs`` channels an output word.

        Kinds whose two ends agree require ``inputs == outputs``.
        """

    def with_constants(self, *, in_luts: bool) -> Self:
        """Return the unit with its constants in LUTs, or where their depth puts them.

        The unit itself where there is no choice. The clock does not change.
        """
        return self

    @abstractmethod
    def state(self) -> Integers:
        """Return the unit's record for the simulator: parameters, then zeroed working memory, flat int64."""

    @abstractmethod
    def cost(self) -> Cost:
        """Return the resource model's figure for this unit, stage ``model``."""

    @property
    def macs(self) -> tuple[int, int]:
        """Multiply-accumulates a frame: (binary, real). A synapse on a padded tap counts."""
        return (0, 0)

    def port(self, name: str) -> Port:
        """Return the port called ``name``."""
        for port in self.inputs + self.outputs:
            if port.name == name:
                return port
        raise KeyError(f"unit {self.name} has no port {name}")

    @property
    def interval(self) -> int:
        """Fewest cycles a frame, from the longest nest."""
        return max(nest.iterations for nest in self.nests())


def check_inputs(unit: Unit, arrays: Sequence[Integers]) -> None:
    """Raise ValueError unless ``arrays`` have the shapes of ``unit``'s input ports, with any number of frames."""
    for port, array in zip(unit.inputs, arrays, strict=True):
        height, width, channels = port.shape
        expected = (height, width, channels) if port.taps == (1, 1) else (height, width, *port.taps, channels)
        if array.shape[1:] != expected:
            raise ValueError(f"{unit.name}.{port.name}: a frame is {expected}, got {array.shape[1:]}")
