"""A tree for any shape at once: as many large counters as fit, layer by layer."""

from r2b_hw.popcount.plan import Layer, Plan, Shape


def greedy_plan(shape: Shape) -> Plan:
    """Return a tree of ``shape``, within a few LUTs of the cheapest; always the same."""
    plan = Plan(shape, ())
    while not plan.complete:
        plan = Plan(shape, (*plan.layers, _layer(plan.heights()[-1], shape.most)))
    return plan


def _layer(heights: tuple[int, ...], most_left: tuple[int, ...]) -> Layer:
    counters: list[tuple[int, int, int]] = []
    for column, (height, most) in enumerate(zip(heights, most_left, strict=True)):
        sevens, rest = divmod(height, 7)
        if height <= most:
            continue
        if sevens:
            counters.append((column, 7, sevens))
        if rest > most:
            counters.append((column, rest, 1))
    return tuple(counters)
