"""How fast the simulator runs a built accelerator, against the verilated one and plain Python, in the same run.

Usage: python benchmarks/simulation_speed.py build/digits-pynq-z2
       python benchmarks/simulation_speed.py            # a Real-to-Binary network of one gated half-block, built here
"""

import argparse
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from r2b_hw import build
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.network_options import HalfBlockOptions, NetworkOptions, StemOptions
from r2b_hw.nn import random_frozen_network, random_images
from r2b_hw.numeric.rounding import Integers
from r2b_hw.simulation import simulate, simulate_timing
from r2b_hw.storage import load_graph
from r2b_hw.verification.rtl_rung import RTL_FOLDER
from r2b_hw.verification.rtl_simulation import build_testbench, run_rtl
from tests.simulation.test_clock import slow_simulation


def verilated(folder: Path, graph: HardwareGraph, frames: Integers, cycles: int) -> float:
    """Return cycles a second of processor time of the verilated accelerator; its test bench is built before."""
    build_testbench(folder / RTL_FOLDER, trace=False, optimise=True)
    began = getrusage(RUSAGE_CHILDREN).ru_utime
    run_rtl(folder / RTL_FOLDER, graph, frames, expected_cycles=cycles, trace=False, optimise=True)
    return cycles / (getrusage(RUSAGE_CHILDREN).ru_utime - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="output folder of r2b-hw build")
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        measure(options.folder or one_half_block(Path(name)), options)


def one_half_block(folder: Path) -> Path:
    """Build a network of a stem, a gated half-block and a classifier."""
    block = HalfBlockOptions(channels=32)
    network = NetworkOptions(
        input_height=16, input_width=16, classes=10, stem=StemOptions(channels=32), blocks=(block,)
    )
    images = random_images(network, 20, seed=2).numpy()
    build(random_frozen_network(network, seed=1), board="zcu104", images=images, output=folder, backend="rtl")
    return folder


def measure(folder: Path, options: argparse.Namespace) -> None:
    graph = load_graph(folder)
    images = np.load(folder / "reference" / "images.npy")
    frames = graph.host_input.quantise(images[np.arange(options.frames) % len(images)])
    simulate(graph, frames[:1])
    simulate_timing(graph, 1)

    never = np.zeros(1, dtype=bool)
    with_data: list[float] = []
    timing: list[float] = []
    for _ in range(options.repeats):
        began = process_time()
        result = simulate(graph, frames)
        with_data.append(result.cycles / (process_time() - began))
        began = process_time()
        timed = simulate_timing(graph, options.frames)
        timing.append(timed.cycles / (process_time() - began))
    verilator = max(verilated(folder, graph, frames, result.cycles) for _ in range(options.repeats))
    began = process_time()
    times, _ = slow_simulation(graph, 1, never, never, np.random.default_rng(0), limit=1_000_000)
    python = (times[-1] + 1) / (process_time() - began)

    fastest = max(with_data)
    units = len(graph.units)
    fired = sum(stalls.active for stalls in result.stalls.values()) / result.cycles
    print(f"units {units}, frames {options.frames}, cycles {result.cycles}, units firing a cycle {fired:.1f}")
    print(f"with data    {fastest / 1e6:.2f} M cycles/s (median {np.median(with_data) / 1e6:.2f})")
    print(f"             {1e9 / fastest / units:.1f} ns a unit-cycle, {1e9 / fastest / fired:.0f} ns a firing")
    print(f"timing only  {max(timing) / 1e6:.2f} M cycles/s (median {np.median(timing) / 1e6:.2f})")
    print(f"Verilator    {verilator / 1e6:.2f} M cycles/s, with data, without a trace, -O2")
    print(f"plain Python {python / 1e6:.4f} M cycles/s (timing only)")
    print(f"ratio        {max(timing) / python:.0f} x plain Python (timing only), {fastest / python:.0f} x (with data)")
    print(
        f"             {max(timing) / verilator:.1f} x Verilator (timing only), {fastest / verilator:.1f} x (with data)"
    )
    print(f"             {max(timing) / fastest:.1f} x the simulation with data (timing only)")


if __name__ == "__main__":
    main()
