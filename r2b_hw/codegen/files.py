"""Writing generated files."""

from collections.abc import Mapping
from pathlib import Path

from r2b_hw.errors import InputError


def write_files(directory: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Make ``directory`` hold ``files`` (relative path -> text), writing where the content changed; return what
    was written.

    Files of an earlier project that this one does not have are removed; the build folder of C-simulation stays. Raises
    InputError where a file cannot be written.
    """
    written: list[Path] = []
    for path in [path for path in directory.glob("**/*") if path.is_file()]:
        relative = path.relative_to(directory)
        if relative.as_posix() not in files and relative.parts[0] != "build":
            path.unlink()
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
