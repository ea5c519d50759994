"""Which goals are worth planning: from the slowest that saves something to the fastest."""

from r2b_hw.graph.hardware_graph import HardwareGraph


def slowest_useful(graph: HardwareGraph) -> int:
    """Return the cycles a frame of ``graph`` (unfolded) from which on no unit can be folded any further."""
    return max(unit.interval for unit in graph.units)


def intervals(fastest: int, slowest: int, points: int) -> tuple[int, ...]:
    """Return up to ``points`` cycles a frame, each the same factor above the one before, both ends among them.

    Where ``slowest`` is no slower than ``fastest``, or one point is wanted, there is one.
    """
    if slowest <= fastest:
        return (slowest,)
    if points == 1:
        return (fastest,)
    ratio = slowest / fastest
    steps = (fastest * ratio ** (index / (points - 1)) for index in range(points))
    return tuple(sorted({*(round(step) for step in steps), fastest, slowest}))
