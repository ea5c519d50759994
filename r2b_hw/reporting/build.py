"""Collects a report from a plan, its simulation and its verification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from r2b_hw.graph.stream import fifo_structure
from r2b_hw.reporting.block_memories import find_block_memories
from r2b_hw.reporting.bottleneck_schema import Bottleneck
from r2b_hw.reporting.schema import (
    Accuracy,
    Amount,
    BoardSummary,
    FifoReport,
    ItemCost,
    Operations,
    Performance,
    Report,
    Resources,
    Stage,
    Ties,
    Tool,
    Totals,
    UnitReport,
    VerificationRung,
)
from r2b_hw.units.coefficients import ERRORS
from r2b_hw.version import __version__

if TYPE_CHECKING:  # these load numba, which showing a finished report must not wait for
    from r2b_hw.graph.cost import Cost
    from r2b_hw.graph.stream import Stream
    from r2b_hw.planning import Plan
    from r2b_hw.simulation import SimulationResult


def build_report(
    plan: Plan,
    *,
    verification: Sequence[VerificationRung],
    simulation: SimulationResult | None = None,
    accuracy: Accuracy | None = None,
    ties: Ties | None = None,
    bit_exact: bool = True,
    bit_exact_note: str | None = None,
    hls_notes: Mapping[str, str] | None = None,
    bottleneck: Bottleneck | None = None,
) -> Report:
    """Return the report of ``plan``.

    Parameters
    ----------
    simulation
        A run of the planned graph; the plan's own (timing only) where none is given.
    bit_exact_note
        The measured error, for a design that was built although it cannot be exact.
    hls_notes
        By unit name, why its HLS loop takes other cycles than its schedule.
    bottleneck
        Why the design is not faster (``bottleneck.find_bottleneck``), where that has been looked into.
    """
    graph = plan.graph
    measured = simulation or plan.simulation
    interval = float(measured.interval or plan.interval)
    macs = [unit.macs for unit in graph.units]
    fifos = tuple(_fifos(plan, measured))
    return Report(
        tool=Tool(version=__version__),
        name=graph.name,
        board=BoardSummary(
            name=plan.board.name,
            title=plan.board.title,
            part=plan.board.part,
            family=plan.board.family,
            kept_free=plan.board.kept_free,
            sources=plan.board.sources,
        ),
        bit_exact=bit_exact,
        bit_exact_note=bit_exact_note,
        performance=Performance(
            interval_cycles=interval,
            latency_cycles=measured.latency,
            fps=plan.clock_mhz * 1e6 / interval,
            latency_microseconds=measured.latency / plan.clock_mhz,
            clock_mhz=plan.clock_mhz,
            target_fps=plan.target_fps,
            stage=Stage.SIMULATED,
        ),
        resources=Resources(
            total=_totals(plan),
            units=tuple(
                _item(name, cost, band=_band(plan, graph.unit_by_name[name].kind))
                for name, cost in plan.unit_costs.items()
            ),
            interface=_item(plan.board.interface.kind, plan.interface, plan.board.interface.cost_source),
            memory_bits=plan.total.memory_bits,
            fifo_bits=sum(fifo.depth * fifo.width_bits for fifo in fifos),
        ),
        units=tuple(_units(plan, measured, interval, hls_notes or {})),
        fifos=fifos,
        verification=tuple(verification),
        bottleneck=bottleneck,
        block_memories=find_block_memories(graph, dict(plan.stream_costs)),
        operations=Operations(binary_macs=sum(b for b, _ in macs), real_macs=sum(r for _, r in macs)),
        accuracy=accuracy,
        ties=ties,
        host_operators=(
            *(f"{operator} (before the input quantiser)" for operator, _ in graph.host_input.operators),
            "quantise the input",
            "scale the output",
            *graph.host_output.operators,
        ),
    )


def _totals(plan: Plan) -> Totals:
    device = plan.board.resources
    costs = [(plan.unit_costs[unit.name], _band(plan, unit.kind)) for unit in plan.graph.units]
    costs += [(plan.stream_costs[stream.name], _fifo_band(plan, stream)) for stream in plan.graph.streams]
    errors = {"bram36": 0.0, "uram": 0.0, "dsp": 0.0}
    for place, name in enumerate(("lut", "ff")):
        wrong = sum(getattr(cost, name) * band[place] for cost, band in costs if band)
        errors[name] = round(wrong / max(1.0, getattr(plan.total, name)), 3)

    def amount(name: str) -> Amount:
        return Amount(
            value=_rounded(getattr(plan.total, name)),
            available=_rounded(getattr(plan.available, name)),
            device=getattr(device, name),
            error=errors[name],
            stage=Stage.MODEL,
        )

    return Totals(lut=amount("lut"), ff=amount("ff"), bram36=amount("bram36"), uram=amount("uram"), dsp=amount("dsp"))


def _item(name: str, cost: Cost, source: str | None = None, band: tuple[float, float] | None = None) -> ItemCost:
    return ItemCost(
        name=name,
        lut=_rounded(cost.lut),
        ff=_rounded(cost.ff),
        bram36=_rounded(cost.bram36),
        uram=_rounded(cost.uram),
        dsp=_rounded(cost.dsp),
        memory_bits=cost.memory_bits,
        lut_error=band[0] if band else None,
        ff_error=band[1] if band else None,
        stage=Stage.MODEL,
        source=source,
    )


def _band(plan: Plan, kind: str) -> tuple[float, float] | None:
    """Return the model's errors in LUTs and flip-flops for units of ``kind`` on the board's family."""
    return ERRORS.get(plan.board.family, {}).get(kind)


def _fifo_band(plan: Plan, stream: Stream) -> tuple[float, float] | None:
    # The names of units.memory.fifo_kind, which is not imported: it would bring the units' compiled code.
    structure = fifo_structure(plan.graph.port_of(stream).word_bits, stream.depth, stream.memory)
    return _band(plan, "fifo_register" if stream.depth == 1 else f"fifo_{'bram' if structure == 'uram' else structure}")


def _units(plan: Plan, measured: SimulationResult, interval: float, hls_notes: Mapping[str, str]) -> list[UnitReport]:
    result: list[UnitReport] = []
    for unit in plan.graph.units:
        stalls = measured.stalls[unit.name]
        binary, real = unit.macs
        result.append(
            UnitReport(
                name=unit.name,
                kind=unit.kind,
                layer=unit.layer,
                input_channels_per_word=unit.inputs[0].channels_per_word,
                output_channels_per_word=unit.outputs[0].channels_per_word,
                cycles=unit.interval,
                load=round(unit.interval / interval, 4),
                active=stalls.active,
                starved=stalls.starved,
                blocked=stalls.blocked,
                binary_macs=binary,
                real_macs=real,
                hls_note=hls_notes.get(unit.name),
            )
        )
    return result


def _fifos(plan: Plan, measured: SimulationResult) -> list[FifoReport]:
    result: list[FifoReport] = []
    for stream in plan.graph.streams:
        port = plan.graph.port_of(stream)
        cost, band = plan.stream_costs[stream.name], _fifo_band(plan, stream)
        result.append(
            FifoReport(
                name=stream.name,
                producer=stream.producer.unit if stream.producer else None,
                consumer=stream.consumer.unit if stream.consumer else None,
                tensor=stream.tensor,
                depth=stream.depth,
                width_bits=port.word_bits,
                words=port.words,
                memory=fifo_structure(port.word_bits, stream.depth, stream.memory),
                high_water=measured.high_water[stream.name],
                waiting=stream.name in plan.waiting_streams,
                lut=_rounded(cost.lut),
                ff=_rounded(cost.ff),
                bram36=_rounded(cost.bram36),
                uram=_rounded(cost.uram),
                lut_error=band[0] if band else None,
                ff_error=band[1] if band else None,
                stage=Stage.MODEL,
            )
        )
    return result


def _rounded(value: float) -> float:
    """Tenths: the resource model knows no more."""
    return round(value, 1)
