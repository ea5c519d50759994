"""Where templates/, boards/ and flows/ are: inside the wheel, or at the top of a source checkout. And the cache."""

import os
from pathlib import Path

from r2b_hw.errors import InputError

_PACKAGE = Path(__file__).resolve().parent


def _directory(name: str) -> Path:
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise InputError(f"the folder {name}/ is missing from this installation of r2b-hw; reinstall the package")


def templates_directory() -> Path:
    """Return the folder of jinja2 templates and unit headers."""
    return _directory("templates")


def boards_directory() -> Path:
    """Return the folder of board descriptions, one TOML file a board."""
    return _directory("boards")


def flows_directory() -> Path:
    """Return the folder of flow descriptions, one TOML file a flow."""
    return _directory("flows")


def cache_directory() -> Path:
    """Return where compiled simulators and the like are kept: $XDG_CACHE_HOME/r2b-hw, or ~/.cache/r2b-hw."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "r2b-hw"
