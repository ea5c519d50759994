"""Goals that no plan can reach, told before a plan is searched: rates beyond the clock, boards without a resource."""

from r2b_hw.boards import Board
from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.unit import Unit
from r2b_hw.planning.budget import amount, interface_cost
from r2b_hw.planning.folding import unit_folds

_NAMED = {"bram36": "block RAM", "uram": "UltraRAM", "dsp": "DSP"}
"""The resources a board may have none of."""
_MOST_NAMES = 4


def check_rate(target_fps: float | None, clock_mhz: float, input_words: int, option: str = "--target-fps") -> None:
    """Raise InputError naming ``option`` where ``target_fps`` asks for more than a frame a clock.

    ``input_words`` is how many words a frame comes in at least, one a clock: the pixels of an image, each of one word.
    """
    frames = clock_mhz * 1e6
    if target_fps is None or target_fps <= frames:
        return
    words = "word" if input_words == 1 else "words"
    raise InputError(
        f"{option}: {target_fps:,.0f} frames a second are more than one a clock at {clock_mhz:g} MHz; a frame "
        f"comes in {input_words:,} {words}, one a clock: ask for at most {int(frames / input_words)}"
    )


def cycles_a_frame(fps: float, clock_mhz: float) -> int:
    """Return how many whole cycles ``fps`` frames a second leave each."""
    # A rate given as clock / cycles must come back as those cycles in spite of its float's last bit.
    return int(clock_mhz * 1e6 / fps * (1 + 1e-12))


def input_words(graph: HardwareGraph) -> int:
    """Return how many words a frame of ``graph`` comes in at least."""
    _, height, width = graph.host_input.shape
    return height * width


def check_resources(graph: HardwareGraph, board: Board) -> None:
    """Raise InputError naming a resource the board has none of, and the units that need it however they are folded."""
    for resource, title in _NAMED.items():
        if amount_of_device(board, resource):
            continue
        needing = [unit.name for unit in graph.units if _always_needs(unit, resource)]
        if amount(interface_cost(board), resource):
            needing.insert(0, f"the way to memory ({board.interface.kind})")
        if needing:
            names = ", ".join(needing[:_MOST_NAMES])
            more = f" and {len(needing) - _MOST_NAMES} more" if len(needing) > _MOST_NAMES else ""
            raise InputError(
                f"board {board.name}: has no {title} ({resource} = 0), and {names}{more} cannot do without; take "
                "another board"
            )


def amount_of_device(board: Board, resource: str) -> int:
    """Return how many of ``resource`` the device has."""
    return int(getattr(board.resources, resource))


def _always_needs(unit: Unit, resource: str) -> bool:
    for fold in unit_folds(unit):
        if not all(amount(fold.with_constants(in_luts=luts).cost(), resource) for luts in (False, True)):
            return False
    return True
