"""The comparison can fail: a cycle too late, a word too few, a wrong bit, a broken rule; each names its unit."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from r2b_hw.errors import MismatchError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.simulation import simulate
from r2b_hw.units.threshold import Threshold
from r2b_hw.units.width_converter import WidthConverter
from r2b_hw.verification.rtl_compare import RtlComparison, compare_rtl
from r2b_hw.verification.rtl_simulation import run_rtl
from tests.rtl.harness import rtl_project
from tests.units.harness import chain, random_input


def accelerator() -> HardwareGraph:
    integer = IntegerType(-8, 7)
    shape = {"height": 4, "width": 5, "channels": 8}
    return chain(
        WidthConverter(
            name="widen", layer="first", **shape, integer=integer, exponents=(0,),
            input_channels_per_word=2, output_channels_per_word=4,
        ),
        Threshold(
            name="sign", layer="second", **shape, channels_per_word=4, integer=integer, exponent=0,
            thresholds=np.arange(-4, 4), inverts=np.zeros(8, dtype=np.int64),
        ),
        WidthConverter(
            name="narrow", layer="third", **shape, integer=IntegerType.of_bit(), exponents=(0,),
            input_channels_per_word=4, output_channels_per_word=1,
        ),
        depth=3,
    )  # fmt: skip


def compared(file: str, change: Callable[[str], str]) -> RtlComparison:
    """The comparison after ``change`` of one file of the project."""
    graph = accelerator()
    frames = random_input(np.random.default_rng(0), graph, 3)
    simulated = simulate(graph, frames, capture=list(graph.stream_by_name))
    with rtl_project(graph) as folder:
        path = Path(folder / file)
        text = path.read_text(encoding="utf-8")
        changed = change(text)
        assert changed != text
        path.write_text(changed, encoding="utf-8")
        return compare_rtl(graph, simulated, run_rtl(folder, graph, frames, expected_cycles=simulated.cycles))


def test_without_a_mistake_nothing_is_found() -> None:
    comparison = compared("units/test_sign.sv", lambda text: text + "// A remark.\n")
    assert comparison.timing is None
    assert comparison.values.mismatches == 0


def test_a_latency_of_one_cycle_more() -> None:
    comparison = compared("units/test_sign.sv", lambda text: text.replace(".LATENCY(1)", ".LATENCY(2)"))
    assert comparison.timing is not None
    assert re.match(r"unit sign \(layer second\), stream s2: word 0 is pushed in cycle \d+", comparison.timing)


def test_a_dropped_word() -> None:
    drop = """
    logic [3:0] words;
    logic delivered;
    always_ff @(posedge clk) if (rst) words <= '0; else if (delivered) words <= words + 1'b1;
    assign y_valid = delivered && words != 5;
"""

    def change(text: str) -> str:
        head, tail = text.replace(".out(y_valid)", ".out(delivered)").split("    assign x_ready", 1)
        return f"{head}{drop}    assign x_ready{tail}"

    comparison = compared("units/test_sign.sv", change)
    assert comparison.timing is not None
    assert comparison.timing.startswith("unit sign (layer second), stream s2: word 5")


def test_a_wrong_bit() -> None:
    comparison = compared("memory/test_sign_inverts.mem", lambda text: re.sub(r"^0$", "8", text, count=1, flags=re.M))
    assert comparison.timing is None
    assert comparison.values.first is not None
    assert comparison.values.first.layer == "second"
    assert comparison.values.first.index[-1] == 3


def test_a_word_without_a_place() -> None:
    def change(text: str) -> str:
        return text.replace("(!main_writes_y || y_ready)", "1'b1")

    with pytest.raises(MismatchError, match=r"unit widen \(layer first\) broke the rule \w+ of stream s1"):
        compared("units/test_widen.sv", change)
