"""C++ calls of a pixel-parallel XNOR unit: a process a nest, joined by streams of several pixels' words side by side.

The streams take the place of the credits: ``data`` becomes the words that ``fill`` gathered, ``results`` the products.
"""

from dataclasses import replace

from r2b_hw.codegen.hls.kinds.xnor_mvu import weights_table
from r2b_hw.codegen.hls.unit_code import InnerStream, UnitCode, UnitProcesses
from r2b_hw.codegen.nest_code import NestCode
from r2b_hw.schedule.loop_nest import Condition, LoopNest, first
from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu

_STREAMS = {"x": "x", "data": "gathered", "results": "products", "y": "y"}
_LEAST_DEPTH = 2


def _code(nest: LoopNest, **guards: tuple[Condition, ...]) -> NestCode:
    accesses = tuple(replace(access, port=_STREAMS[access.port]) for access in nest.accesses if access.port in _STREAMS)
    return NestCode(replace(nest, accesses=accesses), tuple(_STREAMS.values()), tuple(guards.items()))


def unit_code(unit: PixelParallelMvu) -> UnitProcesses:
    """Return the calls."""
    fill, compute, drain = unit.nests()
    x, y = unit.inputs[0], unit.outputs[0]
    pixels = (("pixels", str(unit.pixels)),)
    function = "pixel_parallel_mvu_in_luts" if unit.weights_in_luts else "pixel_parallel_mvu"
    note = (
        "HLS joins the nests by streams of several pixels' words in place of memories with credits; "
        "its cycles differ from the model's where the nests wait for each other"
    )
    return UnitProcesses(
        (
            UnitCode(
                "gather_pixels", (_code(fill),), pixels, port_arguments=("x",), streams=("x", "gathered"), note=note
            ),
            UnitCode(
                function,
                (_code(compute, begins_sum=(first("synapse"),)),),
                pixels,
                (weights_table(unit),),
                streams=("gathered", "products"),
            ),
            UnitCode("scatter_pixels", (_code(drain),), pixels, port_arguments=("y",), streams=("products", "y")),
        ),
        (
            InnerStream("gathered", unit.pixels * x.word_bits, _LEAST_DEPTH),
            # A group's rows wait here while those of the group before it leave.
            InnerStream("products", unit.pixels * y.word_bits, max(_LEAST_DEPTH, unit.neuron_folds)),
        ),
    )
