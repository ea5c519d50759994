"""One file a stage: its state after each epoch, and its network once it is finished."""

# pyright: basic
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from r2b_hw.flow import Flow
from r2b_hw.training.execution import Numerics
from r2b_hw.training.whole_file import load_state, remove_partial_files, save_state

FORMAT = 1
FOLDER = "stages"


@dataclass(frozen=True)
class StageFiles:
    """The stage files of one run, in ``folder``; without a folder nothing is kept.

    A file counts only for the seed, the numerics, and the data, network and stages up to its own that it was written
    for. Of several processes all read, and one ``writes``.
    """

    folder: Path | None
    flow: Flow
    seed: int
    numerics: Numerics = field(default_factory=Numerics)
    writes: bool = True

    def clean(self) -> None:
        """Remove what interrupted writes have left."""
        if self.folder is not None and self.writes:
            remove_partial_files(self.folder)

    def read(self, index: int) -> dict[str, Any] | None:
        """The state of stage ``index``, or None where there is none of this run.

        Raises
        ------
        InputError
            The file is damaged.
        """
        path = self._path(index)
        if path is None or not path.is_file():
            return None
        content = load_state(path)
        return content["state"] if content.get("run") == self._run(index) else None

    def write(self, index: int, state: dict[str, Any]) -> None:
        """Replace the file of stage ``index``.

        Raises
        ------
        InputError
            It cannot be written; the file that was there stays.
        """
        path = self._path(index)
        if path is not None and self.writes:
            save_state({"run": self._run(index), "state": state}, path)

    def _path(self, index: int) -> Path | None:
        if self.folder is None:
            return None
        names = [stage.name for stage in self.flow.training.all_stages()]
        return self.folder / f"{index + 1}-{names[index].replace(' ', '-')}.pt"

    def _run(self, index: int) -> dict[str, Any]:
        recipe = self.flow.stage_fingerprint(index)
        return {"format": FORMAT, "seed": self.seed, "recipe": recipe, "numerics": asdict(self.numerics)}
