"""Finds every kind of unit: each module of this package that defines a Unit subclass with a ``kind``."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import r2b_hw.units
from r2b_hw.errors import InputError
from r2b_hw.graph.unit import Unit

Step = Callable[..., None]


@dataclass(frozen=True)
class UnitKind:
    """A kind of unit.

    Attributes
    ----------
    name
        Stem of every file about this kind.
    unit
        The dataclass.
    steps
        Nest name to the simulator's step function, in the order of the unit's nests.
    source
        The module's file.
    """

    name: str
    unit: type[Unit]
    steps: Mapping[str, Step]
    source: Path


@cache
def unit_kinds() -> Mapping[str, UnitKind]:
    """Return every kind by name, sorted."""
    kinds: dict[str, UnitKind] = {}
    for info in sorted(pkgutil.iter_modules(r2b_hw.units.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"r2b_hw.units.{info.name}")
        for value in vars(module).values():
            if not (inspect.isclass(value) and issubclass(value, Unit) and value.__module__ == module.__name__):
                continue
            if inspect.isabstract(value):
                continue
            steps = {
                name.removeprefix("step_"): step for name, step in vars(module).items() if name.startswith("step_")
            }
            kinds[info.name] = UnitKind(info.name, value, steps, Path(str(module.__file__)))
    return kinds


def unit_kind(name: str) -> UnitKind:
    """Return the kind called ``name``; InputError names the known kinds otherwise."""
    try:
        return unit_kinds()[name]
    except KeyError:
        raise InputError(f"unknown unit kind {name}; known: {', '.join(unit_kinds())}") from None
