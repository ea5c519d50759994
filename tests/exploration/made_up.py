"""Outcomes with figures made up, for what does not depend on planning."""

from r2b_hw.exploration.schema import Counts, Design, Goal, Outcome, Resources, Speed
from r2b_hw.reporting import Stage


def outcome(
    board: str = "one",
    interval: int | None = 1000,
    *,
    fps: float | None = 100_000.0,
    lut: float = 5_000.0,
    bram36: float = 10.0,
    uram: float = 0.0,
    latency: float = 50.0,
) -> Outcome:
    """A design of these figures; without ``fps`` one that was refused."""
    available = Counts(lut=40_000.0, ff=80_000.0, bram36=100.0, uram=0.0, dsp=200.0)
    design = None
    if fps is not None:
        design = Design(
            interval_target=interval or 1000,
            speed=Speed(
                interval_cycles=1e8 / fps,
                fps=fps,
                latency_cycles=int(latency * 100),
                latency_microseconds=latency,
                stage=Stage.SIMULATED,
            ),
            resources=Resources(
                taken=Counts(lut=lut, ff=2 * lut, bram36=bram36, uram=uram, dsp=3.0),
                available=available,
                stage=Stage.MODEL,
            ),
        )
    goal = Goal(board=board, clock_mhz=100.0, interval=interval)
    refusal = None if fps is not None else f"board {board}: <too> small & narrow"
    return Outcome(goal=goal, design=design, refusal=refusal, seconds=0.5, planner="p")
