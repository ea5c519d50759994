"""Explains a deadlock: follows who waits for whom from the accelerator's output until the circle closes."""

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.simulation import layout
from r2b_hw.simulation.world import NestSite, World


def explain_deadlock(graph: HardwareGraph, world: World) -> str:
    """Return one line: the cycle, the FIFOs that are full, those that are empty, and the circle of units."""
    w = world.arena
    names = {offset: name for name, offset in world.fifos.items()}
    names |= {offset: f"{unit} ({credit})" for (unit, credit), offset in world.credits.items()}
    position = next(i for i, site in enumerate(world.nests) if site.nest == "sink" and not site.unit)
    path: list[int] = []
    while position not in path:
        path.append(position)
        record = world.nests[position].record
        waits_for = int(w[record + layout.WAITS_FOR])
        blocked = w[record + layout.STALL] == layout.STALLED_BLOCKED
        if not waits_for:
            break
        if waits_for in world.credits.values():
            # Whoever gives the credit: a credit's producer gives it, whatever the credit stands for.
            position = int(w[waits_for + layout.PRODUCER])
        else:
            position = int(w[waits_for + (layout.CONSUMER if blocked else layout.PRODUCER)])
    circle = path[path.index(position) :]
    full: list[str] = []
    empty: list[str] = []
    for member in circle:
        record = world.nests[member].record
        waits_for = int(w[record + layout.WAITS_FOR])
        if waits_for not in names or waits_for in world.credits.values():
            continue
        stream = graph.stream_by_name[names[waits_for]]
        if w[record + layout.STALL] == layout.STALLED_BLOCKED:
            full.append(f"{stream.name} ({stream.depth} of {stream.depth} words)")
        else:
            empty.append(stream.name)
    steps = [_describe(world.nests[member], int(w[world.nests[member].record + layout.STALL])) for member in circle]
    path_text = " -> ".join([*steps, _title(world.nests[circle[0]])])
    return (
        f"deadlock at cycle {int(w[layout.NOW])}: "
        f"full: {', '.join(full) or 'none'}; empty: {', '.join(empty) or 'none'}; path: {path_text}; "
        "deepen a full FIFO until it holds what the empty one waits for (a frame beside a gate)"
    )


def _title(site: NestSite) -> str:
    return site.unit or site.nest


def _describe(site: NestSite, stall: int) -> str:
    reason = {layout.STALLED_STARVED: "waits for input from", layout.STALLED_BLOCKED: "waits for room in"}
    return f"{_title(site)} {reason.get(stall, 'rests')}"
