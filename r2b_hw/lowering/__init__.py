"""Lowering: a checked model becomes the hardware graph; one module a kind of unit that has a pattern."""

from r2b_hw.lowering.accumulator import Accumulator
from r2b_hw.lowering.lower import Lowered, lower
from r2b_hw.lowering.module_outputs import ModuleOutput, module_outputs

__all__ = ["Accumulator", "Lowered", "ModuleOutput", "lower", "module_outputs"]
