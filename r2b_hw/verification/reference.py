"""Golden tensors in the output folder: reference images, the model's outputs, and integers for every named stream."""

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from r2b_hw.errors import ContractError, InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.port import Port
from r2b_hw.numeric.rounding import Integers

FOLDER = "reference"
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TensorLink:
    """How a layer's output follows from a stream: module output = stream value * 2**shifts + offsets, a channel.

    ``shifts`` and ``offsets`` hold one number or one a channel.
    """

    module: str
    shifts: tuple[int, ...] = (0,)
    offsets: tuple[float, ...] = (0.0,)


@dataclass(frozen=True, eq=False)
class Reference:
    """The golden set.

    Attributes
    ----------
    source
        Where the model came from, which computed it: a "flow", a PyTorch "module", or a third party's "qonnx" file.
    images, outputs
        As the PyTorch model takes and gives them, float32.
    tensors
        Stream name -> int64 whole tensor (N, H, W, C).
    links
        Stream name -> the layer it is compared with.
    labels
        Classes of the images, where known.
    """

    source: str
    images: Floats
    outputs: Floats
    tensors: Mapping[str, Integers]
    links: Mapping[str, TensorLink]
    labels: npt.NDArray[np.int64] | None = None


def tensor_links(graph: HardwareGraph, accumulators: Mapping[str, TensorLink]) -> dict[str, TensorLink]:
    """Return the link of every stream of ``graph`` that a layer of the model can be compared with."""
    links = {stream.name: TensorLink(stream.tensor) for stream in graph.streams if stream.tensor is not None}
    return {**{name: link for name, link in accumulators.items() if name in graph.stream_by_name}, **links}


def stream_integers(port: Port, link: TensorLink, values: Floats) -> Integers:
    """Return the integers of a stream for a layer's float output (N, C, H, W) or (N, C), exactly.

    Raises ContractError naming the layer where a value is off the stream's grid.
    """
    planes = values.reshape(len(values), port.shape[2], port.shape[0], port.shape[1]).astype(np.float64)
    rows = planes.transpose(0, 2, 3, 1)
    exponents = np.array(port.exponents) - np.array(link.shifts)
    scaled = np.ldexp(rows - np.array(link.offsets), exponents)
    if port.integer.binary:
        scaled = (scaled + 1) / 2
    integers = np.rint(scaled)
    if (integers != scaled).any():
        raise ContractError(f"{link.module}: its output is off the stream's grid; the model breaks the contract")
    return integers.astype(np.int64)


def save_reference(reference: Reference, folder: Path) -> None:
    """Write the golden set below ``folder``/reference, integers in the narrowest type."""
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    np.save(target / "images.npy", reference.images)
    np.save(target / "outputs.npy", reference.outputs)
    if reference.labels is not None:
        np.save(target / "labels.npy", reference.labels)
    narrow: dict[str, Any] = {name: _narrowest(tensor) for name, tensor in reference.tensors.items()}
    np.savez_compressed(target / "tensors.npz", **narrow)
    links = {name: asdict(link) for name, link in reference.links.items()}
    document = {"source": reference.source, "links": links}
    (target / "reference.json").write_text(json.dumps(document, indent=1) + "\n")


def load_reference(folder: Path) -> Reference:
    """Read what ``save_reference`` wrote; raise InputError naming the file that is missing or broken."""
    source = folder / FOLDER
    try:
        document = cast(dict[str, Any], json.loads((source / "reference.json").read_text()))
        labels = source / "labels.npy"
        with np.load(source / "tensors.npz") as archive:
            tensors = {name: archive[name].astype(np.int64) for name in archive.files}
        return Reference(
            source=document["source"],
            images=np.load(source / "images.npy"),
            outputs=np.load(source / "outputs.npy"),
            tensors=tensors,
            links={
                name: TensorLink(link["module"], tuple(link["shifts"]), tuple(link["offsets"]))
                for name, link in document["links"].items()
            },
            labels=np.load(labels) if labels.exists() else None,
        )
    except FileNotFoundError as error:
        raise InputError(f"{error.filename}: not found; {folder} is no output folder of r2b-hw build") from None
    except (
        ValueError,
        LookupError,
        TypeError,
        OSError,
        EOFError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise InputError(f"{source}: cannot be read ({error}); build again") from None


def check_reference(graph: HardwareGraph, reference: Reference, folder: Path) -> None:
    """Raise InputError naming the file where the golden set is not one of ``graph``: other streams, sizes or counts."""
    source = folder / FOLDER
    images = len(reference.images)
    if not images:
        raise InputError(f"{source / 'images.npy'}: holds no image, and nothing can be verified; build again")
    graph.host_input.quantise(reference.images[:1])
    values = graph.port_of(graph.output_stream).pixels * graph.port_of(graph.output_stream).shape[2]
    if reference.outputs.shape[:1] != (images,) or reference.outputs.size != images * values:
        raise InputError(
            f"{source / 'outputs.npy'}: expected {images} images of {values} values, got {reference.outputs.shape}; "
            "build again"
        )
    named = {stream.name for stream in graph.streams if stream.tensor is not None}
    missing = sorted((set(reference.links) | named) - (set(reference.tensors) & set(reference.links)))
    if missing:
        raise InputError(f"{source / 'tensors.npz'}: {', '.join(missing)} missing; build again")
    for name, tensor in reference.tensors.items():
        if name not in graph.stream_by_name or name not in reference.links:
            raise InputError(f"{source / 'tensors.npz'}: the graph has no stream {name}; build again")
        expected = (images, *graph.port_of(graph.stream_by_name[name]).shape)
        if tensor.shape != expected:
            raise InputError(f"{source / 'tensors.npz'}: {name} should be {expected}, got {tensor.shape}; build again")


def _narrowest(tensor: Integers) -> npt.NDArray[Any]:
    lo, hi = int(tensor.min(initial=0)), int(tensor.max(initial=0))
    for candidate in (np.int8, np.int16, np.int32):
        if np.iinfo(candidate).min <= lo and hi <= np.iinfo(candidate).max:
            return tensor.astype(candidate)
    return tensor
