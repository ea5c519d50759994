"""A progress bar over all stages, with loss and accuracy."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class TrainingProgress:
    """Shows stage, steps, loss and validation accuracy.

    Parameters
    ----------
    total
        Steps of all stages.
    shown
        True shows, False hides, None shows on a terminal only.
    """

    def __init__(self, total: int, shown: bool | None) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description:<19}"),
            BarColumn(),
            TextColumn("loss {task.fields[loss]:.3f}  accuracy {task.fields[accuracy]:.1%}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not (console.is_terminal if shown is None else shown),
        )
        self._task: TaskID = self._progress.add_task("training", total=total, loss=0.0, accuracy=0.0)

    def __enter__(self) -> "TrainingProgress":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def stage(self, name: str) -> None:
        """Begin a stage."""
        self._progress.update(self._task, description=name)

    def step(self, loss: float) -> None:
        """One step done, with its loss."""
        self._progress.update(self._task, advance=1, loss=loss)

    def skip(self, steps: int) -> None:
        """Steps that an earlier run has done."""
        self._progress.update(self._task, advance=steps)

    def accuracy(self, value: float) -> None:
        """Validation accuracy, in [0, 1]."""
        self._progress.update(self._task, accuracy=value)
