"""Why a rate does not fit a board, and ways out with what they would cost: each is computed, none is advice alone."""

from dataclasses import dataclass

from r2b_hw.boards import known_boards, load_board
from r2b_hw.graph.cost import Cost
from r2b_hw.planning.budget import amount, exceeded, worst_share
from r2b_hw.planning.exact import Proof, nearest
from r2b_hw.planning.goal import cycles_a_frame
from r2b_hw.planning.planner import Search
from r2b_hw.planning.selection import Selection
from r2b_hw.planning.space import FoldProblem

_LARGEST = 3
_NARROW_BITS = 4


@dataclass(frozen=True)
class Refusal:
    """What is missing, what takes most of it, and ways out."""

    shortage: str
    largest: str
    ways_out: tuple[str, ...]

    def __str__(self) -> str:
        lines = [self.shortage, *([f"  most of it: {self.largest}"] if self.largest else [])]
        return "\n".join([*lines, *(f"  - {way}" for way in self.ways_out)])


def refuse(search: Search, target: int, fps: float, clock_mhz: float, needed: Cost | None) -> Refusal:
    """Return why ``fps`` frames a second (``target`` cycles a frame) do not fit.

    Parameters
    ----------
    needed
        What a sized design takes that exceeds the board, where the foldings alone would fit.
    """
    folds = search.problem(target)
    closest = nearest(folds.problem)
    if closest is None:
        shortage = f"board {search.board.name}: every folding that is allowed needs a resource the board has none of"
        return Refusal(shortage, "", tuple(_other_boards(search, fps)))
    cost = closest.cost + search.interface
    if not exceeded(cost, search.available):
        if needed is None:
            return Refusal(_undecided(search, fps), "", tuple(_slower(search, target, fps, clock_mhz)))
        cost = needed
    resource = exceeded(cost, search.available)[0]
    ways = [*_slower(search, target, fps, clock_mhz), *_other_boards(search, fps), *_fuller(search, cost)]
    if len(ways) < 3:
        ways.extend(_narrower(search, folds, closest, target, resource))
    return Refusal(_shortage(search, cost, fps), _contributors(search, folds, closest, resource), tuple(ways[:4]))


def _undecided(search: Search, fps: float) -> str:
    return (
        f"board {search.board.name}: the search ended with neither a design for {fps:,.6g} frames a second nor a "
        "proof that none fits"
    )


def _shortage(search: Search, cost: Cost, fps: float) -> str:
    limits = search.available
    first, *others = exceeded(cost, limits)
    text = (
        f"board {search.board.name}: the design needs {amount(cost, first):,.0f} {first.upper()} and "
        f"{amount(limits, first):,.0f} are available ({search.board.kept_free:.0%} of the device is kept free) "
        f"at {fps:,.6g} frames a second: {_excess(cost, limits, first)} too many"
    )
    for name in others:
        text += f", and {_excess(cost, limits, name)} {name.upper()} too many"
    return text


def _excess(cost: Cost, limits: Cost, name: str) -> str:
    limit = amount(limits, name)
    return f"{(amount(cost, name) - limit) / limit:.0%}" if limit else f"{amount(cost, name):,.0f}"


def _contributors(search: Search, folds: FoldProblem, closest: Selection, resource: str) -> str:
    names = ["+".join(fold[option].parallelism) for fold, option in zip(folds.folds, closest.options, strict=True)]
    names += [f"FIFO {stream.name}" for stream in folds.streams]
    parts = [(amount(cost, resource), name) for cost, name in zip(closest.parts(), names, strict=True)]
    parts.append((amount(search.interface, resource), search.board.interface.kind))
    largest = sorted((part for part in parts if part[0] > 0), reverse=True)[:_LARGEST]
    return ", ".join(f"{name} {taken:,.0f}" for taken, name in largest) + f" {resource.upper()}"


def _slower(search: Search, target: int, fps: float, clock_mhz: float) -> list[str]:
    made = search.fastest(slower_than=target)
    if made is None:
        return ["no slower design fits either"]
    return [
        f"{clock_mhz * 1e6 / made.target:.0f} frames a second ({made.target} cycles a frame) would fit, with "
        f"{worst_share(made.total, search.available):.0%} of what is available",
        f"that design at {made.target * fps / 1e6:,.0f} MHz instead of {clock_mhz:g} would keep the rate, "
        "if the clock is met",
    ]


def _other_boards(search: Search, fps: float) -> list[str]:
    """Name the smallest board that comes with r2b-hw, and is not this one, on which the rate fits."""
    boards = [load_board(name) for name in known_boards() if name != search.board.name]
    for board in sorted(boards, key=lambda board: (board.resources.lut, board.name)):
        target = cycles_a_frame(fps, board.clock_mhz)
        other = Search(search.graph, search.space, board)
        if target >= search.space.fastest() and other.fits(target) in (Proof.FOUND, Proof.OPTIMAL):
            return [f"board {board.name} at {board.clock_mhz:g} MHz has room for it (by the resource model)"]
    return ["no board in boards/ has room for it"]


def _fuller(search: Search, cost: Cost) -> list[str]:
    used = worst_share(cost, search.available) * (1 - search.board.kept_free)
    if used > 1:
        return []
    return [
        f"filling {used:.0%} of the device instead of {1 - search.board.kept_free:.0%} would hold it; "
        f"routing gets harder (kept_free in the board's file)"
    ]


def _narrower(search: Search, folds: FoldProblem, closest: Selection, target: int, resource: str) -> list[str]:
    """Say what waiting maps of fewer bits would save; other parts of the design shrink too, which is not counted."""
    saved = 0.0
    bits = 0
    for stream, link, ways, way in zip(folds.streams, folds.problem.links, folds.ways, closest.ways, strict=True):
        chosen = ways[link.words(closest.options)][way]
        own = search.graph.port_of(stream).integer.bits
        if chosen.store is None or own <= _NARROW_BITS:
            continue
        narrow = search.space.links.narrowed(stream, *link.words(closest.options), target, _NARROW_BITS, chosen.store)
        saved += amount(chosen.cost, resource) - amount(narrow, resource)
        bits = max(bits, own)
    if saved <= 0:
        return []
    return [
        f"residual maps of {_NARROW_BITS} bits instead of {bits} (residual_bits) would take about {saved:,.0f} "
        f"{resource.upper()} less where they wait"
    ]
