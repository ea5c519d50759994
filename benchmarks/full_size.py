"""A network of the paper at full size, from random weights to the simulated accelerator: time and memory of each step.

A row holds processor time, time on the wall, and the process's peak memory. Every step is compared with the one before
it, with equality. Usage:

    OMP_NUM_THREADS=1 python benchmarks/full_size.py real-to-bin-cifar100 --board zcu104 --fps 300
    OMP_NUM_THREADS=1 python benchmarks/full_size.py real-to-bin --board zcu102 --fps 150
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import numpy as np

from r2b_hw.boards import load_board
from r2b_hw.errors import R2BError
from r2b_hw.frontend.executed import execute
from r2b_hw.frontend.load import load_model
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.lowering.lower import lower
from r2b_hw.network_options import NetworkOptions
from r2b_hw.nn import evaluate, export_qonnx, random_images, realistic_frozen_network
from r2b_hw.numeric.rounding import Integers
from r2b_hw.planning import Plan, plan
from r2b_hw.planning.budget import RESOURCES, amount
from r2b_hw.simulation import simulate
from r2b_hw.verification.compare import compare_streams
from r2b_hw.verification.reference import stream_integers, tensor_links


@contextmanager
def step(name: str) -> Iterator[list[str]]:
    """Print a row: what the step took, the most memory the process held meanwhile (Linux), and what was found."""
    found: list[str] = []
    Path("/proc/self/clear_refs").write_text("5")
    began, worked = perf_counter(), process_time()
    yield found
    worked, taken = process_time() - worked, perf_counter() - began
    status = Path("/proc/self/status").read_text()
    peak = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024**2
    print(f"| {name} | {worked:.1f} s | {taken:.1f} s | {peak:.2f} GiB | {', '.join(found)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("architecture", help="as in a flow's [network] table")
    parser.add_argument("--board", default="zcu104")
    parser.add_argument("--fps", type=float, help="frames a second to plan for; the fastest that fits without it")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        run(options.architecture, options.board, options.fps, options.seed)
    except R2BError as error:
        sys.exit(str(error))


def run(architecture: str, board: str, fps: float | None, seed: int) -> None:
    """Print the table; exit with a message where two steps differ."""
    network = NetworkOptions.model_validate({"architecture": architecture, "input_maximum": 1.0})
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        with step("network with statistics, frozen"):
            model = realistic_frozen_network(network, seed)
        image = random_images(network, 1, seed + 1).numpy()
        with step("PyTorch, one image") as found:
            golden = evaluate(model, image)
            found.append(f"{len(golden.tensors)} layers")
        with step("export") as found:
            export_qonnx(model, image, file)
            found.append(f"{file.stat().st_size / 1024**2:.0f} MiB")
        with step("QONNX, executed") as found:
            executed = execute(file, image)
            shared = sorted(executed.tensors.keys() & golden.tensors.keys())
            for name in shared:
                require(np.array_equal(golden.tensors[name], executed.tensors[name]), f"QONNX differs in {name}")
            require(np.array_equal(golden.outputs, executed.outputs), "QONNX and PyTorch differ")
            found.append(f"equal in {len(shared)} layers")
        del model, executed
        with step("check and lower") as found:
            graph = lower(load_model(file)).graph
            found.append(f"{len(graph.units)} units")
    with step(f"plan for {board}") as found:
        planned = plan(graph, load_board(board), target_fps=fps)
        found.append(f"{len(planned.graph.units)} units, {float(planned.interval):,.0f} cycles a frame (simulated)")
    graph = planned.graph
    frames = graph.host_input.quantise(image)
    with step("hardware graph, numpy") as found:
        tensors = graph.evaluate(frames)
        found.append(f"equal in {check_layers(graph, golden.tensors, tensors)} layers")
        require_outputs(graph, tensors[graph.output_stream.name], golden.outputs, "numpy and PyTorch differ")
    with step("cycle-accurate simulation, one image") as found:
        result = simulate(graph, frames, capture=[stream.name for stream in graph.streams])
        compared = compare_streams(graph, tensors, result.tensors)
        require(not compared.mismatches, f"simulation and numpy differ: {compared.first}")
        require_outputs(graph, result.outputs, golden.outputs, "simulation and PyTorch differ")
        found.append(f"{result.cycles:,} cycles, equal in {compared.tensors} streams")
    print_plan(planned)


def check_layers(graph: HardwareGraph, golden: dict[str, np.ndarray], tensors: dict[str, Integers]) -> int:
    """Compare the streams that equal a layer's output with that output; return how many there are."""
    links = {name: link for name, link in tensor_links(graph, {}).items() if link.module in golden}
    for name, link in links.items():
        expected = stream_integers(graph.port_of(graph.stream_by_name[name]), link, golden[link.module])
        require(np.array_equal(expected, tensors[name]), f"numpy and PyTorch differ in {link.module}")
    return len(links)


def require_outputs(graph: HardwareGraph, integers: Integers, golden: np.ndarray, message: str) -> None:
    outputs = graph.host_output.dequantise(integers)
    require(np.array_equal(outputs.reshape(golden.shape), golden), message)


def require(condition: bool, message: str) -> None:
    if not condition:
        sys.exit(message)


def print_plan(planned: Plan) -> None:
    """Print what the design takes of the board (stage model) and its rate (stage simulated)."""
    latency = planned.simulation.latency
    print(f"\n{planned.fps:.1f} frames a second at {planned.clock_mhz:g} MHz, latency {latency:,} cycles")
    for name in RESOURCES:
        needed, limit = amount(planned.total, name), amount(planned.available, name)
        share = f"{needed / limit:.0%}" if limit else "-"
        print(f"| {name} | {needed:,.0f} | {limit:,.0f} | {share} |")


if __name__ == "__main__":
    main()
