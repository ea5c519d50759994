"""Plans of four networks for every board: the fastest design that fits, or why there is none. One table, with times.

Random weights: foldings, clock and FIFOs do not depend on them. Each row holds the planned and the simulated interval,
the least interval not excluded by proof, the gap of the share, resources (stage model) and processor seconds. Usage:

    OMP_NUM_THREADS=1 python benchmarks/all_boards.py
    OMP_NUM_THREADS=1 python benchmarks/all_boards.py --network cifar100-quarter --board pynq-z2 --board zcu104
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from r2b_hw.boards import known_boards, load_board
from r2b_hw.errors import DoesNotFitError
from r2b_hw.flow import load_flow
from r2b_hw.frontend.load import load_model
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.lowering.lower import lower
from r2b_hw.network_options import NetworkOptions
from r2b_hw.nn import export_qonnx, random_images, realistic_frozen_network
from r2b_hw.planning import plan
from r2b_hw.planning.budget import RESOURCES, amount

NETWORKS = ("digits", "cifar100-quarter", "cifar100", "imagenet")


def network_options(name: str) -> NetworkOptions:
    if name == "digits":
        return load_flow("digits").network
    architecture = "real-to-bin" if name == "imagenet" else "real-to-bin-cifar100"
    full = NetworkOptions.model_validate({"architecture": architecture, "input_maximum": 1.0})
    if not name.endswith("-quarter"):
        return full
    values: dict[str, Any] = full.model_dump()
    values["stem"]["channels"] //= 4
    for block in values["blocks"]:
        block["channels"] //= 4
    return NetworkOptions.model_validate(values)


def lowered(name: str) -> HardwareGraph:
    options = network_options(name)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        export_qonnx(realistic_frozen_network(options, 0), random_images(options, 1, 1).numpy(), file)
        return lower(load_model(file)).graph


def row(graph: HardwareGraph, board: str) -> str:
    began = process_time()
    try:
        made = plan(graph, load_board(board))
    except DoesNotFitError as error:
        return f"refused: {str(error).splitlines()[0]} | {process_time() - began:.0f} s |"
    shares = ", ".join(
        f"{name.upper()} {amount(made.total, name) / amount(made.available, name):.0%}"
        for name in RESOURCES
        if amount(made.available, name)
    )
    exact = made.interval == made.interval_target
    return (
        f"{made.interval_target:,} planned, {float(made.interval):,.0f} simulated{'' if exact else ' (differ)'}"
        f", none below {made.interval_bound:,} | {made.fps:,.0f} | {made.gap:.2%} | {shares} | "
        f"{process_time() - began:.0f} s |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", action="append", choices=NETWORKS)
    parser.add_argument("--board", action="append")
    options = parser.parse_args()
    print("| network | board | cycles a frame | frames a second | gap | resources (model) | processor |")
    print("|---|---|---|---|---|---|---|")
    for name in options.network or NETWORKS:
        graph = lowered(name)
        for board in options.board or known_boards():
            print(f"| {name} | {board} | {row(graph, board)}", flush=True)


if __name__ == "__main__":
    main()
