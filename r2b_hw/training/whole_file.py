"""Files that appear whole or not at all, and that say when their bytes are not those that were written."""

# pyright: basic
import hashlib
import io
import os
import pickle
import tempfile
from pathlib import Path
from typing import Any

import torch

from r2b_hw.errors import InputError

PARTIAL = ".partial"
_HEADER = b"r2b-hw "
_DIGEST_BYTES = 64


def serialised(content: object) -> bytes:
    """``content`` as torch.save writes it."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def write_whole(data: bytes, path: Path) -> None:
    """Write ``data`` beside ``path``, flush it to the disk, and rename it to ``path``; the folder is created.

    Raises
    ------
    InputError
        The file cannot be written, because the disk is full or for another reason; what was at ``path`` is still there.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=PARTIAL)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
        _flush_folder(path.parent)
    except BaseException as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            problem = error.strerror or str(error)
            raise InputError(f"{path}: cannot be written ({problem}); make room or choose another folder") from error
        raise


def remove_partial_files(folder: Path) -> None:
    """Remove what writes that were killed have left in ``folder``."""
    for path in folder.glob(f"*{PARTIAL}"):
        path.unlink(missing_ok=True)


def save_state(content: dict[str, Any], path: Path) -> None:
    """Write tensors and plain values with the SHA-256 of their bytes in front; see :func:`write_whole`."""
    payload = serialised(content)
    write_whole(_HEADER + hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload, path)


def load_state(path: Path) -> dict[str, Any]:
    """Inverse of :func:`save_state`.

    Raises
    ------
    InputError
        The bytes are not those that were written: cut off, changed, or of another origin.
    """
    data = path.read_bytes()
    start = len(_HEADER) + _DIGEST_BYTES + 1
    payload = data[start:]
    digest = hashlib.sha256(payload).hexdigest().encode()
    if data[:start] != _HEADER + digest + b"\n":
        raise InputError(f"{path}: is damaged or no stage file of r2b-hw; remove it to train this stage again")
    try:
        return torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise InputError(f"{path}: cannot be read ({error}); remove it to train this stage again") from error


def _flush_folder(folder: Path) -> None:
    """Make a rename outlast a power cut, where the system can open folders."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
