"""Exact planning against the greedy descent it begins with: ten networks, the same resource model, the same budget.

For each network the fastest folding that fits is looked for both ways, then the smallest for a rate that both reach.
Prints a table: cycles a frame and weighted share of the board by each, and processor seconds. Usage:

    OMP_NUM_THREADS=1 python benchmarks/planning.py --board pynq-z2
"""

import argparse
import math
from time import process_time

from r2b_hw.boards import load_board
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning.exact import Proof, select
from r2b_hw.planning.greedy import descend
from r2b_hw.planning.planner import Search
from r2b_hw.planning.space import FoldSpace
from tests.planning.hand_built import residual_network

NETWORKS: dict[str, tuple[tuple[int, int, int], int, tuple[tuple[int, int], ...], bool]] = {
    "digits-like": ((8, 8, 1), 16, ((16, 1), (16, 1), (32, 2), (32, 1)), True),
    "narrow and deep": ((16, 16, 1), 16, ((16, 1),) * 8, True),
    "three stages": ((16, 16, 3), 16, ((16, 1), (16, 1), (32, 2), (32, 1), (64, 2), (64, 1)), True),
    "wide": ((8, 8, 3), 64, ((64, 1), (64, 1)), True),
    "wide, no gates": ((16, 16, 3), 128, ((128, 1),) * 4, False),
    "binary only": ((16, 16, 3), 128, ((128, 1),) * 8, False),
    "large map": ((32, 32, 3), 16, ((16, 1), (16, 1)), True),
    "odd channels": ((12, 12, 1), 24, ((24, 1), (48, 2)), True),
    "one block": ((8, 8, 1), 16, ((16, 1),), True),
    "late and wide": ((16, 16, 1), 16, ((16, 1), (64, 2), (128, 2)), True),
}


def greedy_fits(search: Search, target: int) -> bool:
    found = descend(search.problem(target).problem)
    return found is not None and found.fits


def fastest(search: Search, *, exact: bool) -> int | None:
    """The least interval that fits by either search; for the exact one the table's bound is the same number."""
    for target in search.space.intervals():
        if greedy_fits(search, target):
            return target
        if exact and select(search.problem(target).problem, first=True).proof in (Proof.FOUND, Proof.OPTIMAL):
            return target
    return None


def row(name: str, graph: HardwareGraph, board: str) -> str:
    search = Search(graph, FoldSpace(graph, {}), load_board(board))
    began = process_time()
    greedy = fastest(search, exact=False)
    between = process_time()
    exact = fastest(search, exact=True)
    done = process_time()
    target = max(greedy or 0, exact or 0) * 4
    quick, best = descend(search.problem(target).problem), select(search.problem(target).problem)
    shares = [math.inf if one is None or not one.fits else one.share for one in (quick, best.selection)]
    assert exact is not None and (greedy is None or exact <= greedy)
    assert shares[1] <= shares[0] + 1e-6
    gain = (shares[0] - shares[1]) / shares[0] if shares[0] < math.inf else math.inf
    return (
        f"| {name} | {len(graph.units)} | {greedy or '-'} | {exact} | {shares[0]:.3f} | {shares[1]:.3f} | {gain:.1%} "
        f"| {best.proof.value} | {between - began:.1f} | {done - between:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--board", default="pynq-z2")
    options = parser.parse_args()
    print("| network | units | cycles, greedy | cycles, exact | share, greedy | share, exact | less | proof | s | s |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, (shape, stem, blocks, gated) in NETWORKS.items():
        print(row(name, residual_network(shape, stem, blocks, gated=gated), options.board), flush=True)


if __name__ == "__main__":
    main()
