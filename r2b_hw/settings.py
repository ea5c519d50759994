"""Settings files: TOML read strictly, every problem at once, each with the nearest valid key."""

import difflib
import tomllib
from pathlib import Path
from typing import Any, TypeVar, cast, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from r2b_hw.errors import InputError

_LONGEST_VALUE = 40


class Section(BaseModel):
    """A table of a settings file: strict types, unknown keys refused, immutable."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


_Settings = TypeVar("_Settings", bound=Section)


def known_names(directory: Path) -> tuple[str, ...]:
    """Return the names of the settings files in ``directory``, sorted."""
    return tuple(sorted(path.stem for path in directory.glob("*.toml")))


def load_settings(kind: str, name_or_file: str | Path, directory: Path, model: type[_Settings]) -> _Settings:
    """Load a ``kind`` (such as "board") by its name in ``directory``, or from a ``.toml`` file.

    The model's field ``name`` becomes the file's stem. InputError: there is none of that name (the known ones are
    listed), the file is no TOML, or it violates the schema (a line for every violation).
    """
    return read_settings(_find(kind, name_or_file, directory), model)


def read_settings(path: Path, model: type[_Settings]) -> _Settings:
    """Read the settings file at ``path``; errors and the field ``name`` are those of ``load_settings``."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: not found") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: cannot be read as TOML: {error}") from error
    try:
        return model.model_validate({"name": path.stem, **content})
    except ValidationError as error:
        raise InputError("\n".join(f"{path}: {problem}" for problem in _problems(error, model))) from error


def _find(kind: str, name_or_file: str | Path, directory: Path) -> Path:
    path = Path(name_or_file)
    if path.suffix == ".toml" and path.is_file():
        return path
    name, known = str(name_or_file), known_names(directory)
    if name in known:
        return directory / f"{name}.toml"
    raise InputError(
        f"there is no {kind} or .toml file '{name}'{nearest(name, known)}; known {kind}s: {', '.join(known)}"
    )


def _problems(error: ValidationError, model: type[BaseModel]) -> list[str]:
    lines: list[str] = []
    for item in error.errors(include_url=False):
        location = item["loc"]
        key = ".".join(map(str, location)) or "(whole file)"
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            lines.append(f"'{key}' is not a known key{nearest(str(location[-1]), _keys(location[:-1], model))}")
        elif item["type"] == "missing":
            lines.append(f"'{key}': {message}")
        else:
            lines.append(f"'{key}': {message} (got {_shorten(item['input'])})")
    return lines


def nearest(name: str, known: tuple[str, ...]) -> str:
    """Return ", did you mean '...'?" with the known name most like ``name``, or nothing."""
    matches = difflib.get_close_matches(name, known, n=1)
    return f", did you mean '{matches[0]}'?" if matches else ""


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."


def _keys(location: tuple[int | str, ...], model: type[BaseModel]) -> tuple[str, ...]:
    """Return the valid keys of the table at ``location``."""
    section = model
    named = False
    for part in location:
        if isinstance(part, int) or named:
            named = False
            continue
        annotation = cast(Any, section.model_fields[part].annotation)
        # The keys of a dict are names that the user gives; its values are tables of one kind.
        named = get_origin(annotation) is dict
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        section = next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))
    return tuple(section.model_fields)
