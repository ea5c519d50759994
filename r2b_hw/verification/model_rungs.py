"""The rungs above the hardware graph: the PyTorch model and the executed QONNX file, against the golden set."""

from collections.abc import Mapping
from pathlib import Path

from r2b_hw.errors import ContractError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.rounding import Integers
from r2b_hw.verification.compare import compare_outputs, compare_streams, result_of
from r2b_hw.verification.reference import Floats, Reference, stream_integers
from r2b_hw.verification.rung import Rung, RungResult, Status, not_run

CHECKPOINT_FILE = "checkpoint.pt"
MODEL_FILE = "model.onnx"


def pytorch_rung(folder: Path, graph: HardwareGraph, reference: Reference) -> RungResult:
    """Evaluate the checkpoint's model again on all reference images."""
    checkpoint = folder / CHECKPOINT_FILE
    if reference.source == "qonnx":
        return not_run(Rung.PYTORCH, "the model came as a QONNX file; the executed file is golden")
    if reference.source == "module":
        return not_run(Rung.PYTORCH, "the model came as a Python object; the golden set is its evaluation")
    if not checkpoint.exists():
        return not_run(Rung.PYTORCH, f"{CHECKPOINT_FILE} is not in the folder; the golden set stands for it")
    from r2b_hw.nn import evaluate
    from r2b_hw.training import load_checkpoint

    model = load_checkpoint(checkpoint).model
    try:
        evaluated = evaluate(model, reference.images)
    except ContractError as error:
        return RungResult(Rung.PYTORCH, Status.FAILED, len(reference.images), reason=str(error))
    return _compare(Rung.PYTORCH, graph, reference, evaluated.outputs, evaluated.tensors, len(reference.images))


def qonnx_rung(folder: Path, graph: HardwareGraph, reference: Reference, images: int | None = None) -> RungResult:
    """Execute model.onnx as exported, one image at a time, on the first ``images`` reference images."""
    file = folder / MODEL_FILE
    if not file.exists():
        return not_run(Rung.QONNX, f"{MODEL_FILE} is not in the folder; the golden set stands for it")
    from r2b_hw.frontend.executed import execute

    executed = execute(file, reference.images[:images])
    return _compare(Rung.QONNX, graph, reference, executed.outputs, executed.tensors, len(executed.outputs))


def _compare(
    rung: Rung,
    graph: HardwareGraph,
    reference: Reference,
    outputs: Floats,
    modules: Mapping[str, Floats],
    images: int,
) -> RungResult:
    streams: dict[str, Integers] = {}
    for name, link in reference.links.items():
        if link.module in modules:
            try:
                streams[name] = stream_integers(graph.port_of(graph.stream_by_name[name]), link, modules[link.module])
            except ContractError as error:
                return RungResult(rung, Status.FAILED, images, reason=str(error))
    golden = {name: tensor[:images] for name, tensor in reference.tensors.items()}
    comparison = compare_streams(graph, golden, streams)
    last = compare_outputs(reference.outputs[:images].reshape(outputs.shape), outputs, "output")
    return result_of(rung, images, comparison.plus(last))
