"""Brings a build's findings into the report, and a verification's into a report that is there."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from r2b_hw.codegen.hls.project import hls_notes
from r2b_hw.errors import InputError, R2BError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.lowering.lower import Lowered
from r2b_hw.pipeline.source import Source
from r2b_hw.planning import Plan
from r2b_hw.planning.budget import RESOURCES
from r2b_hw.reporting import (
    Accuracy,
    Divergence,
    Report,
    Stage,
    Status,
    Ties,
    VerificationRung,
    build_report,
    load_report,
    write_report,
)
from r2b_hw.reporting.bottleneck import find_bottleneck
from r2b_hw.reporting.bottleneck_schema import Bottleneck
from r2b_hw.reporting.headroom import Headroom
from r2b_hw.simulation import SimulationResult, simulate_timing
from r2b_hw.storage import load_graph
from r2b_hw.verification.hardware_rungs import images_at_once
from r2b_hw.verification.reference import Reference
from r2b_hw.verification.rung import Rung, RungResult
from r2b_hw.verification.rung import Status as RungStatus

REPORT_FOLDER = "report"


def write_first_report(folder: Path, source: Source, lowered: Lowered, planned: Plan, reference: Reference) -> None:
    """Write the report of a build that has not been verified yet."""
    report = build_report(
        planned,
        verification=(),
        accuracy=_accuracy(source, planned.graph, reference),
        hls_notes=hls_notes(planned.graph),
        ties=Ties(frozen=source.frozen_ties, near=sum(lowered.near_ties.values())),
        bottleneck=find_bottleneck(
            planned.graph,
            planned.simulation,
            planned.waiting_streams,
            Headroom(planned.total, planned.available, planned.clock_mhz, planned.target_fps),
        ),
    )
    write_report(report, folder / REPORT_FOLDER)


def write_verification(folder: Path, results: Sequence[RungResult]) -> None:
    """Put the ladder's results into the folder's report, where it has one."""
    try:
        report = load_report(folder)
    except InputError:
        return
    rungs = tuple(_rung(result) for result in results)
    report = _with_stage(_timed_anew(report, folder), results)
    write_report(report.model_copy(update={"verification": rungs}), folder / REPORT_FOLDER)


def _with_stage(report: Report, results: Sequence[RungResult]) -> Report:
    """Return the report with its cycles of stage verilated where RTL was equal to the simulation in every one."""
    equal = any(result.rung is Rung.RTL and result.status is RungStatus.PASSED for result in results)
    stage = Stage.VERILATED if equal else Stage.SIMULATED
    return report.model_copy(update={"performance": report.performance.model_copy(update={"stage": stage})})


def _timed_anew(report: Report, folder: Path) -> Report:
    """Return the report with the clock of the graph as it is now: depths in graph.json may have been edited."""
    try:
        graph = load_graph(folder)
        timing = simulate_timing(graph)
    except R2BError:
        return report
    if timing.interval is None:
        return report
    clock = report.performance.clock_mhz
    performance = {
        "interval_cycles": float(timing.interval),
        "latency_cycles": timing.latency,
        "fps": clock * 1e6 / float(timing.interval),
        "latency_microseconds": timing.latency / clock,
    }
    fifos = tuple(
        fifo.model_copy(
            update={"depth": graph.stream_by_name[fifo.name].depth, "high_water": timing.high_water[fifo.name]}
        )
        for fifo in report.fifos
        if fifo.name in graph.stream_by_name
    )
    update: dict[str, object] = {"performance": report.performance.model_copy(update=performance), "fifos": fifos}
    if report.bottleneck is None or [fifo.depth for fifo in fifos] != [fifo.depth for fifo in report.fifos]:
        update["bottleneck"] = _looked_into_anew(report, graph, timing)
    return report.model_copy(update=update)


def _looked_into_anew(report: Report, graph: HardwareGraph, timing: SimulationResult) -> Bottleneck | None:
    total = report.resources.total
    amounts = {name: getattr(total, name) for name in RESOURCES}
    headroom = Headroom.of_amounts(
        {name: amount.value for name, amount in amounts.items()},
        {name: amount.available for name, amount in amounts.items()},
        report.performance.clock_mhz,
        report.performance.target_fps,
    )
    return find_bottleneck(graph, timing, [fifo.name for fifo in report.fifos if fifo.waiting], headroom)


def _accuracy(source: Source, graph: HardwareGraph, reference: Reference) -> Accuracy | None:
    if source.accuracy is None or reference.labels is None:
        return None
    right = 0
    batch = images_at_once(graph)
    for start in range(0, len(reference.images), batch):
        frames = graph.host_input.quantise(reference.images[start : start + batch])
        integers = graph.evaluate(frames)[graph.output_stream.name]
        classes = integers.reshape(len(frames), -1).argmax(axis=1)
        right += int(np.sum(classes == reference.labels[start : start + batch]))
    return Accuracy(
        float_model=source.accuracy.float_network,
        accelerator=right / len(reference.images),
        train_images=source.accuracy.train_images,
        validation_images=source.accuracy.validation_images,
        test_images=len(reference.images),
    )


def _rung(result: RungResult) -> VerificationRung:
    first = result.first
    divergence = (
        Divergence(layer=first.layer, index=first.index, expected=first.expected, got=first.got) if first else None
    )
    return VerificationRung(
        rung=result.rung.value,
        images=result.images,
        mismatches=result.mismatches,
        status=Status(result.status.value),
        reason=result.reason,
        divergence=divergence,
    )
