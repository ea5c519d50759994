"""What the person at the terminal sees while a job runs."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import rich.console
from rich.console import RenderableType
from rich.markup import escape

from r2b_hw.verification.rung import Rung, RungResult, Status

if TYPE_CHECKING:
    from r2b_hw.reporting import Report

_MARKS = {Status.PASSED: "[green]equal[/]", Status.FAILED: "[red]DIFFERS[/]", Status.NOT_RUN: "[dim]not-run[/]"}


class Console:
    """Prints steps with their time. A ``quiet`` console prints nothing."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = rich.console.Console(quiet=quiet, highlight=False)
        self.progress = not quiet and self._console.is_terminal
        self._rung_began = monotonic()

    @contextmanager
    def step(self, title: str) -> Generator[list[str], None, None]:
        """Time a step; what the caller appends to the list is printed behind the title when it ends."""
        began = monotonic()
        findings: list[str] = []
        with self._console.status(escape(title)):
            yield findings
        details = f": {', '.join(findings)}" if findings else ""
        self.say(f"{title}{details} [{monotonic() - began:.1f} s]")

    def say(self, text: str) -> None:
        """Print a line."""
        self._console.print(escape(text), soft_wrap=True)

    def show(self, renderable: RenderableType) -> None:
        """Print a table or the like."""
        self._console.print(renderable)

    def begin_rung(self, rung: Rung) -> None:
        """Note that a rung begins."""
        self._rung_began = monotonic()

    def end_rung(self, result: RungResult) -> None:
        """Print a rung's result."""
        if result.status is Status.NOT_RUN:
            found = escape(result.reason or "")
        else:
            found = f"{result.images} images, {result.tensors} tensors, {result.mismatches} mismatches"
            found += f" [{monotonic() - self._rung_began:.1f} s]"
        line = f"  {result.rung.value:13} {_MARKS[result.status]}  {found.replace('[', chr(92) + '[')}"
        self._console.print(line, soft_wrap=True)
        if result.status is Status.FAILED:
            where = f"{result.first}" if result.first else f"{result.reason}"
            self._console.print(f"                {escape(where)}", soft_wrap=True)

    def show_report(self, report: "Report", folder: Path) -> None:
        """Print the report's summary and where the rest lies."""
        from r2b_hw.reporting import summary

        self._console.print(summary(report))
        self.say(f"report: {folder / 'report' / 'report.html'}   HLS project: {folder / 'hls'}")
