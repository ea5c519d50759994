import numpy as np
import pytest

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.sigmoid_table import SigmoidTable
from tests.rtl.harness import assert_verilates_exactly
from tests.units.harness import chain


@pytest.mark.parametrize(
    ("integer", "output", "p", "in_luts"),
    [
        (IntegerType(-128, 127), IntegerType(0, 255), 4, False),
        (IntegerType(-128, 127), IntegerType(0, 255), 2, True),
        (IntegerType(0, 99), IntegerType(-30, 30), 5, False),
        (IntegerType(-20, 3), IntegerType(0, 9), 3, False),
    ],
)
def test_every_entry_equals_simulation(integer: IntegerType, output: IntegerType, p: int, in_luts: bool) -> None:
    generator = np.random.default_rng(p)
    count = integer.hi - integer.lo + 1
    channels = -(-count // p) * p
    unit = SigmoidTable(
        name="table",
        layer="layer",
        height=1,
        width=1,
        channels=channels,
        channels_per_word=p,
        table=generator.integers(output.lo, output.hi + 1, count),
        integer=integer,
        exponent=4,
        output_integer=output,
        output_exponent=8,
        constants_in_luts=in_luts,
    )
    every = np.resize(np.arange(integer.lo, integer.hi + 1), channels)
    frames = np.stack([every, every[::-1], generator.permutation(every)]).reshape(3, 1, 1, channels)
    graph = chain(unit, depth=int(generator.integers(1, 5)))
    assert_verilates_exactly(graph, frames, generator)
