"""Explains a deadlock: follows who waits for whom from the accelerator's output until the circle closes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wait:
    """What a nest waits for when nothing fires any more.

    Attributes
    ----------
    title
        Its unit's name, or the source's or the sink's.
    stream
        The stream that is empty, or full; "" where a credit is missing, or nothing.
    for_room
        Whether it waits for room, not for input.
    on
        Position of the nest at the other end; None where it waits for nothing.
    """

    title: str
    stream: str
    for_room: bool
    on: int | None


def explain_deadlock(waits: Sequence[Wait], sink: int, now: int, depths: Mapping[str, int]) -> str:
    """Return one line: the cycle, the FIFOs that are full, those that are empty, and the circle of units.

    ``waits`` holds all nests, that of the sink at position ``sink``; ``now`` is the cycle from which nothing fires.
    """
    path: list[int] = []
    position: int | None = sink
    while position is not None and position not in path:
        path.append(position)
        position = waits[position].on
    circle = [waits[member] for member in (path[-1:] if position is None else path[path.index(position) :])]
    full = [
        f"{wait.stream} ({depths[wait.stream]} of {depths[wait.stream]} words)" for wait in circle if _is_full(wait)
    ]
    empty = [wait.stream for wait in circle if wait.stream and not wait.for_room]
    return (
        f"deadlock at cycle {now}: "
        f"full: {', '.join(full) or 'none'}; empty: {', '.join(empty) or 'none'}; "
        f"path: {' -> '.join([*map(_describe, circle), circle[0].title])}; "
        "deepen a full FIFO until it holds what the empty one waits for (a frame beside a gate)"
    )


def _is_full(wait: Wait) -> bool:
    return bool(wait.stream) and wait.for_room


def _describe(wait: Wait) -> str:
    if wait.on is None:
        return f"{wait.title} rests"
    return f"{wait.title} {'waits for room in' if wait.for_room else 'waits for input from'}"
