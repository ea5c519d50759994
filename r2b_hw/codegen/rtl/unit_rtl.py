"""What a unit's SystemVerilog instance is made of, and the lookup of the module that knows."""

import importlib
from dataclasses import dataclass
from typing import Protocol, cast

from r2b_hw.codegen.nest_code import NestCode
from r2b_hw.codegen.rtl.constants import Constants
from r2b_hw.errors import InputError
from r2b_hw.graph.unit import Unit
from r2b_hw.popcount.plan import Shape


@dataclass(frozen=True)
class UnitRtl:
    """The datapath of a unit: an instance of ``r2b_<kind>`` in ``templates/rtl/<kind>.sv``.

    Around it a generated module counts the nests' iterations, decides when they fire, moves credits, takes words,
    and delivers results as many cycles after firing as the schedule says. The datapath computes: a result stands in
    ``<port>_data`` exactly that many cycles after the nest fired, and nothing ever stops it on the way.

    Attributes
    ----------
    nests
        The schedule; guards of a nest become inputs ``<nest>_<guard>`` of the datapath.
    parameters
        Parameters of the module: name and text.
    constants
        Memories of constants. The wrapper has those that are read in turn, from ROM or loaded at run time; their words
        are inputs of the datapath.
    counters
        Loop counters the datapath takes as inputs ``<nest>_<loop>``: (nest, loop).
    fires
        Nests whose ``<nest>_fire`` the datapath takes.
    clocked
        Whether the datapath takes ``clk``, and ``rst`` with it.
    connections
        The datapath's data ports and what they are joined to, where they are not the unit's own ``<port>_data``.
    generated
        Further modules made for this unit alone: module name and text.
    popcounts
        Shapes of the ``r2b_xnor_popcount``s in the datapath; a project has a planned tree for each, once.
    """

    nests: tuple[NestCode, ...]
    parameters: tuple[tuple[str, str], ...] = ()
    constants: tuple[Constants, ...] = ()
    counters: tuple[tuple[str, str], ...] = ()
    fires: tuple[str, ...] = ("main",)
    clocked: bool = True
    connections: tuple[tuple[str, str], ...] | None = None
    generated: tuple[tuple[str, str], ...] = ()
    popcounts: tuple[Shape, ...] = ()


class _Kind(Protocol):
    def unit_rtl(self, unit: Unit) -> UnitRtl: ...


def unit_rtl(unit: Unit) -> UnitRtl:
    """Return the instance of ``unit``, from ``r2b_hw.codegen.rtl.kinds.<kind>``; InputError where a kind has no RTL."""
    name = f"r2b_hw.codegen.rtl.kinds.{unit.kind}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise InputError(f"layer {unit.layer}: units of kind {unit.kind} have no SystemVerilog template") from None
    return cast(_Kind, module).unit_rtl(unit)
