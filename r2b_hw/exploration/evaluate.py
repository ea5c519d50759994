"""Plans one point; runs in whatever process it is sent to."""

from dataclasses import dataclass
from time import process_time

from r2b_hw.boards import Board
from r2b_hw.errors import DoesNotFitError
from r2b_hw.exploration.fingerprint import planner_digest
from r2b_hw.exploration.schema import Counts, Design, Goal, Outcome, Resources, Speed
from r2b_hw.graph.cost import Cost
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning import Plan, plan
from r2b_hw.reporting import Stage


@dataclass(frozen=True)
class Task:
    """A goal with its board, which can be pickled."""

    board: Board
    goal: Goal


def evaluate(graph: HardwareGraph, task: Task) -> Outcome:
    """Plan ``graph`` for the task's goal; a design that does not fit becomes its reason."""
    began = process_time()
    design, refusal = None, None
    try:
        design = design_of(plan(graph, task.board, target_fps=task.goal.fps, clock_mhz=task.goal.clock_mhz))
    except DoesNotFitError as error:
        refusal = str(error)
    return Outcome(
        goal=task.goal,
        design=design,
        refusal=refusal,
        seconds=round(process_time() - began, 3),
        planner=planner_digest(),
    )


def design_of(planned: Plan) -> Design:
    """Return the figures of a plan."""
    latency = planned.simulation.latency
    return Design(
        interval_target=planned.interval_target,
        speed=Speed(
            interval_cycles=float(planned.interval),
            fps=planned.fps,
            latency_cycles=latency,
            latency_microseconds=latency / planned.clock_mhz,
            stage=Stage.SIMULATED,
        ),
        resources=Resources(taken=_counts(planned.total), available=_counts(planned.available), stage=Stage.MODEL),
    )


def _counts(cost: Cost) -> Counts:
    """Tenths: the resource model knows no more."""
    return Counts(
        lut=round(cost.lut, 1),
        ff=round(cost.ff, 1),
        bram36=round(cost.bram36, 1),
        uram=round(cost.uram, 1),
        dsp=round(cost.dsp, 1),
    )
