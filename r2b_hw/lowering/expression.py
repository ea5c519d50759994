"""A chain on its way to a quantiser: product, multiplier, bias, gate, activation, skip; no hardware yet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from r2b_hw.graph.unit import Unit
from r2b_hw.lowering.accumulator import Accumulator
from r2b_hw.lowering.netlist import Netlist, Wire
from r2b_hw.numeric.rounding import Integers

Build: TypeAlias = Callable[[Netlist, str, Integers], Unit]
"""Makes the unit from the netlist (for names), the name of its consumer and the shifts to add to its exponents (C,)."""


@dataclass(frozen=True, eq=False)
class Draft:
    """A unit that waits for the powers of two that follow it, which it takes into its exponents.

    ``module`` is the module whose output it equals where no power of two follows; ``further`` are its input ports
    other than ``x``.
    """

    build: Build
    input: Wire
    channels: int
    module: str | None
    shifts: Integers
    further: Mapping[str, Wire] = field(default_factory=dict[str, Wire])

    def scaled(self, shifts: Integers) -> "Draft":
        """Return the draft times 2**-``shifts``."""
        return replace(self, shifts=self.shifts + shifts)

    def attach(self, netlist: Netlist, consumer: str) -> Wire:
        """Build the unit and add it."""
        unit = self.build(netlist, consumer, self.shifts)
        return netlist.add(unit, {"x": self.input, **self.further}, None if self.shifts.any() else self.module)


@dataclass(frozen=True, eq=False)
class Expression:
    """source times multipliers, plus biases, times gate, activated by slopes, plus skip.

    ``multipliers`` (C,) and ``biases`` (C,) are on the grids ``multiplier_exponents`` and
    ``bias_exponents`` (C,). ``tensor`` is the checked model's name of the whole.
    ``accumulator`` tells which layer's output the source and its bias are.
    """

    source: Draft | Wire
    tensor: str
    multipliers: Integers | None = None
    multiplier_exponents: Integers | None = None
    biases: Integers | None = None
    bias_exponents: Integers | None = None
    gate: Wire | None = None
    slopes: Integers | None = None
    slope_exponent: int = 0
    skip: Wire | None = None
    accumulator: Accumulator | None = None

    @property
    def plain(self) -> bool:
        """Whether it is its source and perhaps a bias."""
        return self.multipliers is None and self.gate is None and self.slopes is None and self.skip is None

    def wire(self, netlist: Netlist, consumer: str) -> Wire:
        """Return the source's wire, for a consumer that knows the rest of the chain."""
        if isinstance(self.source, Wire):
            return self.source
        wire = self.source.attach(netlist, consumer)
        if self.accumulator is not None and wire.tensor is None:
            netlist.accumulators[wire.name] = replace(self.accumulator, shifts=exponent_tuple(self.source.shifts))
        return wire

    def scaled(self, shifts: Integers, tensor: str) -> "Expression":
        """Return the expression times 2**-``shifts`` (C,), which gate and activation let through to the source."""
        if isinstance(self.source, Wire) or self.skip is not None:
            raise TypeError(f"{tensor}: a power of two cannot reach its source; the front end refuses this")
        moved = None if self.bias_exponents is None else self.bias_exponents + shifts
        return replace(self, source=self.source.scaled(shifts), bias_exponents=moved, tensor=tensor)

    def at_pixels(self, source: Draft, tensor: str) -> "Expression":
        """Return the expression with factors of pixels multiplied into its source, which multipliers let through."""
        if self.biases is not None or self.gate is not None or self.slopes is not None or self.skip is not None:
            raise TypeError(f"{tensor}: factors of pixels follow more than multipliers; the front end refuses this")
        return replace(self, source=source, tensor=tensor, accumulator=None)

    def multiplied(self, multipliers: Integers, exponents: Integers, tensor: str) -> "Expression":
        """Return the expression times ``multipliers`` on grids ``exponents`` (C,), which a gate lets through."""
        if self.slopes is not None or self.skip is not None:
            raise TypeError(f"{tensor}: a multiplier follows an activation or a skip; the front end refuses this")
        if self.multipliers is None or self.multiplier_exponents is None:
            changed = replace(self, multipliers=multipliers, multiplier_exponents=exponents, tensor=tensor)
        else:
            changed = replace(
                self,
                multipliers=self.multipliers * multipliers,
                multiplier_exponents=self.multiplier_exponents + exponents,
                tensor=tensor,
            )
        if self.biases is None or self.bias_exponents is None:
            return changed
        return replace(changed, biases=self.biases * multipliers, bias_exponents=self.bias_exponents + exponents)

    def biased(self, biases: Integers, exponents: Integers, tensor: str, module: str | None) -> "Expression":
        """Return the expression plus ``biases`` on grids ``exponents`` (C,); ``module`` is the layer it completes."""
        if self.biases is None or self.bias_exponents is None:
            fresh = replace(self, biases=biases, bias_exponents=exponents, tensor=tensor)
            if module is None or self.multipliers is not None:
                return fresh
            if isinstance(self.source, Wire) or bool(self.source.shifts.any()):
                return fresh
            offsets = np.ldexp(biases.astype(np.float64), -exponents)
            return replace(fresh, accumulator=Accumulator(module, tuple(map(float, offsets))))
        common = np.maximum(self.bias_exponents, exponents)
        total = (self.biases << (common - self.bias_exponents)) + (biases << (common - exponents))
        return replace(self, biases=total, bias_exponents=common, tensor=tensor)


def exponent_tuple(exponents: Integers) -> tuple[int, ...]:
    """Return one exponent where all channels share it, else one a channel."""
    if bool((exponents == exponents[0]).all()):
        return (int(exponents[0]),)
    return tuple(int(exponent) for exponent in exponents)


def spread(values: tuple[int, ...], channels: int) -> Integers:
    """Return one or (C,) values as (C,)."""
    return np.broadcast_to(np.array(values, dtype=np.int64), (channels,)).copy()
