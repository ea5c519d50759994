"""Folding files: SIMD and PE, or channels a word, of units by name, as TOML that a person edits."""

from pathlib import Path

from pydantic import Field

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.matrix_vector_unit import MatrixVectorUnit
from r2b_hw.graph.unit import Unit
from r2b_hw.planning.folding import parallelism_of
from r2b_hw.settings import Section, read_settings

FOLDING_FILE = "folding.toml"


class UnitFolding(Section):
    """One unit's line.

    Attributes
    ----------
    simd, pe, pixels
        Of a matrix-vector unit: input channels and output channels worked on in a cycle, and, of a binary one, how many
        pixels at once (1 without it).
    channels
        Of every other unit: channels a word.
    """

    simd: int | None = Field(default=None, gt=0)
    pe: int | None = Field(default=None, gt=0)
    pixels: int | None = Field(default=None, gt=0)
    channels: int | None = Field(default=None, gt=0)

    def text(self) -> str:
        """Return it as a TOML value."""
        keys = ((key, value) for key, value in self.model_dump().items() if value is not None)
        return "{ " + ", ".join(f"{key} = {value}" for key, value in keys) + " }"


class FoldingFile(Section):
    """A folding file; ``name`` is its stem, ``units`` the lines by unit name."""

    name: str
    units: dict[str, UnitFolding]


def read_folding(path: Path | str) -> FoldingFile:
    """Read a folding file. InputError names every violation of the schema."""
    return read_settings(Path(path), FoldingFile)


def folding_of(unit: Unit) -> UnitFolding:
    """Return the line of a folded unit."""
    inputs, outputs, *several = parallelism_of(unit)
    if isinstance(unit, MatrixVectorUnit):
        return UnitFolding(simd=inputs, pe=outputs, pixels=several[0] if several else None)
    return UnitFolding(channels=inputs)


def folding_text(graph: HardwareGraph, planned: HardwareGraph, heading: str) -> str:
    """Return the folding of ``planned`` as a folding file for ``graph``, which it was planned from.

    Width converters are left out: they follow from the words on both sides.
    """
    lines = [f"# {line}" for line in heading.splitlines()]
    lines += ["", "[units]"]
    for unit in graph.units:
        lines.append(f'"{unit.name}" = {folding_of(planned.unit_by_name[unit.name]).text()}')
    return "\n".join(lines) + "\n"
