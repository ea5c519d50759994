"""The primitives of a device in Verilog: those of Yosys, and bodies for those that Yosys has the ports of alone."""

import importlib.util
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def _modules() -> dict[str, str]:
    """Each module of Yosys' libraries of cells, by name; those with a body where there are two."""
    specification = importlib.util.find_spec("pyosys")
    assert specification is not None
    assert specification.origin is not None
    folder = Path(specification.origin).parent / "share" / "xilinx"
    found: dict[str, str] = {}
    for name in ("cells_xtra.v", "cells_sim.v"):
        text = (folder / name).read_text(encoding="utf-8")
        found |= {m[1]: m[0] for m in re.finditer(r"^module (\w+)\b.*?^endmodule", text, re.MULTILINE | re.DOTALL)}
    return found


def cell_library(used: Iterable[str]) -> str:
    """The text of the cells called ``used`` and of what they need; KeyError for one that is in no library."""
    return "\n".join((*_definitions(sorted(used)), (_HERE / "block_ram.v").read_text(encoding="utf-8")))


def _definitions(used: Iterable[str]) -> Iterator[str]:
    for name in used:
        text = _modules()[name]
        yield text.removesuffix("endmodule") + _body(name) + "endmodule"


def _body(name: str) -> str:
    if name.startswith("RAMB"):
        return _block_ram(name)
    file = _HERE / f"{name.lower()}_body.v"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _block_ram(name: str) -> str:
    """An instance of the model between the pins of a RAMB18 or RAMB36 of either family."""
    words = 512 if "18" in name else 1024
    data = 16 if "18" in name else 32
    content = ", ".join(f"INIT_{i:02X}" for i in reversed(range(words // 8)))
    parity = ", ".join(f"INITP_{i:02X}" for i in reversed(range(words // 64)))
    old = name.endswith("E1")
    pins = {
        "in_a": "DIADI" if old else "DINADIN",
        "in_b": "DIBDI" if old else "DINBDIN",
        "parity_a": "DIPADIP" if old else "DINPADINP",
        "parity_b": "DIPBDIP" if old else "DINPBDINP",
        "out_a": "DOADO" if old else "DOUTADOUT",
        "out_b": "DOBDO" if old else "DOUTBDOUT",
        "out_parity_a": "DOPADOP" if old else "DOUTPADOUTP",
        "out_parity_b": "DOPBDOP" if old else "DOUTPBDOUTP",
    }
    address = (words * 32 - 1).bit_length()
    cascade = 'RAM_EXTENSION_A != "NONE" || RAM_EXTENSION_B != "NONE"' if name == "RAMB36E1" else "0"
    simple = 'RAM_MODE != "SDP"' if old else "0"
    both = data // 8 * 18
    return f"""
    localparam integer WIDE_READ = READ_WIDTH_A == {both};
    localparam integer WIDE_WRITE = WRITE_WIDTH_B == {both};
    initial begin
        if (DOA_REG != 0 && READ_WIDTH_A != 0 || DOB_REG != 0 && READ_WIDTH_B != 0) $fatal(1, "no output register");
        if ({cascade}) $fatal(1, "no cascade");
        if ((WIDE_READ != 0 || WIDE_WRITE != 0) && {simple}) $fatal(1, "wide ports are of a simple memory");
    end
    wire [63:0] read_a, read_b;
    wire [7:0] read_parity_a, read_parity_b;
    block_ram #(
        .WORDS({words}),
        .CONTENT({{{content}}}),
        .PARITY({{{parity}}}),
        .READ_WIDTH_A(READ_WIDTH_A),
        .READ_WIDTH_B(READ_WIDTH_B),
        .WRITE_WIDTH_A(WRITE_WIDTH_A),
        .WRITE_WIDTH_B(WRITE_WIDTH_B),
        .MODE_A(WRITE_MODE_A),
        .MODE_B(WRITE_MODE_B)
    ) ram (
        .clock(CLKARDCLK),
        .enable_a(ENARDEN),
        .enable_b(ENBWREN),
        .reset(READ_WIDTH_A != 0 && RSTRAMARSTRAM || READ_WIDTH_B != 0 && RSTRAMB),
        .address_a(ADDRARDADDR[{address - 1}:0]),
        .address_b(ADDRBWRADDR[{address - 1}:0]),
        .write_a({{4'd0, WEA}}),
        .write_b({{4'd0, WEBWE}}),
        .data_a({{32'd0, {pins["in_a"]}}}),
        .data_b(WIDE_WRITE != 0 ? {{{pins["in_b"]}, {pins["in_a"]}}} : {{32'd0, {pins["in_b"]}}}),
        .parity_a({{4'd0, {pins["parity_a"]}}}),
        .parity_b(WIDE_WRITE != 0 ? {{{pins["parity_b"]}, {pins["parity_a"]}}} : {{4'd0, {pins["parity_b"]}}}),
        .read_a(read_a),
        .read_b(read_b),
        .read_parity_a(read_parity_a),
        .read_parity_b(read_parity_b)
    );
    assign {pins["out_a"]} = read_a[{data - 1}:0];
    assign {pins["out_b"]} = WIDE_READ != 0 ? read_a[{2 * data - 1}:{data}] : read_b[{data - 1}:0];
    assign {pins["out_parity_a"]} = read_parity_a[{data // 8 - 1}:0];
    assign {pins["out_parity_b"]} = WIDE_READ != 0 ? read_parity_a[{data // 4 - 1}:{data // 8}] :
        read_parity_b[{data // 8 - 1}:0];
"""
