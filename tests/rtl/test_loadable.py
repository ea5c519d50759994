"""Constants loaded at run time: equal in every cycle, and a load takes another one's place."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from r2b_hw.codegen import write_files
from r2b_hw.codegen.rtl.project import PARAMETERS_FILE, render_rtl_project
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.channelwise import Channelwise
from r2b_hw.units.threshold import Threshold
from tests.rtl.harness import assert_clean, assert_runs_equal
from tests.units.harness import chain, random_input


def accelerator(seed: int, folds: int) -> HardwareGraph:
    """Two units behind each other: words pass the first one's memories on their way to the second's."""
    generator = np.random.default_rng(seed)
    channels = 11 * folds
    shape = {"height": 3, "width": 2, "channels": channels, "channels_per_word": 11}
    middle = IntegerType(-64, 63)
    first = Channelwise(
        name="first",
        layer="first",
        **shape,
        integer=IntegerType(-1000, 1000),
        exponents=(0,),
        biases=generator.integers(-50, 50, channels),
        slopes=generator.integers(-8, 8, channels),
        slope_exponent=3,
        output_integer=middle,
        output_exponent=-1,
    )
    second = Threshold(
        name="second",
        layer="second",
        **shape,
        thresholds=generator.integers(middle.lo, middle.hi + 1, channels),
        inverts=generator.integers(0, 2, channels),
        integer=middle,
        exponent=-1,
    )
    return chain(first, second, depth=3)


@pytest.mark.parametrize("folds", [1, 3, 70])
def test_equals_simulation(folds: int) -> None:
    graph = accelerator(0, folds)
    frames = random_input(np.random.default_rng(1), graph, 2)
    with TemporaryDirectory(prefix="r2b_test_") as name:
        folder = Path(name)
        write_files(folder, render_rtl_project(graph, loadable=True))
        assert_clean(folder, graph)
        assert_runs_equal(folder, graph, frames)


def test_other_constants_need_no_other_hardware() -> None:
    first, second = accelerator(0, 3), accelerator(1, 3)
    frames = random_input(np.random.default_rng(1), second, 2)
    ours, theirs = render_rtl_project(first, loadable=True), render_rtl_project(second, loadable=True)
    assert {path for path in ours if ours[path] != theirs[path]} == {PARAMETERS_FILE}
    with TemporaryDirectory(prefix="r2b_test_") as name:
        write_files(Path(name), {**ours, PARAMETERS_FILE: theirs[PARAMETERS_FILE]})
        assert_runs_equal(Path(name), second, frames)
