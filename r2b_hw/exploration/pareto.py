"""Which points no other one beats: more frames a second, fewer LUTs and block RAMs, less latency."""

from collections.abc import Sequence

from r2b_hw.exploration.schema import Design, Outcome, Point, Standing


def objectives(design: Design) -> tuple[float, ...]:
    """Return what is to be small: minus the rate, LUTs, block RAMs, UltraRAMs, latency.

    UltraRAM counts, because what lies in it would need block RAM on a board that has none.
    """
    taken = design.resources.taken
    return (-design.speed.fps, taken.lut, taken.bram36, taken.uram, design.speed.latency_microseconds)


def dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether ``one`` is nowhere worse than ``other`` and somewhere better; all values are to be small."""
    return all(a <= b for a, b in zip(one, other, strict=True)) and any(a < b for a, b in zip(one, other, strict=True))


def ranked(outcomes: Sequence[Outcome]) -> tuple[Point, ...]:
    """Return the points board by board, fastest first; what was refused stands where the rate asked for would.

    Of outcomes of one board with the same figures, one is kept.
    """
    boards = tuple(dict.fromkeys(outcome.goal.board for outcome in outcomes))
    kept: list[Outcome] = []
    for board in boards:
        seen: set[tuple[object, ...]] = set()
        mine = [outcome for outcome in outcomes if outcome.goal.board == board]
        for outcome in sorted(mine, key=_speed, reverse=True):
            figures = _figures(outcome)
            if figures not in seen:
                seen.add(figures)
                kept.append(outcome)
    return tuple(
        Point(
            goal=outcome.goal,
            design=outcome.design,
            refusal=outcome.refusal,
            standing=_standing(outcome, kept),
            seconds=outcome.seconds,
        )
        for outcome in kept
    )


def _speed(outcome: Outcome) -> tuple[float, float]:
    asked = outcome.goal.fps or float("inf")
    return (asked if outcome.design is None else outcome.design.speed.fps, -asked)


def _figures(outcome: Outcome) -> tuple[object, ...]:
    if outcome.design is None:
        return (outcome.goal.interval,)
    return (outcome.design.speed, *outcome.design.resources.taken.model_dump().values())


def _standing(outcome: Outcome, others: Sequence[Outcome]) -> Standing:
    if outcome.design is None:
        return Standing.REFUSED
    own = objectives(outcome.design)
    beaten_by = [
        other.goal.board for other in others if other.design is not None and dominates(objectives(other.design), own)
    ]
    if not beaten_by:
        return Standing.FRONT
    return Standing.DOMINATED if outcome.goal.board in beaten_by else Standing.BOARD_FRONT
