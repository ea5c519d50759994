"""A gate of known delay beside a body FIFO of chosen depth."""

import numpy as np

from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.channelwise import Channelwise
from r2b_hw.units.fork import Fork
from r2b_hw.units.global_sum import GlobalSum
from r2b_hw.units.rescale import Rescale
from tests.units.harness import make_graph

BYTE = IntegerType(-128, 127)
GATE_DELAY = 24
"""Σ(L + 1) of fork (0), global sum (2) and five channelwise units (3 each)."""


def gated_body(frame: int, depth: int) -> HardwareGraph:
    """``frame`` pixels of one channel: x -> fork -> {body FIFO of ``depth``, gate} -> rescale."""
    ones = np.ones(1, dtype=np.int64)
    word = {"width": 1, "channels": 1}
    units = [
        Fork(name="fork", layer="block", height=frame, copies=2, integer=BYTE, exponents=(0,), **word),
        GlobalSum(name="sum", layer="block.gate", height=frame, integer=BYTE, exponent=0, output_exponent=0, **word),
        Rescale(
            name="rescale",
            layer="block",
            height=frame,
            integer=BYTE,
            exponents=(0,),
            gated=True,
            gate_integer=BYTE,
            gate_exponent=0,
            slopes=ones,
            slope_exponent=0,
            skipped=False,
            skip_integer=BYTE,
            skip_exponent=0,
            output_integer=BYTE,
            output_exponent=0,
            **word,
        ),
    ]
    links = [(None, "fork.x", 2), ("fork.y0", "rescale.x", depth), ("fork.y1", "sum.x", 2)]
    producer = "sum.y"
    integer = units[1].outputs[0].integer
    for stage in range(5):
        units.append(
            Channelwise(
                name=f"stage{stage}",
                layer="block.gate",
                height=1,
                integer=integer,
                exponents=(0,),
                biases=0 * ones,
                bias_exponents=(0,),
                slopes=ones,
                slope_exponent=0,
                output_integer=BYTE,
                output_exponent=0,
                **word,
            )
        )
        links.append((producer, f"stage{stage}.x", 2))
        producer, integer = f"stage{stage}.y", BYTE
    return make_graph(units, [*links, (producer, "rescale.g", 2), ("rescale.y", None, 5)])
