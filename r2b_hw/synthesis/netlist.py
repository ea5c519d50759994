"""Reads a netlist of Xilinx primitives in Yosys' JSON: what it takes, and its deepest path."""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from r2b_hw.errors import ToolError
from r2b_hw.synthesis.usage import Usage

# LUT sites of the primitives of distributed memory (UG474, UG574; UG953 and UG974 describe each).
_LUTRAM_SITES = {
    "SRL16E": 1,
    "SRLC16E": 1,
    "SRLC32E": 1,
    "RAM16X1D": 2,
    "RAM32X1S": 1,
    "RAM32X2S": 2,
    "RAM32X1D": 2,
    "RAM64X1S": 1,
    "RAM64X1D": 2,
    "RAM128X1S": 2,
    "RAM128X1D": 4,
    "RAM256X1S": 4,
    "RAM256X1D": 8,
    "RAM512X1S": 8,
    "RAM32M": 4,
    "RAM64M": 4,
    "RAM32M16": 8,
    "RAM64M8": 8,
    "RAM64X8SW": 8,
}
_KINDS: tuple[tuple[str, Usage], ...] = (
    (r"LUT[1-6](_2)?|INV", Usage(lut=1)),
    (r"FD[RSCP]E(_1)?", Usage(ff=1)),
    (r"LD[CP]E", Usage(latches=1)),
    (r"RAMB36E[12]", Usage(bram36=1)),
    (r"RAMB18E[12]", Usage(bram18=1)),
    (r"DSP48E[12]", Usage(dsp=1)),
    (r"URAM288(_BASE)?", Usage(uram=1)),
    (r"MUXF[789]|CARRY[48]|BUFG|GND|VCC", Usage()),
    *((name, Usage(lut=sites, lutram=sites)) for name, sites in _LUTRAM_SITES.items()),
)
_REGISTER_OF = {"A": "AREG", "B": "BREG", "C": "CREG", "D": "DREG"}

Cell = Mapping[str, Any]
Bit = int | str


@dataclass(frozen=True)
class Path:
    """The path of most levels of logic: their number, and the nets at its ends."""

    levels: int
    start: str
    end: str


def usage_of(module: Mapping[str, Any]) -> Usage:
    """Return what the cells of ``module`` take; ToolError for a primitive that is not known."""
    counts: dict[str, int] = {}
    for cell in module["cells"].values():
        counts[cell["type"]] = counts.get(cell["type"], 0) + 1
    total: dict[str, int] = {field.name: 0 for field in fields(Usage)}
    for name, count in counts.items():
        if name.startswith("$"):
            if name not in ("$scopeinfo", "$print", "$check"):
                raise ToolError(f"Yosys left a cell {name} that is no primitive of the device")
            continue
        taken = next((taken for pattern, taken in _KINDS if re.fullmatch(pattern, name)), None)
        if taken is None:
            raise ToolError(f"Yosys made a primitive {name}, which is not counted; say so to the makers of r2b-hw")
        for field in total:
            total[field] += count * getattr(taken, field)
    return Usage(**total)


def deepest_path(module: Mapping[str, Any]) -> Path:
    """Return the path of most levels of logic between registers, memories and ports."""
    cells = dict(_functions(module["cells"]))
    through = {name: inputs for name, cell in cells.items() if (inputs := _inputs_through(cell))}
    driver: dict[Bit, str] = {}
    for name, cell in cells.items():
        for _, bits in _outputs(cell):
            driver.update(dict.fromkeys(bits, name))
    waiting = {
        name: {driver[bit] for bit, _ in inputs if driver.get(bit) in through} for name, inputs in through.items()
    }
    users: dict[str, list[str]] = {}
    for name, sources in waiting.items():
        for source in sources:
            users.setdefault(source, []).append(name)
    left = {name: len(sources) for name, sources in waiting.items()}
    ready = deque(name for name, count in left.items() if count == 0)
    levels: dict[str, int] = {}
    before: dict[str, Bit] = {}
    while ready:
        name = ready.popleft()
        reached = [(levels.get(driver.get(bit, ""), 0) + step, bit) for bit, step in through[name]]
        level, before[name] = max(reached, key=lambda item: item[0])
        levels[name] = max(1, level) if not cells[name]["type"].startswith("MUXF") else level
        for user in users.get(name, ()):
            left[user] -= 1
            if left[user] == 0:
                ready.append(user)
    names = _net_names(module)
    deepest, last, end = max(
        ((levels.get(driver.get(bit, ""), 0), bit, sink) for bit, sink in _ends(module, names)),
        key=lambda item: item[0],
        default=(0, "0", ""),
    )
    start = last
    while driver.get(start, "") in before:
        start = before[driver[start]]
    return Path(deepest, names.get(start, "a constant"), end)


def _functions(cells: Mapping[str, Cell]) -> Iterable[tuple[str, Cell]]:
    """Yield ``cells`` with each LUT6_2 as its two functions: an output has only the inputs its function depends on."""
    for name, cell in cells.items():
        if cell["type"] != "LUT6_2":
            yield name, cell
            continue
        table = int(str(cell["parameters"]["INIT"]), 2)
        for output, size in (("O6", 6), ("O5", 5)):
            constants = {f"I{i}": cell["connections"][f"I{i}"][0] for i in range(6)}
            fixed = {port: int(bit) for port, bit in constants.items() if bit in ("0", "1")}
            rows = [
                row
                for row in range(1 << size)
                if all((row >> i) & 1 == fixed.get(f"I{i}", (row >> i) & 1) for i in range(size))
            ]
            inputs = {
                f"I{i}": cell["connections"][f"I{i}"]
                for i in range(size)
                if f"I{i}" not in fixed and any((table >> row ^ table >> (row ^ 1 << i)) & 1 for row in rows)
            }
            ports = {**inputs, output: cell["connections"].get(output, [])}
            yield f"{name}.{output}", {**cell, "connections": ports}


def _inputs_through(cell: Cell) -> list[tuple[Bit, int]]:
    """Return the input bits from which a change goes through ``cell`` without a clock, and the levels it takes."""
    kind = cell["type"]
    found: list[tuple[Bit, int]] = []
    for port, bits in cell["connections"].items():
        if cell["port_directions"].get(port) != "input":
            continue
        step = _step(kind, port, cell["parameters"])
        if step is not None:
            found += [(bit, step) for bit in bits if isinstance(bit, int)]
    return found


def _step(kind: str, port: str, parameters: Mapping[str, Any]) -> int | None:
    if re.fullmatch(r"LUT[1-6](_2)?|INV", kind):
        return 1
    if kind.startswith("MUXF"):
        return 0
    if kind.startswith("CARRY"):
        return 0 if port == "CI" else 1
    if kind in _LUTRAM_SITES:
        return 1 if port.startswith(("A", "DPRA")) else None
    if kind.startswith("DSP48"):
        if _number(parameters, "PREG"):
            return None
        if port == "PCIN":
            return 1
        if port not in _REGISTER_OF or _number(parameters, _REGISTER_OF[port]):
            return None
        return 1 if port == "C" or not _number(parameters, "MREG") else None
    return None


def _number(parameters: Mapping[str, Any], name: str) -> int:
    """Return a parameter; the registers of a DSP48 are there unless they are taken away."""
    value = str(parameters.get(name, "1"))
    return int(value, 2) if re.fullmatch("[01]+", value) else 1


def _outputs(cell: Cell) -> Iterable[tuple[str, list[Bit]]]:
    directions = cell["port_directions"]
    return ((port, bits) for port, bits in cell["connections"].items() if directions.get(port) == "output")


def _ends(module: Mapping[str, Any], names: Mapping[Bit, str]) -> Iterable[tuple[Bit, str]]:
    """Yield where paths may end: a bit, and the name of the port or of what takes it there."""
    for name, port in module["ports"].items():
        if port["direction"] == "output":
            yield from ((bit, name) for bit in port["bits"])
    for name, cell in module["cells"].items():
        kept = next((names[bits[0]] for _, bits in _outputs(cell) if bits and bits[0] in names), name)
        sink = name if kept.startswith("$") else kept
        for port, bits in cell["connections"].items():
            # An input that a change goes through ends no path; what is behind it does.
            if cell["port_directions"].get(port) == "input" and _step(cell["type"], port, cell["parameters"]) is None:
                yield from ((bit, sink) for bit in bits)


def _net_names(module: Mapping[str, Any]) -> Mapping[Bit, str]:
    """Return a name a bit: a signal of the source where one has it."""
    names: dict[Bit, str] = {}
    for name, net in sorted(module["netnames"].items(), key=lambda item: -int(item[1]["hide_name"])):
        for index, bit in enumerate(net["bits"]):
            names[bit] = f"{name}[{index}]" if len(net["bits"]) > 1 else name
    return names
