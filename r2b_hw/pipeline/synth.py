"""Synthesises a built folder's RTL with Yosys and puts the figures into its report."""

from collections.abc import Callable, Generator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from rich.console import RenderableType
from rich.table import Table

from r2b_hw.errors import InputError, ToolError
from r2b_hw.pipeline.console import Console
from r2b_hw.pipeline.projects import PROJECT_FOLDERS
from r2b_hw.pipeline.write_report import REPORT_FOLDER
from r2b_hw.reporting import (
    Report,
    Status,
    SynthesisCounts,
    SynthesisFinding,
    SynthesisReport,
    load_report,
    write_report,
)
from r2b_hw.storage import load_graph
from r2b_hw.synthesis import ModuleFigures, Progress, Synthesis, Usage, synthesise
from r2b_hw.tools.yosys import find_yosys


def synth_folder(
    folder: Path,
    *,
    family: str | None = None,
    jobs: int | None = None,
    unit: str | None = None,
    console: Console | None = None,
    each: bool = True,
) -> Synthesis:
    """Synthesise every unit and FIFO of ``folder``'s RTL; the report gets the figures.

    Parameters
    ----------
    family
        Yosys' name of a device family; the board's without it. The report is left as it is where it is another one.
    jobs
        Processes at once; one a core without it.
    unit
        Only this unit; the report is left as it is.
    each
        Say a line for each unit and FIFO, and show a table of the totals.

    Raises
    ------
    InputError
        The folder holds no built design, or the family, unit or number of jobs cannot be.
    ToolError
        Yosys is missing, or fails.
    """
    console = console or Console(quiet=True)
    if jobs is not None and jobs < 1:
        raise InputError(f"--jobs: {jobs} processes cannot work; give at least 1")
    graph = load_graph(folder)
    report = _report(folder)
    if family is None and report is None:
        raise InputError(f"{folder}: has no report that names the board; give --family")
    chosen = family or (report.board.family if report else "")
    with console.step(f"synthesise for {chosen}") as found:
        made = synthesise(
            folder / PROJECT_FOLDERS["rtl"],
            graph,
            chosen,
            jobs=jobs,
            unit=unit,
            progress=lambda progress: console.say(_line(progress)) if each else None,
        )
        found.append(_amount(made))
    if each:
        console.show(_totals(made))
    _show_findings(made, console)
    if report is not None and unit is None and chosen == report.board.family:
        write_report(with_synthesis(report, made), folder / REPORT_FOLDER)
    return made


@contextmanager
def synthesis_beside(
    folder: Path, *, console: Console | None = None
) -> Generator[Callable[[], Synthesis | None], None, None]:
    """Synthesise ``folder``, which has a report, while the caller does other things.

    What is yielded waits for the end and puts the figures into the report as it then is. Where Yosys is missing, the
    report says so, and None is returned. Left before that, the synthesis ends with the modules that are in work.
    """
    console = console or Console(quiet=True)
    try:
        find_yosys()
    except ToolError as error:
        missing = SynthesisReport(status=Status.NOT_RUN, reason=str(error))
        yield lambda: _say_missing(folder, missing, console)
        return
    family = load_report(folder).board.family
    left = Event()

    def progress(_: Progress) -> None:
        if left.is_set():
            raise CancelledError

    def finished() -> Synthesis:
        with console.step(f"synthesise for {family}") as found:
            made = future.result()
            found.append(_amount(made))
        _show_findings(made, console)
        write_report(with_synthesis(load_report(folder), made), folder / REPORT_FOLDER)
        return made

    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(synthesise, folder / PROJECT_FOLDERS["rtl"], load_graph(folder), family, progress=progress)
        try:
            yield finished
        finally:
            left.set()


def _say_missing(folder: Path, missing: SynthesisReport, console: Console) -> None:
    write_report(load_report(folder).model_copy(update={"synthesis": missing}), folder / REPORT_FOLDER)
    console.say(f"synthesis not-run: {missing.reason}")


def _amount(made: Synthesis) -> str:
    return f"{len(made.units)} units, {len(made.streams)} FIFOs, Yosys ran on {made.runs} modules"


def _show_findings(made: Synthesis, console: Console) -> None:
    for finding in made.findings:
        console.say(f"! {finding.where}: {finding.message}")


def with_synthesis(report: Report, made: Synthesis) -> Report:
    """Return ``report`` with the figures and findings of ``made``."""
    synthesis = SynthesisReport(
        status=Status.PASSED,
        tool=f"Yosys {made.yosys}",
        family=made.family,
        total=_counts("total", made.total),
        units=tuple(_of_module(name, figures) for name, figures in made.units.items()),
        fifos=tuple(_of_module(name, figures) for name, figures in made.streams.items()),
        findings=tuple(
            SynthesisFinding(where=finding.where, kind=finding.kind.value, message=finding.message)
            for finding in made.findings
        ),
    )
    return report.model_copy(update={"synthesis": synthesis})


def _counts(name: str, usage: Usage, levels: int | None = None, delay: int | None = None) -> SynthesisCounts:
    return SynthesisCounts(
        name=name,
        lut=usage.lut,
        lutram=usage.lutram,
        ff=usage.ff,
        bram36=usage.bram36,
        bram18=usage.bram18,
        dsp=usage.dsp,
        uram=usage.uram,
        latches=usage.latches,
        levels=levels,
        path_picoseconds=delay,
    )


def _of_module(name: str, figures: ModuleFigures) -> SynthesisCounts:
    return _counts(name, figures.usage, figures.levels, figures.delay_ps)


def _line(progress: Progress) -> str:
    usage, width = progress.figures.usage, len(str(progress.total))
    parts = [f"{usage.lut} LUT", f"{usage.ff} FF"]
    counts = (("BRAM36", usage.block_rams), ("DSP", usage.dsp), ("URAM", usage.uram))
    parts += [f"{count:g} {name}" for name, count in counts if count]
    known = ", known" if progress.cached else ""
    place = f"{progress.done:{width}}/{progress.total}"
    levels = progress.figures.levels
    return f"  {place}  {progress.name}: {', '.join(parts)}, {levels} level{'' if levels == 1 else 's'}{known}"


def _totals(made: Synthesis) -> RenderableType:
    table = Table("", box=None, pad_edge=False)
    for column in ("LUT", "of them RAM", "FF", "BRAM36", "DSP", "URAM"):
        table.add_column(column, justify="right")
    for name, group in (("units", made.units), ("FIFOs", made.streams)):
        usage = sum((figures.usage for figures in group.values()), Usage())
        table.add_row(name, *_cells(usage))
    table.add_row("total", *_cells(made.total), style="bold")
    deepest = sorted(made.units.items(), key=lambda item: (-item[1].delay_ps, item[0]))[:3]
    paths = ", ".join(f"{name} {figures.delay_ps / 1000:.1f} ns" for name, figures in deepest)
    table.caption = f"stage yosys; longest paths, cells only and no clock period: {paths}"
    table.caption_justify = "left"
    return table


def _cells(usage: Usage) -> list[str]:
    counts = (usage.lut, usage.lutram, usage.ff, usage.block_rams, usage.dsp, usage.uram)
    return [f"{count:,g}" if isinstance(count, float) else f"{count:,}" for count in counts]


def _report(folder: Path) -> Report | None:
    try:
        return load_report(folder)
    except InputError:
        return None
