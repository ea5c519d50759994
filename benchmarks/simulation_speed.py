"""How fast the simulator runs a built accelerator, against plain Python stepping the same clock rules in the same run.

Usage: python benchmarks/simulation_speed.py build/digits-pynq-z2
"""

import argparse
import sys
from pathlib import Path
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from r2b_hw.simulation import simulate, simulate_timing
from r2b_hw.storage import load_graph
from tests.simulation.test_clock import slow_simulation


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="output folder of r2b-hw build")
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    graph = load_graph(options.folder)
    images = np.load(options.folder / "reference" / "images.npy")
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
    began = process_time()
    times, _ = slow_simulation(graph, 1, never, never, np.random.default_rng(0), limit=1_000_000)
    python = (times[-1] + 1) / (process_time() - began)

    fastest = max(with_data)
    units = len(graph.units)
    fired = sum(stalls.active for stalls in result.stalls.values()) / result.cycles
    print(f"units {units}, frames {options.frames}, cycles {result.cycles}, units firing a cycle {fired:.1f}")
    print(f"with data    {fastest / 1e6:.2f} M cycles/s (median {np.median(with_data) / 1e6:.2f})")
    print(f"             {1e9 / fastest / units:.1f} ns a unit-cycle, {1e9 / fastest / fired:.0f} ns a firing")
    print(f"timing only  {max(timing) / 1e6:.2f} M cycles/s")
    print(f"plain Python {python / 1e6:.4f} M cycles/s (timing only)")
    print(f"ratio        {max(timing) / python:.0f} x plain Python (timing only), {fastest / python:.0f} x (with data)")


if __name__ == "__main__":
    main()
