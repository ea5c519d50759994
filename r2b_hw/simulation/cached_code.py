"""Compiled code, cached as machine code under a hash of every source it is compiled from.

numba's cache does not see edits in callees, so what is cached is a generated file whose name holds that hash.
"""

import hashlib
import importlib.util
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import numpy as np

from r2b_hw.resources import cache_directory


def load_cached(stem: str, source: str, folders: tuple[str, ...]) -> ModuleType:
    """Return the module of ``source``, cached as long as it, the files of ``folders``, numba and processor stay."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(source.encode())
    for part in (version("numba"), np.__version__, sys.version, platform.machine(), platform.processor()):
        digest.update(part.encode())
    for path in sorted(path for folder in folders for path in (package / folder).glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    name = f"{stem}_{digest.hexdigest()[:16]}"
    file = cache_directory() / f"{name}.py"
    if not file.exists() or file.read_text() != source:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(source)
        temporary.replace(file)
    specification = importlib.util.spec_from_file_location(name, file)
    if specification is None or specification.loader is None:
        raise ImportError(f"cannot load the generated simulator {file}")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module
