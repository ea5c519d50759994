"""Figures of modules that have been synthesised before, by the content they were made from."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from r2b_hw.resources import cache_directory
from r2b_hw.synthesis import netlist
from r2b_hw.synthesis.modules import Module
from r2b_hw.synthesis.script import map_files, synthesis_script
from r2b_hw.synthesis.usage import ModuleFigures, Usage


class Cache:
    """A folder with a file a module; what cannot be read or written is not cached."""

    def __init__(self, family: str, yosys: str) -> None:
        counts = Path(str(netlist.__file__)).read_text(encoding="utf-8")
        self._salt = "\0".join((yosys, synthesis_script((), family), *map_files().values(), counts))
        self._folder = cache_directory() / "yosys"

    def get(self, module: Module) -> ModuleFigures | None:
        """Return the figures of a module of this content, or None."""
        try:
            content: dict[str, Any] = json.loads(self._file(module).read_text(encoding="utf-8"))
            return ModuleFigures(Usage(**content.pop("usage")), **content)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def put(self, module: Module, figures: ModuleFigures) -> None:
        """Keep ``figures``."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=self._folder, delete=False, encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(figures)))
            Path(stream.name).replace(self._file(module))

    def _file(self, module: Module) -> Path:
        return self._folder / f"{hashlib.sha256((self._salt + module.key).encode()).hexdigest()[:32]}.json"
