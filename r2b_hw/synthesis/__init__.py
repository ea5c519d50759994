"""Synthesis of an accelerator's modules by Yosys: what each takes of the device, and how deep its logic is."""

from r2b_hw.synthesis.families import check_family
from r2b_hw.synthesis.findings import Finding, FindingKind
from r2b_hw.synthesis.modules import Module, fifo_module, unit_module
from r2b_hw.synthesis.run import Progress, Synthesis, synthesise
from r2b_hw.synthesis.usage import ModuleFigures, Usage

__all__ = [
    "Finding",
    "FindingKind",
    "Module",
    "ModuleFigures",
    "Progress",
    "Synthesis",
    "Usage",
    "check_family",
    "fifo_module",
    "synthesise",
    "unit_module",
]
