"""Rendered C++ counters and guards against ``flags()``: the same bits in the same iterations, over two frames."""

from pathlib import Path

import numpy as np
from hls_graphs import half_block
from mixed_graph import mixed_graph

from r2b_hw.codegen.hls.kinds.sliding_window import merged_loop
from r2b_hw.codegen.hls.rendering import hls_environment, nest_values
from r2b_hw.codegen.nest_code import NestCode
from r2b_hw.resources import templates_directory
from r2b_hw.schedule.loop_nest import Condition, LoopNest, Relation, flags, read
from r2b_hw.tools.ap_types import find_ap_types
from r2b_hw.tools.cxx import Program, compile_program, find_compiler
from r2b_hw.tools.process import run
from r2b_hw.units.sliding_window import SlidingWindow

FRAMES = 2


def random_nest(random: np.random.Generator) -> LoopNest:
    loops = tuple((f"loop{index}", int(random.integers(1, 8))) for index in range(random.integers(1, 4)))
    relations = list(Relation)

    def condition() -> Condition:
        relation = relations[random.integers(len(relations))]
        loop = loops[random.integers(len(loops))][0]
        divisor = int(random.integers(1, 6))
        if relation is Relation.MODULO:
            return Condition(loop, relation, divisor, int(random.integers(0, divisor)))
        return Condition(loop, relation, int(random.integers(0, 9)))

    guards = [tuple(condition() for _ in range(random.integers(0, 4))) for _ in range(random.integers(1, 9))]
    return LoopNest("random", loops, tuple(read(f"p{index}", *guard) for index, guard in enumerate(guards)))


def all_nests() -> list[LoopNest]:
    """Random nests, those of every kind of unit (credits included), and the sliding window's merged loops."""
    random = np.random.default_rng(1)
    nests = [random_nest(random) for _ in range(150)]
    for graph in (half_block("block", random, stride=2, height=6, width=6), mixed_graph("mixed", 3, 7, 6, 6)):
        for unit in graph.units:
            nests += unit.nests()
            if isinstance(unit, SlidingWindow):
                loop = merged_loop(unit)
                nests += [loop.raster, loop.windows]
    return nests


def program_text(nests: list[LoopNest]) -> str:
    environment = hls_environment()
    template = environment.get_template("nest.h.jinja")
    parts = ['#include "common/types.h"\n#include <cstdio>\n']
    calls: list[str] = []
    for number, nest in enumerate(nests):
        guards = tuple((f"access_{bit}", access.guard) for bit, access in enumerate(nest.accesses))
        parts.append(template.render(nest=nest_values(NestCode(nest, (), guards), f"Nest{number}")))
        sum_of_bits = " + ".join(f"(nest.access_{bit}() ? {1 << bit} : 0)" for bit in range(len(guards)))
        calls.append(
            f"    {{ Nest{number} nest; for (unsigned i = 0; i < {FRAMES} * Nest{number}::ITERATIONS; ++i) {{ "
            f"const unsigned word = {sum_of_bits}; "
            f"std::putchar(word & 255); std::putchar(word >> 8); nest.advance(); }} }}"
        )
    return "\n".join([*parts, "int main() {", *calls, "}", ""])


def test_rendered_guards_equal_flags(tmp_path: Path) -> None:
    nests = all_nests()
    source = tmp_path / "nests.cpp"
    source.write_text(
        program_text(nests).replace("int main() {", 'int main(int, char** a) { std::freopen(a[1], "wb", stdout);')
    )
    program = Program(
        (source,),
        (templates_directory() / "hls",),
        (find_ap_types(),),
        flags=(
            "-std=c++14",
            "-O0",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-Wno-unknown-pragmas",
            "-Wno-unused-result",
        ),
    )
    compile_program(find_compiler(), program, tmp_path / "nests")
    assert run([tmp_path / "nests", tmp_path / "flags"]).status == 0
    expected = np.concatenate([np.tile(flags(nest), FRAMES) for nest in nests])
    got = np.fromfile(tmp_path / "flags", dtype="<u2")
    np.testing.assert_array_equal(got, expected)


def test_merged_loop_reads_and_emits_what_the_coupled_nests_do() -> None:
    """As many words a frame in both."""
    windows = [unit for unit in mixed_graph("mixed", 5, 7, 6, 8).units if isinstance(unit, SlidingWindow)]
    assert len(windows) > 8
    for unit in windows:
        loop = merged_loop(unit)
        assert flags(loop.raster).sum() == unit.inputs[0].words
        assert flags(loop.windows).sum() == unit.outputs[0].words
