"""Synthesises the drawn configurations and writes what each takes to measurements.csv.

    python benchmarks/resource_model/measure.py [--kind KIND ...] [--jobs N]

Rows of other kinds, and of the other family, stay as they are. What the cache knows is not made again.
"""

import argparse
import csv
import math
from collections.abc import Iterator
from pathlib import Path

from configurations import KINDS, Fifo, configuration

from r2b_hw import resources
from r2b_hw.codegen.rtl.rendering import rtl_environment
from r2b_hw.codegen.rtl.unit_rtl import unit_rtl
from r2b_hw.codegen.rtl.unit_text import render_unit
from r2b_hw.graph.unit import Unit
from r2b_hw.synthesis.batches import synthesise_modules
from r2b_hw.synthesis.cache import Cache
from r2b_hw.synthesis.modules import Module, Project, fifo_text
from r2b_hw.tools.yosys import find_yosys

DATA = Path(__file__).parent / "measurements.csv"
COLUMNS = ("kind", "number", "family", "what", "lut", "lutram", "ff", "bram18", "dsp", "uram", "levels", "path_ps")


def _sources(kinds: list[str]) -> dict[str, str]:
    folder = resources.templates_directory() / "rtl"
    files = {f"common/{path.name}": path.read_text(encoding="utf-8") for path in (folder / "common").glob("*.sv")}
    for kind in kinds:
        if (folder / f"{kind}.sv").is_file():
            files[f"units/r2b_{kind}.sv"] = (folder / f"{kind}.sv").read_text(encoding="utf-8")
    return files


def _module(configured: Unit | Fifo, name: str) -> Module:
    if isinstance(configured, Fifo):
        project = Project(_sources([]))
        text = fifo_text(name, configured.width, configured.depth, configured.memory.value, configured.latency)
        return Module(name, {**project.files_of("r2b_fifo"), f"{name}.sv": text}, 100.0 + configured.width)
    files = dict(render_unit(configured, unit_rtl(configured), name, rtl_environment(), "//"))
    project = Project({**_sources([configured.kind]), **files})
    return Module(name, project.files_of(name), 100.0 + configured.cost().lut)


def describe(configured: Unit | Fifo) -> str:
    """Return what a person wants to know of a configuration."""
    if isinstance(configured, Fifo):
        return f"{configured.depth} x {configured.width} bit {configured.memory.value}, latency {configured.latency}"
    ports = (*configured.inputs, *configured.outputs)
    words = "; ".join(f"{p.name} {math.prod(p.shape)}/{p.channels_per_word} of {p.integer.bits} bit" for p in ports)
    nests = ", ".join("x".join(str(bound) for _, bound in nest.loops) for nest in configured.nests())
    return f"{words}; nests {nests}"


def _rows(kinds: list[str], family: str, jobs: int | None) -> Iterator[dict[str, object]]:
    configured = {f"{kind}_{n}": (kind, n, configuration(kind, n)) for kind in kinds for n in range(KINDS[kind][0])}
    cache = Cache(family, find_yosys())
    found = {}
    missing = []
    for name, (_, _, unit) in configured.items():
        module = _module(unit, name)
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
    asked = parser.parse_args()
    kinds, families = asked.kind or list(KINDS), asked.family or ["xc7"]
    kept: list[dict[str, object]] = []
    if DATA.is_file():
        with DATA.open(encoding="utf-8", newline="") as stream:
            kept = [
                row for row in csv.DictReader(stream) if (row["kind"] not in kinds or row["family"] not in families)
            ]
    made = [row for family in families for row in _rows(kinds, family, asked.jobs)]
    order = {kind: place for place, kind in enumerate(KINDS)}
    rows = sorted(kept + made, key=lambda row: (row["family"], order[str(row["kind"])], int(str(row["number"]))))
    with DATA.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{DATA}: {len(rows)} rows")


if __name__ == "__main__":
    main()
