"""Finished points as files, so that an exploration that was interrupted goes on where it stopped."""

from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import ValidationError

from r2b_hw.errors import InputError
from r2b_hw.exploration.schema import Goal, Outcome
from r2b_hw.settings import Section

_DIGITS = 12


class _Kept(Section):
    fingerprint: str
    outcome: Outcome


class PointFiles:
    """A folder with a file a point; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def read(self, goal: Goal, fingerprint: str) -> Outcome | None:
        """Return what was kept of this very point; None where nothing was, or the file is damaged."""
        if self._folder is None:
            return None
        try:
            kept = _Kept.model_validate_json(self._file(self._folder, goal, fingerprint).read_bytes())
        except (OSError, ValidationError):
            return None
        return kept.outcome if kept.fingerprint == fingerprint else None

    def write(self, outcome: Outcome, fingerprint: str) -> None:
        """Keep ``outcome``: the file appears whole or not at all. InputError where it cannot be written."""
        if self._folder is None:
            return
        file = self._file(self._folder, outcome.goal, fingerprint)
        text = _Kept(fingerprint=fingerprint, outcome=outcome).model_dump_json(indent=1) + "\n"
        partial: Path | None = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(
                "w", dir=self._folder, prefix=".", suffix=".partial", delete=False, encoding="utf-8"
            ) as stream:
                partial = Path(stream.name)
                stream.write(text)
            partial.replace(file)
        except OSError as error:
            if partial is not None:
                with suppress(OSError):
                    partial.unlink(missing_ok=True)
            raise InputError(f"{file}: cannot be written ({error.strerror}); choose another --output") from None

    @staticmethod
    def _file(folder: Path, goal: Goal, fingerprint: str) -> Path:
        asked = "fastest" if goal.interval is None else f"{goal.interval}-cycles"
        return folder / f"{goal.board}-{asked}-{fingerprint[:_DIGITS]}.json"
