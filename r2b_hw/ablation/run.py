"""Runs an ablation: every training that is missing, several at a time."""

from collections.abc import Callable, Sequence
from pathlib import Path

from r2b_hw.ablation.options import AblationOptions, RowOptions
from r2b_hw.ablation.outcome import Outcome, Split, read_outcome
from r2b_hw.ablation.table import AblationTable, table
from r2b_hw.ablation.trainings import StageTraining, all_trainings, row_trainings, shown_stages
from r2b_hw.ablation.worker import Assignment, work
from r2b_hw.errors import InputError
from r2b_hw.settings import nearest
from r2b_hw.tools.worker_processes import Job, run_jobs


def run_ablation(
    options: AblationOptions,
    folder: Path | str,
    *,
    seeds: Sequence[int] | None = None,
    rows: Sequence[str] = (),
    jobs: int = 1,
    device: str = "auto",
    split: Split = "test",
    finished: Callable[[StageTraining, Outcome, int], None] | None = None,
) -> AblationTable:
    """Train what ``folder`` lacks and return the table.

    Parameters
    ----------
    options
        The ablation.
    folder
        Networks and accuracies of every stage; an interrupted run continues from it, and more rows or seeds add to it.
    seeds
        0 to ``options.seeds`` - 1 without them.
    rows
        Names of the rows, all of them without.
    jobs
        Trainings at a time, each in a process of its own with one thread.
    device
        ``auto``, ``cpu`` or ``cuda``.
    split
        What the table shows. Whatever is chosen by it is chosen with ``validation``.
    finished
        Called with each training that has ended, its outcome, and how many are left.

    Raises
    ------
    InputError
        There is no such row, or a file is damaged or cannot be written.
    ToolError
        A process was killed.
    """
    folder = Path(folder)
    chosen = chosen_rows(options, rows)
    numbers = tuple(range(options.seeds) if seeds is None else seeds)
    wanted = missing_trainings(all_trainings(options, chosen, numbers), folder)
    left = len(wanted)

    def report(name: str, outcome: Outcome) -> None:
        nonlocal left
        left -= 1
        if finished is not None:
            finished(wanted[name], outcome, left)

    run_jobs(
        work,
        {
            name: Job(
                Assignment(training, folder, device),
                frozenset(parent.fingerprint for parent in training.parents()) & wanted.keys(),
            )
            for name, training in wanted.items()
        },
        processes=jobs,
        finished=report,
    )
    return read_table(options, folder, seeds=numbers, rows=rows, split=split)


def read_table(
    options: AblationOptions, folder: Path, *, seeds: Sequence[int], rows: Sequence[str] = (), split: Split = "test"
) -> AblationTable:
    """The table of what lies in ``folder``, which holds every training of these rows and seeds."""
    accuracies: dict[str, tuple[tuple[float, ...], ...]] = {}
    for row in chosen_rows(options, rows):
        stages: list[tuple[float, ...]] = []
        for name in shown_stages(row):
            outcomes = [read_outcome(row_trainings(options, row, seed)[name], folder) for seed in seeds]
            stages.append(tuple(outcome.accuracy(split) for outcome in outcomes if outcome is not None))
        accuracies[row.name] = tuple(stages)
    return table(options, tuple(seeds), split, accuracies)


def chosen_rows(options: AblationOptions, names: Sequence[str]) -> tuple[RowOptions, ...]:
    """The rows of these names in the order of the table, all of them without names; InputError for an unknown one."""
    for name in names:
        if name not in options.row_names():
            known = options.row_names()
            raise InputError(
                f"{options.name}: there is no row '{name}'{nearest(name, known)}; known rows: {', '.join(known)}"
            )
    return tuple(row for row in options.rows if not names or row.name in names)


def missing_trainings(trainings: Sequence[StageTraining], folder: Path) -> dict[str, StageTraining]:
    """By fingerprint: what has no outcome, and what has one but no network although a missing one needs it."""
    missing: dict[str, StageTraining] = {}
    needed: set[str] = set()
    for training in reversed(trainings):
        name = training.fingerprint
        unfinished = read_outcome(training, folder) is None
        if unfinished or (name in needed and not training.file(folder).is_file()):
            missing[name] = training
            needed |= {parent.fingerprint for parent in training.parents()}
    return missing
