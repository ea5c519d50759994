"""graph.json and params.npz: a hardware graph as plain data.

Scalars and tuples of a unit's fields stand in graph.json with the shapes of its arrays; those lie in params.npz under
``<unit>/<field>``. The JSON holds a schema version; a file of another version is refused, never guessed at.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import numpy as np

from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.host import HostInput, HostOutput
from r2b_hw.graph.stream import Endpoint, Memory, Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers
from r2b_hw.units.registry import unit_kind
from r2b_hw.version import __version__

SCHEMA_VERSION = 1
GRAPH_FILE = "graph.json"
PARAMETERS_FILE = "params.npz"

Json = dict[str, Any]


class InconsistentGraphError(InputError):
    """graph.json and params.npz can be read and do not belong together: one of them was altered."""


def save_graph(graph: HardwareGraph, folder: Path) -> None:
    """Write ``graph`` into ``folder`` as graph.json and params.npz."""
    folder.mkdir(parents=True, exist_ok=True)
    document, arrays = describe(graph)
    (folder / GRAPH_FILE).write_text(json.dumps(document, indent=1) + "\n")
    np.savez_compressed(folder / PARAMETERS_FILE, **cast(dict[str, Any], arrays))


def describe(graph: HardwareGraph) -> tuple[Json, dict[str, Integers]]:
    """Return what graph.json holds, as JSON types, and the arrays of params.npz by name."""
    arrays: dict[str, Integers] = {}
    units: list[Json] = []
    for unit in graph.units:
        entry: Json = {"kind": unit.kind}
        shapes: dict[str, list[int]] = {}
        for name, value in _fields(unit).items():
            if isinstance(value, np.ndarray):
                array = cast(Integers, value)
                arrays[f"{unit.name}/{name}"] = array
                shapes[name] = list(array.shape)
            else:
                entry[name] = _plain(value)
        units.append(entry | {"arrays": shapes})
    document: Json = {
        "schema_version": SCHEMA_VERSION,
        "r2b_hw": __version__,
        "name": graph.name,
        "host_input": {name: _plain(value) for name, value in _fields(graph.host_input).items()},
        "host_output": {name: _plain(value) for name, value in _fields(graph.host_output).items()},
        "units": units,
        "streams": [_stream_entry(stream) for stream in graph.streams],
    }
    return document, arrays


def graph_digest(graph: HardwareGraph) -> str:
    """Return sha256 over the content of ``graph``: everything but its name."""
    document, arrays = describe(graph)
    content = {key: value for key, value in document.items() if key not in ("name", "r2b_hw")}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()


def load_graph(folder: Path) -> HardwareGraph:
    """Read the graph that ``save_graph`` wrote.

    Raises
    ------
    InputError
        A file is missing or cannot be read; it is named with what is wrong with it.
    InconsistentGraphError
        The files can be read and contradict each other; the stream or unit is named.
    """
    path = folder / GRAPH_FILE
    try:
        document = cast(Json, json.loads(path.read_text()))
        with np.load(folder / PARAMETERS_FILE) as archive:
            arrays = {name: cast(Integers, archive[name]) for name in archive.files}
    except FileNotFoundError as error:
        raise InputError(f"{error.filename}: not found; {folder} is no output folder of r2b-hw build") from None
    except (ValueError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{folder}: graph.json or params.npz cannot be read ({error}); build again") from None
    version = document.get("schema_version") if isinstance(cast(object, document), dict) else None
    if version != SCHEMA_VERSION:
        raise InputError(f"{path}: schema version {version}, this r2b-hw reads {SCHEMA_VERSION}; build again")
    try:
        return HardwareGraph(
            name=document["name"],
            units=tuple(_unit(entry, arrays) for entry in document["units"]),
            streams=tuple(_stream(entry) for entry in document["streams"]),
            host_input=HostInput(**_revived(document["host_input"])),
            host_output=HostOutput(**_revived(document["host_output"])),
        )
    except InputError as error:
        raise InconsistentGraphError(f"{path}: {error}; the folder was altered, build again") from None
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise InconsistentGraphError(
            f"{path}: {error!r}; the file was changed or belongs to another version, build again"
        ) from None


def _fields(value: Any) -> Json:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _plain(value: Any) -> Any:
    if isinstance(value, IntegerType):
        return {"lo": value.lo, "hi": value.hi, "binary": value.binary}
    if isinstance(value, tuple):
        return [_plain(item) for item in cast(tuple[Any, ...], value)]
    return value


def _revived(entry: Mapping[str, Any]) -> Json:
    return {name: _revive(value) for name, value in entry.items()}


def _revive(value: Any) -> Any:
    if isinstance(value, dict):
        return IntegerType(**cast(dict[str, Any], value))
    if isinstance(value, list):
        return tuple(_revive(item) for item in cast(list[Any], value))
    return value


def _unit(entry: Json, arrays: Mapping[str, Integers]) -> Unit:
    kind = unit_kind(entry["kind"])
    unit = entry["name"]
    values = _revived({name: value for name, value in entry.items() if name not in ("kind", "arrays")})
    for name, shape in entry["arrays"].items():
        key = f"{unit}/{name}"
        if key not in arrays:
            raise InputError(f"unit {unit}: {PARAMETERS_FILE} holds no {key}")
        if list(arrays[key].shape) != shape:
            raise InputError(
                f"unit {unit}: {key} of {PARAMETERS_FILE} should be {shape}, got {list(arrays[key].shape)}"
            )
        values[name] = arrays[key]
    return kind.unit(**values)


def _stream_entry(stream: Stream) -> Json:
    def end(endpoint: Endpoint | None) -> list[str] | None:
        return [endpoint.unit, endpoint.port] if endpoint else None

    return {
        "name": stream.name,
        "producer": end(stream.producer),
        "consumer": end(stream.consumer),
        "depth": stream.depth,
        "memory": stream.memory.value,
        "tensor": stream.tensor,
    }


def _stream(entry: Json) -> Stream:
    def end(names: list[str] | None) -> Endpoint | None:
        return Endpoint(*names) if names else None

    return Stream(
        entry["name"],
        end(entry["producer"]),
        end(entry["consumer"]),
        entry["depth"],
        Memory(entry["memory"]),
        entry["tensor"],
    )
