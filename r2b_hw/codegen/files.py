"""Writing generated files."""

from collections.abc import Mapping
from pathlib import Path

from r2b_hw.errors import InputError


def write_files(directory: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Write ``files`` (path relative to ``directory`` -> text) where the content changed; return what was written.

    Raises InputError where a file cannot be written.
    """
    written: list[Path] = []
    for relative, text in files.items():
        path = directory / relative
        content = text.encode()
        try:
            if path.is_file() and path.read_bytes() == content:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise InputError(f"{path}: cannot be written ({error.strerror}); choose another output folder") from error
        written.append(path)
    return tuple(written)
