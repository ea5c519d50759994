"""How long the clock takes to answer "what if": another depth of one FIFO, another folding of one group of units.

Every FIFO of a built accelerator gets a word less, one at a time, and groups of units that fold together (a window and
its product) get other foldings, drawn at random, FIFOs staying as they are; each time the interval of the steady
state is simulated. Usage:

    python benchmarks/answers.py build/digits-pynq-z2
"""

import argparse
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import process_time

import numpy as np

from r2b_hw.errors import DeadlockError
from r2b_hw.frontend.load import load_model
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.lowering.lower import lower
from r2b_hw.planning.folding import Parallelism, group_folds, groups, parallelism_of
from r2b_hw.planning.width import fold_graph
from r2b_hw.simulation import prepare, simulate_timing
from r2b_hw.storage import load_graph

FOLDINGS = 200


def timed(answer: Callable[[], object]) -> float:
    """Return the processor seconds of an answer; that it is a deadlock is one too."""
    began = process_time()
    with suppress(DeadlockError):
        answer()
    return process_time() - began


def with_depths(graph: HardwareGraph, depths: dict[str, int]) -> HardwareGraph:
    """Return ``graph`` with known depths, and 64 words where a converter is new."""
    return graph.with_streams(replace(stream, depth=depths.get(stream.name, 64)) for stream in graph.streams)


def answer_to_folding(unfolded: HardwareGraph, parallelism: dict[str, Parallelism], depths: dict[str, int]) -> None:
    """Fold anew, lay out the clock and simulate it."""
    simulate_timing(with_depths(fold_graph(unfolded, parallelism, 1 << 30), depths))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="output folder of r2b-hw build")
    folder = parser.parse_args().folder
    built = load_graph(folder)
    unfolded = lower(load_model(folder / "model.onnx")).graph
    depths = {stream.name: stream.depth for stream in built.streams}
    folding = {unit.name: parallelism_of(built.unit_by_name[unit.name]) for unit in unfolded.units}
    world = prepare(built)
    simulate_timing(world)
    fifos = [
        timed(lambda name=name, depth=depth: simulate_timing(world, depths={name: depth - 1}))
        for name, depth in depths.items()
        if depth > 1
    ]
    others = [fold.parallelism for group in groups(unfolded) for fold in group_folds(unfolded, group, {})]
    chosen = np.random.default_rng(0).choice(len(others), min(len(others), FOLDINGS), replace=False)
    foldings = [timed(lambda fold=others[k]: answer_to_folding(unfolded, folding | dict(fold), depths)) for k in chosen]
    for what, times in (("FIFO, a word less", fifos), ("folding of a group", foldings)):
        median, most = np.quantile(times, (0.5, 0.95)) * 1e3
        print(f"{what}: {len(times)} answers, median {median:.0f} ms, 95 % within {most:.0f} ms")


if __name__ == "__main__":
    main()
