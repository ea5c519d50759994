"""Compressor trees as SystemVerilog: a module a shape, and the module that chooses among those of a project."""

from collections.abc import Iterable, Iterator

from r2b_hw.popcount.netlist import ZERO, Carry, Flop, Lut, Netlist, netlist
from r2b_hw.popcount.plan import Plan, Shape
from r2b_hw.popcount.store import plan_popcount

CHOICE = "r2b_xnor_popcount_planned"
"""The module that ``common/r2b_xnor_popcount.sv`` instantiates for planned trees."""

_PORTS = """\
    input  logic clk,
    input  logic [{synapses}:0] x,
    input  logic [{synapses}:0] weights,
    input  logic [{groups}:0] valid,
    output logic [{columns}:0] row_a,
    output logic [{columns}:0] row_b,
    output logic [1:0] carry_inputs
"""


def popcount_files(shapes: Iterable[Shape]) -> Iterator[tuple[str, str]]:
    """Yield module name and text of every tree of ``shapes``, once, and of the module that chooses; none of none."""
    distinct = sorted(set(shapes))
    if distinct:
        yield CHOICE, choice_text(distinct)
    for shape in distinct:
        yield tree_module(shape), tree_text(plan_popcount(shape))


def tree_module(shape: Shape) -> str:
    """Return the name of the module of ``shape``."""
    return f"r2b_xnor_popcount_{shape.name}"


def choice_text(shapes: Iterable[Shape]) -> str:
    """Return the module that instantiates the tree of its parameters' shape."""
    lines = [
        "// The planned tree of a shape, out of those this project has.",
        f"module {CHOICE} #(",
        "    parameter int unsigned GROUPS = 1,",
        "    parameter int unsigned WIDTH = 64,",
        "    parameter int unsigned CARRY_INPUTS = 2,",
        "    localparam int unsigned ROW_BITS = $clog2(GROUPS * WIDTH + 1)",
        ") (",
        "    input  logic                    clk,",
        "    input  logic [GROUPS*WIDTH-1:0] x,",
        "    input  logic [GROUPS*WIDTH-1:0] weights,",
        "    input  logic [GROUPS-1:0]       valid,",
        "    output logic [ROW_BITS-1:0]     row_a,",
        "    output logic [ROW_BITS-1:0]     row_b,",
        "    output logic [1:0]              carry_inputs",
        ");",
    ]
    keyword = "    if"
    for shape in shapes:
        lines += [
            f"{keyword} (GROUPS == {shape.groups} && WIDTH == {shape.width} && CARRY_INPUTS == {shape.carry_inputs})"
            f" begin : g_{shape.name}",
            f"        {tree_module(shape)} tree (.clk, .x, .weights, .valid, .row_a, .row_b, .carry_inputs);",
        ]
        keyword = "    end else if"
    lines += [
        "    end else begin : g_missing",
        '        $error("no planned popcount of %0d groups of %0d bits", GROUPS, WIDTH);',
        "    end",
        "endmodule",
    ]
    return "\n".join([*lines, ""])


def tree_text(plan: Plan) -> str:
    """Return the module of ``plan``."""
    return "\n".join([*_lines(plan, netlist(plan)), ""])


def _lines(plan: Plan, tree: Netlist) -> Iterator[str]:
    shape = plan.shape
    groups = f"{shape.groups} group(s) of {shape.width}"
    yield f"// Matching bits of x and weights, {groups}, as two rows and two carry inputs."
    yield f"// {plan.luts} LUT6_2, {len(tree.carries)} CARRY4, {plan.flip_flops} flip-flops; latency 2, with a register"
    where = "the first layer" if plan.register_after == 0 else f"{plan.register_after} layer(s) of counters"
    yield f"// after {where} and one of the rows."
    for layer, heights in enumerate(plan.heights()):
        yield f"// Bits a column {'at first' if layer == 0 else f'after layer {layer}'}: {' '.join(map(str, heights))}"
    yield f"module {tree_module(shape)} ("
    ports = _PORTS.format(synapses=shape.synapses - 1, groups=shape.groups - 1, columns=shape.columns - 1)
    yield ports.rstrip("\n")
    yield ");"
    for bit in (*tree.bits, *(flop.target for flop in (*tree.flops, *tree.rows))):
        yield f"    logic {bit};"
    yield from (f"    logic [4:0] {carry.name}_idle;" for carry in tree.carries)
    if shape.groups == 1:
        # One group is always valid.
        yield "    wire unused = &{1'b0, valid};"
    yield from (_lut(lut) for lut in tree.luts)
    for carry in tree.carries:
        yield from _carry(carry)
    yield "    always_ff @(posedge clk) begin"
    yield from (f"        {_flop(flop)}" for flop in (*tree.flops, *tree.rows))
    yield "    end"
    for name, bits in (("row_a", tree.row_bits[0]), ("row_b", tree.row_bits[1]), ("carry_inputs", tree.carry_inputs)):
        yield f"    assign {name} = {{{', '.join(reversed(bits))}}};"
    yield "endmodule"


def _lut(lut: Lut) -> str:
    inputs = ", ".join(f".I{i}({name})" for i, name in enumerate(lut.inputs))
    return f"    LUT6_2 #(.INIT(64'h{lut.init:016x})) {lut.name} ({inputs}, .O6({lut.o6}), .O5({lut.o5 or ''}));"


def _carry(carry: Carry) -> Iterator[str]:
    # The upper two bits are idle; their outputs go nowhere.
    data, select = (f"{{2'b0, {bits[1]}, {bits[0]}}}" for bits in (carry.data, carry.select))
    yield f"    CARRY4 {carry.name} (.CI({ZERO}), .CYINIT({carry.first}), .DI({data}), .S({select}),"
    yield f"        .O({{{carry.name}_idle[1:0], {carry.sums[1]}, {carry.sums[0]}}}),"
    yield f"        .CO({{{carry.name}_idle[3:2], {carry.carry}, {carry.name}_idle[4]}}));"
    yield f"    wire unused_{carry.name} = &{{1'b0, {carry.name}_idle}};"


def _flop(flop: Flop) -> str:
    if flop.group is None:
        return f"{flop.target} <= {flop.source};"
    return f"if (!valid[{flop.group}]) {flop.target} <= 1'b{flop.invalid}; else {flop.target} <= {flop.source};"
