"""Steps to a faster design, in numbers and in words: deeper FIFOs first, then wider folds."""

from collections.abc import Sequence
from fractions import Fraction

from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning.budget import RESOURCES, amount
from r2b_hw.reporting.activity_names import INPUT, OUTPUT
from r2b_hw.reporting.bottleneck_schema import Change, DepthChange, FoldChange, Limit
from r2b_hw.reporting.causes import Finding
from r2b_hw.reporting.deeper_fifos import Deeper, deepened, slowest_after
from r2b_hw.reporting.explanation import fold_words
from r2b_hw.reporting.faster_folds import Ladder, Refolded, Step, faster_folds
from r2b_hw.reporting.headroom import Headroom
from r2b_hw.reporting.schema_base import Stage
from r2b_hw.reporting.words import count, listed, percent, times
from r2b_hw.simulation import SimulationResult

_TITLES = {"lut": "LUT", "ff": "flip-flop", "bram36": "block RAM", "uram": "UltraRAM", "dsp": "DSP"}
_MOST_UNITS = 2


def find_changes(
    graph: HardwareGraph,
    timing: SimulationResult,
    finding: Finding,
    waiting: Sequence[str],
    headroom: Headroom,
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Return the steps to a faster design, and sentences about what they leave open."""
    interval = timing.interval or Fraction(1)
    changes: list[Change] = []
    spent = Cost()
    for step in deepened(graph, timing, finding, waiting):
        spent += step.cost
        changes.append(_depth_change(step, interval, headroom, spent))
        interval = step.interval
    ladder = faster_folds(graph, headroom, spent)
    for step in ladder.steps:
        spent += step.cost
        changes.append(_fold_change(graph, step, interval, headroom, spent))
        interval = Fraction(step.interval)
    return tuple(changes), tuple(_open_ends(graph, finding, changes, ladder, headroom))


def _depth_change(step: Deeper, before: Fraction, headroom: Headroom, spent: Cost) -> Change:
    limit = slowest_after(step.graph) if step.finding is None else step.finding.unit
    if step.finding is not None and step.finding.limit is Limit.FIFO:
        limit = listed(step.finding.fifos, 2)
    text = (
        f"FIFO {step.stream} with {times(step.after, 'word')} instead of {count(step.before)} brings "
        f"{count(float(step.interval))} cycles a frame (simulated), {_gain(before, step.interval)}: "
        f"{_amounts(step.cost)}. Then {_ends(limit)} is the limit."
    )
    return _change(
        step.cost, float(step.interval), headroom, spent, limit=limit, text=text, stage=Stage.SIMULATED
    ).model_copy(update={"depths": (DepthChange(fifo=step.stream, before=step.before, after=step.after),)})


def _fold_change(graph: HardwareGraph, step: Step, before: Fraction, headroom: Headroom, spent: Cost) -> Change:
    faster = sorted(
        (unit for unit in step.units if unit.cycles_after < unit.cycles_before),
        key=lambda unit: (-unit.cycles_before, -sum(graph.unit_by_name[unit.unit].macs)),
    )
    first = listed([_refolded(graph, unit) for unit in faster])
    if len(faster) > _MOST_UNITS:
        names = listed([unit.unit for unit in faster], _MOST_UNITS)
        first = f"{times(len(faster), 'unit')} folded wider, {names}"
    text = (
        f"{first}: {_amounts(step.cost)}. At best {count(step.interval)} cycles a frame then (model), "
        f"{_gain(before, Fraction(step.interval))}; {_ends(step.limit)} is the next limit."
    )
    if step.exceeds:
        total = headroom.used + spent
        lacking = [
            f"{count(amount(total, name))} of {count(amount(headroom.available, name))} {_TITLES[name]}s"
            for name in step.exceeds
        ]
        text += f" The board stands in the way: all steps so far would take {listed(lacking)}."
    folds = tuple(
        FoldChange(
            unit=unit.unit,
            before=unit.before,
            after=unit.after,
            cycles_before=unit.cycles_before,
            cycles_after=unit.cycles_after,
        )
        for unit in step.units
    )
    made = _change(step.cost, step.interval, headroom, spent, limit=step.limit, text=text, stage=Stage.MODEL)
    return made.model_copy(update={"folds": folds})


def _change(
    cost: Cost, interval: float, headroom: Headroom, spent: Cost, *, limit: str, text: str, stage: Stage
) -> Change:
    return Change(
        lut=round(cost.lut, 1),
        ff=round(cost.ff, 1),
        bram36=cost.bram36,
        uram=cost.uram,
        dsp=cost.dsp,
        interval_cycles=interval,
        fps=headroom.fps(interval),
        limit=limit,
        exceeds=headroom.exceeded(spent),
        stage=stage,
        text=text,
    )


def _refolded(graph: HardwareGraph, unit: Refolded) -> str:
    owner = graph.unit_by_name[unit.unit]
    return (
        f"{unit.unit} at {fold_words(owner, unit.after)} instead of {fold_words(owner, unit.before)} takes "
        f"{count(unit.cycles_after)} cycles instead of {count(unit.cycles_before)}"
    )


def _gain(before: Fraction, after: Fraction) -> str:
    return f"{percent(float(before / after) - 1)} more frames a second" if after < before else "no gain by itself"


def _amounts(cost: Cost) -> str:
    parts = [
        f"{'+' if value > 0 else '-'}{count(abs(value))} {_TITLES[name]}"
        for name in RESOURCES
        if abs(value := _rounded(amount(cost, name), name)) > 0
    ]
    return f"about {', '.join(parts)} (model)" if parts else "no further resources (model)"


def _rounded(value: float, name: str) -> float:
    return round(value) if name in ("lut", "ff") else value


def _ends(name: str) -> str:
    return {INPUT: "the host's input", OUTPUT: "the host's output"}.get(name, name)


def _open_ends(
    graph: HardwareGraph, finding: Finding, changes: Sequence[Change], ladder: Ladder, headroom: Headroom
) -> list[str]:
    result: list[str] = []
    if headroom.target_fps:
        result.append(
            f"The plan was asked for {count(headroom.target_fps)} frames a second and takes the least that reaches "
            "them; a higher --target-fps asks for more."
        )
    if ladder.stuck:
        names = [name for name, _ in ladder.stuck]
        result.append(
            f"Below {count(max(cycles for _, cycles in ladder.stuck))} cycles a frame no fold of {listed(names)} "
            "helps: a stream brings one word a cycle, and at most one pixel a word."
        )
    if any(change.folds for change in changes):
        result.append("Steps of stage model count width converters and no FIFOs; planning again finds the best design.")
    return result
