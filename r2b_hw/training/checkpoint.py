"""Checkpoints: the frozen network's tensors with the flow embedded, written atomically."""

# pyright: basic
import pickle
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError

from r2b_hw.errors import InputError
from r2b_hw.flow import Flow
from r2b_hw.nn import quantised_network
from r2b_hw.nn.freeze import with_empty_thresholds
from r2b_hw.training.execution import Execution, Numerics
from r2b_hw.training.result import Accuracy, StageHistory, Switch, TrainingResult
from r2b_hw.training.runtime import runtime
from r2b_hw.training.train import train
from r2b_hw.training.whole_file import remove_partial_files, serialised, write_whole

FORMAT = 1
FILE_NAME = "checkpoint.pt"


def save_checkpoint(result: TrainingResult, path: Path | str) -> None:
    """Write ``result``; the file appears whole or not at all.

    Raises
    ------
    InputError
        It cannot be written; what was at ``path`` stays.
    """
    content = {
        "format": FORMAT,
        "flow": result.flow.to_json(),
        "seed": result.seed,
        "state": result.model.state_dict(),
        "float_accuracy": asdict(result.float_accuracy),
        "quantised_accuracy": asdict(result.quantised_accuracy),
        "ties": result.ties,
        "changed": result.changed,
        "history": [asdict(stage) for stage in result.history],
        "numerics": asdict(result.numerics),
    }
    write_whole(serialised(content), Path(path))


def load_checkpoint(path: Path | str) -> TrainingResult:
    """Inverse of :func:`save_checkpoint`.

    Raises
    ------
    InputError
        No checkpoint, another format version, or content that does not fit its own flow.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise InputError(f"{path}: is not a readable checkpoint ({_first_line(error)}); train again") from error
    version = content.get("format") if isinstance(content, dict) else None
    if version != FORMAT:
        raise InputError(f"{path}: checkpoint format {version}, this version reads format {FORMAT}; train again")
    try:
        flow = Flow.from_json(content["flow"])
        model = with_empty_thresholds(quantised_network(flow.network, flow.training.calibration_batches))
        model.load_state_dict(content["state"])
        return TrainingResult(
            flow=flow,
            seed=content["seed"],
            model=model.eval().requires_grad_(False),
            float_accuracy=Accuracy(**content["float_accuracy"]),
            quantised_accuracy=Accuracy(**content["quantised_accuracy"]),
            ties=content["ties"],
            changed=content["changed"],
            history=tuple(_history(stage) for stage in content["history"]),
            numerics=Numerics(**content.get("numerics", {})),
        )
    except (KeyError, TypeError, RuntimeError, ValidationError) as error:
        raise InputError(f"{path}: does not fit its own flow ({_first_line(error)}); train again") from error


def _history(stage: dict[str, Any]) -> StageHistory:
    switch, averaged = stage.get("switch"), stage.get("averaged")
    return StageHistory(
        stage["stage"],
        tuple(stage["loss"]),
        tuple(stage["validation"]),
        None if switch is None else Switch(**switch),
        stage.get("test"),
        None if averaged is None else Switch(**averaged),
    )


def train_to_folder(
    flow: Flow,
    folder: Path | str,
    *,
    seed: int | None = None,
    progress: bool | None = None,
    execution: Execution | None = None,
) -> TrainingResult:
    """Train, and keep the result in ``folder/checkpoint.pt``; a checkpoint of the same flow and seed is
    reused, and so are the states in ``folder/stages``: an interrupted run continues where it stopped.

    Only what determines the trained model counts (:meth:`r2b_hw.flow.Flow.fingerprint`), and, where an ``execution``
    is given, its numerics. An unreadable checkpoint is replaced. Several processes need a folder they share.
    """
    folder = Path(folder)
    path = folder / FILE_NAME
    with runtime(execution or Execution()) as place:
        if place.processes.first:
            remove_partial_files(folder)
        numerics = None if execution is None else execution.numerics
        kept = _matching(path, flow, flow.training.seed if seed is None else seed, numerics)
        problem = f"{path}: the processes find different files; give a folder they all share"
        place.processes.agree(int(kept is not None), problem, place.device)
        if kept is not None:
            return kept
        result = train(flow, seed=seed, progress=progress, folder=folder, execution=execution)
        if place.processes.first:
            save_checkpoint(result, path)
        return result


def _matching(path: Path, flow: Flow, seed: int, numerics: Numerics | None) -> TrainingResult | None:
    if not path.is_file():
        return None
    try:
        result = load_checkpoint(path)
    except InputError:
        return None
    same = result.seed == seed and result.flow.fingerprint() == flow.fingerprint()
    return result if same and numerics in (None, result.numerics) else None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
