"""Synthesises the drawn configurations and writes what each takes to measurements.csv.

    python benchmarks/resource_model/measure.py [--again] [--held-out] [--family FAMILY] [--kind KIND ...] [--jobs N]

Rows that are there stay as they are, unless --again asks for new ones, of all kinds or of some.
"""

import argparse
import csv
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from configurations import KINDS, Fifo, configuration

from r2b_hw import resources
from r2b_hw.codegen.rtl.popcount import popcount_files
from r2b_hw.codegen.rtl.rendering import rtl_environment
from r2b_hw.codegen.rtl.unit_rtl import unit_rtl
from r2b_hw.codegen.rtl.unit_text import render_unit
from r2b_hw.graph.stream import fifo_structure
from r2b_hw.graph.unit import Unit
from r2b_hw.synthesis.batches import synthesise_modules
from r2b_hw.synthesis.cache import Cache
from r2b_hw.synthesis.modules import Module, Project, fifo_text
from r2b_hw.tools.yosys import find_yosys

DATA = Path(__file__).parent / "measurements.csv"
COLUMNS = ("kind", "number", "family", "what", "lut", "lutram", "ff", "bram18", "dsp", "uram", "levels", "path_ps")


class Sources:
    """Templates, and the compressor trees of all drawn units: those of one process share them."""

    def __init__(self, units: list[Unit]) -> None:
        folder = resources.templates_directory() / "rtl"
        self.codes = {unit.name: unit_rtl(unit) for unit in units}
        paths = {f"common/{path.name}": path for path in (folder / "common").glob("*.sv")}
        paths |= {f"units/r2b_{unit.kind}.sv": folder / f"{unit.kind}.sv" for unit in units}
        self.shared = {name: path.read_text(encoding="utf-8") for name, path in paths.items()}
        shapes = [shape for code in self.codes.values() for shape in code.popcounts]
        self.shared |= {f"popcount/{name}.sv": text for name, text in popcount_files(shapes)}

    def module(self, configured: Unit | Fifo, name: str) -> Module:
        if isinstance(configured, Fifo):
            structure = fifo_structure(configured.width, configured.depth, configured.memory)
            text = fifo_text(name, configured.width, configured.depth, structure, configured.latency)
            files = Project(self.shared).files_of("r2b_fifo")
            return Module(name, {**files, f"{name}.sv": text}, 100.0 + configured.width)
        files = dict(render_unit(configured, self.codes[configured.name], name, rtl_environment(), "//"))
        project = Project({**self.shared, **files})
        return Module(name, project.files_of(name), 100.0 + configured.cost().lut)


def describe(configured: Unit | Fifo) -> str:
    """Return what a person wants to know of a configuration."""
    if isinstance(configured, Fifo):
        return f"{configured.depth} x {configured.width} bit {configured.memory.value}, latency {configured.latency}"
    ports = (*configured.inputs, *configured.outputs)
    words = "; ".join(f"{p.name} {math.prod(p.shape)}/{p.channels_per_word} of {p.integer.bits} bit" for p in ports)
    nests = ", ".join("x".join(str(bound) for _, bound in nest.loops) for nest in configured.nests())
    return f"{words}; nests {nests}"


Key = tuple[str, str, str]
"""Kind, number, family."""


def _key(row: Mapping[str, object]) -> Key:
    return str(row["kind"]), str(row["number"]), str(row["family"])


def _read() -> list[dict[str, str]]:
    if not DATA.is_file():
        return []
    with DATA.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _rows(
    kinds: list[str], family: str, jobs: int | None, known_rows: set[Key], *, held_out: bool
) -> Iterator[dict[str, object]]:
    configured = {
        f"{kind}_{n}": (kind, n, configuration(kind, n))
        for kind in kinds
        for n in range(KINDS[kind][0] if held_out else 0, sum(KINDS[kind][:2]))
        if (kind, str(n), family) not in known_rows
    }
    cache = Cache(family, find_yosys())
    found = {}
    missing = []
    sources = Sources([unit for _, _, unit in configured.values() if not isinstance(unit, Fifo)])
    for name, (_, _, unit) in configured.items():
        module = sources.module(unit, name)
        known = cache.get(module)
        if known is None:
            missing.append(module)
        else:
            found[name] = known
    print(f"{family}: {len(found)} known, {len(missing)} to synthesise", flush=True)
    for module, figures in synthesise_modules(missing, family, jobs=jobs, logs=Path("build/resource_model")):
        cache.put(module, figures)
        found[module.name] = figures
        print(f"  {len(found)}/{len(configured)} {module.name} {figures.usage}", flush=True)
    for name, (kind, number, unit) in configured.items():
        usage = found[name].usage
        yield {
            "kind": kind,
            "number": number,
            "family": family,
            "what": describe(unit),
            "lut": usage.lut,
            "lutram": usage.lutram,
            "ff": usage.ff,
            "bram18": usage.bram18 + 2 * usage.bram36,
            "dsp": usage.dsp,
            "uram": usage.uram,
            "levels": found[name].levels,
            "path_ps": found[name].delay_ps,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--family", action="append", choices=("xc7", "xcup"))
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--held-out", action="store_true", help="only configurations that judge the fit")
    asked = parser.parse_args()
    kinds, families = asked.kind or list(KINDS), asked.family or ["xc7"]
    here = set() if asked.again else {_key(row) for row in _read()}
    made = [row for family in families for row in _rows(kinds, family, asked.jobs, here, held_out=asked.held_out)]
    new = {_key(row) for row in made}
    kept = [row for row in _read() if _key(row) not in new]
    order = {kind: place for place, kind in enumerate(KINDS)}
    rows = sorted(kept + made, key=lambda row: (row["family"], order[str(row["kind"])], int(str(row["number"]))))
    with DATA.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{DATA}: {len(rows)} rows")


if __name__ == "__main__":
    main()
