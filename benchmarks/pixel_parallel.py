"""What a 3x3 XNOR unit of several pixels at once takes of the device, synthesised by Yosys beside the resource model.

One row a number of pixels; 1 is the plain unit. Usage:

    python benchmarks/pixel_parallel.py --channels 256 --size 14 --simd 16 --pe 16 --pixels 1 7
    python benchmarks/pixel_parallel.py --channels 128 --size 16 --simd 8 --pe 4 --pixels 8
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from r2b_hw.codegen import write_files
from r2b_hw.codegen.rtl.project import render_rtl_project
from r2b_hw.errors import R2BError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.host import HostInput, HostOutput
from r2b_hw.graph.stream import Endpoint, Stream
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.synthesis import synthesise
from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu
from r2b_hw.units.xnor_mvu import XnorMvu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option, text in (
        ("channels", "input and output channels"),
        ("size", "height and width of the output"),
        ("simd", "input channels a word"),
        ("pe", "output channels a word"),
    ):
        parser.add_argument(f"--{option}", type=int, required=True, help=text)
    parser.add_argument("--pixels", type=int, nargs="+", required=True, help="pixels at once")
    parser.add_argument("--family", default="xc7", help="as Yosys names it (default: %(default)s)")
    options = parser.parse_args()
    alone = XnorMvu(
        name="mvu",
        layer="conv",
        height=options.size,
        width=options.size,
        weights=np.random.default_rng(0).integers(0, 2, (options.channels, 3, 3, options.channels)),
        valid_bits=True,
        simd=options.simd,
        pe=options.pe,
    )
    print("| pixels | synapses a clock | cycles a frame | LUT | a synapse | FF | BRAM36 | model: LUT | FF | BRAM36 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    try:
        for pixels in options.pixels:
            row(alone if pixels == 1 else PixelParallelMvu.of(alone, pixels), pixels, options.family)
    except (R2BError, ValueError) as error:
        sys.exit(str(error))


def row(unit: XnorMvu, pixels: int, family: str) -> None:
    """Print the figures of ``unit``."""
    streams = (Stream("x", None, Endpoint("mvu", "x")), Stream("y", Endpoint("mvu", "y"), None))
    host_input = HostInput((1, 1, 1), IntegerType.of_bit(), 0)
    graph = HardwareGraph("pixels", (unit,), streams, host_input, HostOutput((0,), vector=False))
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, render_rtl_project(graph))
        usage = synthesise(folder, graph, family, unit="mvu").units["mvu"].usage
    cost = unit.cost()
    measured = f"{usage.lut:,} | {usage.lut / unit.synapses:.2f} | {usage.ff:,} | {usage.block_rams:g}"
    model = f"{cost.lut:,.0f} | {cost.ff:,.0f} | {cost.bram36:g}"
    print(f"| {pixels} | {unit.synapses:,} | {unit.interval:,} | {measured} | {model} |", flush=True)


if __name__ == "__main__":
    main()
