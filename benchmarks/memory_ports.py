"""How many block RAMs the constants of a plan would save if two memories shared one: a port for each.

A port of a block RAM that serves two memories is half as wide, 18 bits of a RAMB18. So memories can share one where
each needs no more than that, and half of its words. What is counted is memories of one RAMB18, and the last RAMB18 of
wider ones. Usage:

    python benchmarks/memory_ports.py build/digits-pynq-z2
    python benchmarks/memory_ports.py real-to-bin-cifar100 --board zcu104 --fps 300
"""

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from r2b_hw.boards import load_board
from r2b_hw.codegen.rtl.unit_rtl import unit_rtl
from r2b_hw.frontend.load import load_model
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.lowering.lower import lower
from r2b_hw.network_options import NetworkOptions
from r2b_hw.nn import export_qonnx, random_images, realistic_frozen_network
from r2b_hw.planning import plan
from r2b_hw.storage import load_graph
from r2b_hw.units.memory import block_rams

TRUE_DUAL_PORT = ((1024, 18), (2048, 9), (4096, 4), (8192, 2), (16384, 1))
"""Words and bits of a RAMB18 with two ports of its own (UG473)."""

Shape = tuple[int, int]
"""Bits and words."""


def constants(graph: HardwareGraph) -> Iterator[Shape]:
    """Yield the constants in block RAM that have one reader."""
    for unit in graph.units:
        for memory in unit_rtl(unit).constants:
            if memory.style == "block" and memory.nest is not None:
                yield memory.width, memory.depth


def last_block(shape: Shape) -> Shape | None:
    """Return what the last RAMB18 of a memory holds, where that is less than all it could."""
    width, depth = shape
    if 2 * block_rams(width, depth) == 1:
        return shape
    fitting = [bits for words, bits in ((512, 36), *TRUE_DUAL_PORT) if depth <= words]
    return (width % fitting[0], depth) if fitting and width % fitting[0] else None


def share(one: Shape, other: Shape) -> bool:
    """Whether two memories fit the halves of a RAMB18."""
    return any(max(one[0], other[0]) <= bits and max(one[1], other[1]) <= words // 2 for words, bits in TRUE_DUAL_PORT)


def pairs(shapes: list[Shape]) -> int:
    """Return how many pairs can share: each memory with the largest that is left and fits it."""
    left = sorted(shapes, key=math.prod, reverse=True)
    found = 0
    while left:
        one = left.pop(0)
        partner = next((other for other in left if share(one, other)), None)
        if partner is not None:
            left.remove(partner)
            found += 1
    return found


def planned(architecture: str, board: str, fps: float | None) -> HardwareGraph:
    """Return the plan of a network of the paper at full size, with random weights."""
    network = NetworkOptions.model_validate({"architecture": architecture, "input_maximum": 1.0})
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        export_qonnx(realistic_frozen_network(network, 0), random_images(network, 1, 1).numpy(), file)
        return plan(lower(load_model(file)).graph, load_board(board), target_fps=fps).graph


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="a built folder, or an architecture as in a flow's [network] table")
    parser.add_argument("--board", default="zcu104")
    parser.add_argument("--fps", type=float)
    asked = parser.parse_args()
    built = Path(asked.source).is_dir()
    graph = load_graph(Path(asked.source)) if built else planned(asked.source, asked.board, asked.fps)
    shapes = list(constants(graph))
    blocks = sum(block_rams(*shape) for shape in shapes)
    bits = sum(math.prod(shape) for shape in shapes)
    candidates = [shape for shape in map(last_block, shapes) if shape is not None]
    found = pairs(candidates)
    print(f"{len(shapes)} memories of constants, {blocks:g} BRAM36, {bits / (blocks * 36_864):.0%} of their bits used")
    print(f"{len(candidates)} last blocks partly used, {found} pairs could share one: {found / 2:g} BRAM36 saved")


if __name__ == "__main__":
    main()
