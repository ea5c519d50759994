"""Boards: the device's resources, the clock and the way frames get in and out, one TOML file a board."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from r2b_hw import resources
from r2b_hw.errors import InputError
from r2b_hw.settings import Section, known_names, load_settings


class DeviceResources(Section):
    """What the device has, as its data sheet counts: 6-input LUTs, flip-flops, RAMB36, UltraRAM, DSP48."""

    lut: int = Field(gt=0)
    ff: int = Field(gt=0)
    bram36: int = Field(ge=0)
    uram: int = Field(ge=0)
    dsp: int = Field(ge=0)


class Interface(Section):
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


class Board(Section):
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

    def with_budget(self, percent: float | None) -> "Board":
        """Return the board with ``percent`` of every resource for the design, instead of its own share; None keeps it.

        InputError unless 0 < percent <= 100.
        """
        if percent is None:
            return self
        if not 0 < percent <= 100:
            raise InputError(f"--budget: expected the percentage of the device to use, above 0 to 100, got {percent:g}")
        # Rounded, so that 80 per cent leave what kept_free = 0.2 leaves.
        return self.model_copy(update={"kept_free": round(1 - percent / 100, 12)})


def known_boards() -> tuple[str, ...]:
    """Return the names of the boards that come with r2b-hw, sorted."""
    return known_names(resources.boards_directory())


def load_board(name_or_file: str | Path) -> Board:
    """Load a board by name, or from a ``.toml`` file; every error is an InputError of ``load_settings``."""
    return load_settings("board", name_or_file, resources.boards_directory(), Board)
