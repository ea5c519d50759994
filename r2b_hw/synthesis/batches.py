"""Runs Yosys on many modules: few processes, each with several, because starting costs as much as a small module."""

import json
import math
import os
import re
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory

from r2b_hw.errors import ToolError
from r2b_hw.synthesis.modules import Module
from r2b_hw.synthesis.netlist import deepest_path, usage_of
from r2b_hw.synthesis.script import DELAYS, NETLIST, TOP_FILE, batch_top, map_files, synthesis_script
from r2b_hw.synthesis.usage import ModuleFigures
from r2b_hw.tools.yosys import run_yosys

_MOST = 60
_MOST_WEIGHT = 10_000.0
"""Modules in one process, and their weight: the start of Yosys is then a small part, and progress is still seen."""


def synthesise_modules(
    modules: Sequence[Module], family: str, *, jobs: int | None, logs: Path
) -> Generator[tuple[Module, ModuleFigures], None, None]:
    """Yield the figures of ``modules``, whose names are distinct, as they are done, by ``jobs`` processes at once.

    Raises ToolError naming the module where Yosys fails; its whole message is then in the folder ``logs``.
    """
    processes = jobs or os.cpu_count() or 1
    with ThreadPoolExecutor(max_workers=processes) as pool:
        futures = [pool.submit(_batch, batch, family, logs) for batch in _batches(modules, processes)]
        try:
            for future in as_completed(futures):
                yield from future.result()
        finally:
            for future in futures:
                future.cancel()


def _batches(modules: Sequence[Module], processes: int) -> Sequence[Sequence[Module]]:
    """Return batches of about equal weight, the heaviest first."""
    weight = sum(module.weight for module in modules)
    wanted = max(math.ceil(len(modules) / _MOST), math.ceil(weight / _MOST_WEIGHT))
    # As many for each process: one alone at the end would leave the others idle.
    count = min(len(modules), processes * math.ceil(wanted / processes))
    batches: list[list[Module]] = [[] for _ in range(count)]
    weights = [0.0] * count
    for module in sorted(modules, key=lambda module: -module.weight):
        lightest = min(range(count), key=lambda index: (weights[index], len(batches[index])))
        batches[lightest].append(module)
        weights[lightest] += module.weight
    return batches


def _batch(modules: Sequence[Module], family: str, logs: Path) -> Sequence[tuple[Module, ModuleFigures]]:
    try:
        return _run(modules, family, logs)
    except ToolError:
        if len(modules) == 1:
            raise
    # One of them fails: alone it is known by its name.
    return [_run([module], family, logs)[0] for module in modules]


def _run(modules: Sequence[Module], family: str, logs: Path) -> Sequence[tuple[Module, ModuleFigures]]:
    with TemporaryDirectory(prefix="r2b_yosys_") as name:
        folder = Path(name)
        write_inputs(modules, folder)
        log = logs / f"yosys_{modules[0].name}.log"
        try:
            run_yosys(synthesis_script(modules, family), folder, log)
        except ToolError as error:
            raise ToolError(f"{modules[0].name}: {error}") from error
        log.unlink(missing_ok=True)
        netlists = json.loads((folder / NETLIST).read_text(encoding="utf-8"))["modules"]
        delays = _delays((folder / DELAYS).read_text(encoding="utf-8"))
    return [(module, _figures(module, netlists[module.name], delays)) for module in modules]


def write_inputs(modules: Sequence[Module], folder: Path) -> None:
    """Write what the script for ``modules`` reads into ``folder``."""
    for path, text in {**{path: text for m in modules for path, text in m.files.items()}, **map_files()}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / TOP_FILE).write_text(batch_top(modules), encoding="utf-8")


def _figures(module: Module, netlist: dict[str, object], delays: dict[str, int]) -> ModuleFigures:
    path = deepest_path(netlist)
    try:
        usage = usage_of(netlist)
    except ToolError as error:
        raise ToolError(f"{module.name}: {error}") from error
    return ModuleFigures(usage, path.levels, path.start, path.end, delays.get(module.name, 0))


def _delays(text: str) -> dict[str, int]:
    return {name: int(delay) for name, delay in re.findall(r"Latest arrival time in '(\S+)' is (\d+)", text)}
