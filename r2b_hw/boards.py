"""Boards: the device's resources, the clock and the way frames get in and out, one TOML file a board."""

import difflib
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from r2b_hw import resources
from r2b_hw.errors import InputError


class _Section(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class DeviceResources(_Section):
    """What the device has, as its data sheet counts: 6-input LUTs, flip-flops, RAMB36, UltraRAM, DSP48."""

    lut: int = Field(gt=0)
    ff: int = Field(gt=0)
    bram36: int = Field(ge=0)
    uram: int = Field(ge=0)
    dsp: int = Field(ge=0)


class Interface(_Section):
    """How frames travel between the processing system's memory and the accelerator.

    Attributes
    ----------
    memory_port, memory_port_bits
        The processing system's port the DMA is master on, and its width.
    length_register_bits
        Width of the DMA's buffer length register: a transfer is shorter than 2**bits bytes.
    lut, ff, bram36, cost_source
        What the interface takes of the device, and where that figure comes from.
    """

    kind: Literal["axi-dma"]
    memory_port: str = Field(min_length=1)
    memory_port_bits: Literal[32, 64, 128]
    length_register_bits: int = Field(ge=8, le=26)
    lut: float = Field(gt=0)
    ff: float = Field(gt=0)
    bram36: float = Field(ge=0)
    cost_source: str = Field(min_length=1)


class Board(_Section):
    """A board.

    Attributes
    ----------
    name
        Stem of its file.
    family
        Yosys' name of the device family: ``xc7`` (7-series) or ``xcup`` (UltraScale+).
    clock_mhz
        Default clock of the accelerator, MHz.
    kept_free
        Share of every resource that planning leaves unused.
    sources
        Data sheets the figures come from.
    """

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    part: str = Field(min_length=1)
    family: Literal["xc7", "xcup"]
    clock_mhz: float = Field(gt=0, le=1000)
    kept_free: float = Field(ge=0, lt=1)
    sources: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    resources: DeviceResources
    interface: Interface


def known_boards() -> tuple[str, ...]:
    """Return the names of the boards that come with r2b-hw, sorted."""
    return tuple(sorted(path.stem for path in resources.boards_directory().glob("*.toml")))


def load_board(name_or_file: str | Path) -> Board:
    """Load a board by name, or from a ``.toml`` file.

    Raises
    ------
    InputError
        No such board (the known ones are listed), no TOML, or the schema is violated (every violation has a line).
    """
    path = _find(name_or_file)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: cannot be read as TOML: {error}") from error
    try:
        return Board.model_validate({"name": path.stem, **content})
    except ValidationError as error:
        problems = (_describe(item) for item in error.errors(include_url=False))
        raise InputError("\n".join(f"{path}: {problem}" for problem in problems)) from error


def _find(name_or_file: str | Path) -> Path:
    path = Path(name_or_file)
    if path.suffix == ".toml" and path.is_file():
        return path
    name = str(name_or_file)
    known = known_boards()
    if name in known:
        return resources.boards_directory() / f"{name}.toml"
    nearest = difflib.get_close_matches(name, known, n=1)
    hint = f", did you mean {nearest[0]}?" if nearest else ""
    raise InputError(f"there is no board or .toml file {name}{hint}; known boards: {', '.join(known)}")


def _describe(item: ErrorDetails) -> str:
    key = ".".join(map(str, item["loc"]))
    if item["type"] != "extra_forbidden":
        return f"{key}: {item['msg']}" + ("" if item["type"] == "missing" else f" (got {item['input']!r})")
    section = {"resources": DeviceResources, "interface": Interface}.get(str(item["loc"][0]), Board)
    nearest = difflib.get_close_matches(str(item["loc"][-1]), section.model_fields, n=1)
    return f"{key}: no such key" + (f", did you mean {nearest[0]}?" if nearest else "")
