"""Synthesises memories of random shapes and writes the block RAMs that Yosys makes of each to memories.csv.

python benchmarks/resource_model/memories.py [--shapes N]

Constants, and words that are written too, of up to 150 bits and 20,000 words, for both families. The script is that of
``r2b-hw synth``. ``tests/units/test_resource_model.py`` holds the rule against all rows.
"""

import argparse
import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from r2b_hw import resources
from r2b_hw.codegen.rtl.constants import Constants
from r2b_hw.synthesis.batches import synthesise_modules
from r2b_hw.synthesis.families import FAMILIES
from r2b_hw.synthesis.modules import Module, Project

DATA = Path(__file__).parent / "memories.csv"
SEED = 20_27
MOST_BITS = 300_000


def shapes(count: int) -> list[tuple[int, int]]:
    """Widths and depths, small ones as likely as large ones."""
    generator = np.random.default_rng(SEED)
    found: dict[tuple[int, int], None] = {}
    while len(found) < count:
        width, depth = (
            round(float(np.exp(generator.uniform(np.log(a), np.log(b))))) for a, b in ((1, 150), (65, 20_000))
        )
        if width * depth <= MOST_BITS:
            found[width, depth] = None
    return list(found)


def module(project: Project, width: int, depth: int, *, written: bool) -> Module:
    """A memory alone, without parameters."""
    name = f"{'memory' if written else 'constants'}_{width}x{depth}"
    address = (depth - 1).bit_length()
    parameters = f'.WIDTH({width}), .DEPTH({depth}), .STYLE("block")'
    if written:
        ports = f"write, input logic [{address - 1}:0] write_address, read_address, "
        ports += f"input logic [{width - 1}:0] write_data, output logic [{width - 1}:0] read_data"
        text = f"module {name} (input logic clk, {ports});\n    r2b_memory #({parameters}) memory (.*);\nendmodule\n"
        return Module(name, {**project.files_of("r2b_memory"), f"{name}.sv": text}, width * depth)
    words = np.random.default_rng([SEED, width, depth]).integers(0, 2, (depth, width)).astype(np.uint8)
    text = f"module {name} (input logic clk, rst, advance, output logic [{width - 1}:0] data);\n"
    text += f'    r2b_constants #({parameters}, .FILE("{name}.mem")) constants (.*);\nendmodule\n'
    files = {f"{name}.sv": text, f"{name}.mem": Constants("words", words, "random").text("//")}
    return Module(name, {**project.files_of("r2b_constants"), **files}, width * depth)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", type=int, default=120)
    parser.add_argument("--jobs", type=int)
    asked = parser.parse_args()
    folder = resources.templates_directory() / "rtl" / "common"
    project = Project({f"common/{path.name}": path.read_text(encoding="utf-8") for path in folder.glob("*.sv")})
    drawn = [(width, depth, written) for width, depth in shapes(asked.shapes) for written in (False, True)]
    modules = {
        module(project, width, depth, written=written): (width, depth, written) for width, depth, written in drawn
    }
    rows = []
    for family in FAMILIES:
        with TemporaryDirectory() as logs:
            for made, figures in synthesise_modules(list(modules), family, jobs=asked.jobs, logs=Path(logs)):
                width, depth, written = modules[made]
                rows.append((family, width, depth, int(written), round(2 * figures.usage.block_rams)))
                print(*rows[-1], flush=True)
    with DATA.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("family", "width", "depth", "written", "bram18"))
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    main()
