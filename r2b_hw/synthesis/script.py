"""The Yosys script: several modules in one run, each flattened in itself and mapped as if it were alone."""

from collections.abc import Mapping, Sequence

from r2b_hw import resources
from r2b_hw.synthesis.modules import Module

TOP = "r2b_batch"
TOP_FILE = "batch.sv"
_CONSTANTS = "constants_in_luts.v"
_DSPS = "dsp48e1_as_dsp48e2.v"
NETLIST = "netlist.json"
DELAYS = "delays.txt"


def batch_top(modules: Sequence[Module]) -> str:
    """Return a module that only instantiates ``modules``: what is not instantiated is not elaborated."""
    instances = "".join(f"    (* keep, keep_hierarchy *) {module.name} u_{module.name} ();\n" for module in modules)
    return f"module {TOP};\n{instances}endmodule\n"


def map_files() -> Mapping[str, str]:
    """Return the maps that the script reads: file name -> text."""
    folder = resources.templates_directory() / "synthesis"
    return {name: (folder / name).read_text(encoding="utf-8") for name in (_CONSTANTS, _DSPS)}


def synthesis_script(modules: Sequence[Module], family: str) -> str:
    """Return the script that maps ``modules`` to ``family``'s primitives.

    It is ``synth_xilinx -flatten`` without pads and clock buffers, taken apart in a few places. Modules keep their
    boundaries.

    Yosys packs the registers around a product into a DSP48E1 and not into a DSP48E2: for UltraScale+ it packs those of
    7-series, which a map of our own turns into the others. Constants for LUTs go into LUT6 by a map of our own: Yosys
    has no distributed ROM, refuses the attribute that other tools need, and makes several LUTs of what is one. Black
    boxes that nobody uses are dropped before abc9, which goes through all of them for every module.
    """
    sources = dict.fromkeys(path for module in modules for path in module.files if path.endswith(".sv"))
    names = " ".join(module.name for module in modules)
    options = f"-flatten -noiopad -noclkbuf{' -uram' if family == 'xcup' else ''} -top {TOP} -run"
    synth = f"synth_xilinx -family {family} {options}"
    other_dsps = f"techmap -map {_DSPS}\n" if family == "xcup" else ""
    return f"""read_verilog -sv -defer {" ".join(sources)} {TOP_FILE}
{synth} begin:prepare
setattr -mod -set keep_hierarchy 1 {names}
{synth} prepare:map_dsp
setattr -set rom_style "logic" a:rom_style=distributed
synth_xilinx -family xc7 {options} map_dsp:coarse
{other_dsps}{synth} coarse:map_ffram
memory_nordff
techmap -map {_CONSTANTS}
{synth} map_ffram:map_luts
hierarchy -top {TOP} -purge_lib
read_verilog -lib -specify -nooverwrite +/xilinx/cells_sim.v
{synth} map_luts:check
tee -q -o {DELAYS} sta
select {names}
write_json -selected {NETLIST}
"""
