import numpy as np

from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.sigmoid_table import SigmoidTable
from tests.units.harness import assert_simulates_exactly, chain


def test_looks_up_every_entry_and_simulates_exactly() -> None:
    generator = np.random.default_rng(7)
    unit = SigmoidTable(
        name="table",
        layer="gate",
        height=1,
        width=1,
        channels=256,
        channels_per_word=4,
        table=generator.integers(0, 256, 256),
        integer=IntegerType(-128, 127),
        exponent=4,
        output_integer=IntegerType(0, 255),
        output_exponent=8,
    )
    frames = np.stack([np.arange(-128, 128), np.arange(127, -129, -1)]).reshape(2, 1, 1, 256)
    result = assert_simulates_exactly(chain(unit), frames, generator)
    np.testing.assert_array_equal(result.outputs[0, 0, 0], unit.table)
    np.testing.assert_array_equal(result.outputs[1, 0, 0], unit.table[::-1])
