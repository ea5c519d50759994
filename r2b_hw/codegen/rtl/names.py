"""Names that SystemVerilog does not allow, and the name of the accelerator's module.

Every other name is made of that one and something behind it.
"""

from collections.abc import Mapping

from r2b_hw.codegen.identifiers import identifier, identifiers
from r2b_hw.graph.hardware_graph import HardwareGraph

_RESERVED = frozenset(
    """
    accept_on alias always always_comb always_ff always_latch assert assign assume automatic before begin bind bins
    bit buf byte casex casez cell chandle checker clk clocking cmos config constraint context cover covergroup
    coverpoint cross deassign defparam design dist edge end endcase endmodule event expect extends final first_match
    force foreach forever fork forkjoin function generate genvar highz0 highz1 iff ifnone illegal_bins implements
    implies import incdir include initial inout inside instance integer interconnect interface intersect join
    join_any join_none large let liblist library local localparam logic longint macromodule matches medium modport
    module nand negedge nets nettype nexttime nmos nor noshowcancelled notif0 notif1 null package packed parameter
    pmos posedge primitive priority program property pull0 pull1 pulldown pullup pulsestyle_ondetect
    pulsestyle_onevent pure rand randc randcase randsequence rcmos real realtime ref reg reject_on release repeat
    restrict rnmos rpmos rst rtran rtranif0 rtranif1 s_always s_eventually s_nexttime s_until s_until_with scalared
    sequence shortint shortreal showcancelled small soft solve specify specparam string strong strong0 strong1 super
    supply0 supply1 sync_accept_on sync_reject_on table tagged task testbench throughout time timeprecision timeunit
    tran tranif0 tranif1 tri tri0 tri1 triand trior trireg type unique unique0 unsized until until_with untyped use
    uwire var vectored wait wait_order wand weak weak0 weak1 wildcard wire with within wor xnor
    """.split()  # noqa: SIM905
)


def top_module(graph: HardwareGraph) -> str:
    """Return the name of the accelerator's module."""
    name = identifier(graph.name)
    return f"{name}_accelerator" if name in _RESERVED else name


def unit_modules(graph: HardwareGraph) -> Mapping[str, str]:
    """Return the name of every unit's module, by unit name."""
    top = top_module(graph)
    names = identifiers((unit.name for unit in graph.units), taken=(top,))
    return {unit: f"{top}_{name}" for unit, name in names.items()}
