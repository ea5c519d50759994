"""Units and FIFOs of every kind, drawn at random in the sizes that networks and plans have."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from r2b_hw.graph.stream import Memory
from r2b_hw.graph.unit import Unit
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.units.average_pool import AveragePool
from r2b_hw.units.channel_sum import ChannelSum
from r2b_hw.units.channelwise import Channelwise
from r2b_hw.units.fork import Fork
from r2b_hw.units.global_sum import GlobalSum
from r2b_hw.units.integer_mvu import IntegerMvu
from r2b_hw.units.max_pool import MaxPool
from r2b_hw.units.pixel_parallel_mvu import PixelParallelMvu
from r2b_hw.units.pixel_scale import PixelScale
from r2b_hw.units.rescale import Rescale
from r2b_hw.units.sigmoid_table import SigmoidTable
from r2b_hw.units.sliding_window import SlidingWindow
from r2b_hw.units.spatial_scale import SpatialScale
from r2b_hw.units.threshold import Threshold
from r2b_hw.units.width_converter import WidthConverter
from r2b_hw.units.xnor_mvu import XnorMvu

SEED = 20_26
INT8 = IntegerType(-128, 127)


@dataclass(frozen=True)
class Fifo:
    """A FIFO by itself: bits a word, words, memory, and cycles between reservation and word."""

    width: int
    depth: int
    memory: Memory
    latency: int


class Draw:
    """Random choices of one configuration; the same for the same kind and number."""

    def __init__(self, kind: str, number: int) -> None:
        self.generator = np.random.default_rng([SEED, *kind.encode(), number])

    def of(self, *values):
        """One of the values."""
        return values[int(self.generator.integers(len(values)))]

    def between(self, low: int, high: int) -> int:
        """An integer, both ends included, small ones as likely as large ones."""
        return round(float(np.exp(self.generator.uniform(np.log(low), np.log(high)))))

    def chance(self, share: float) -> bool:
        return bool(self.generator.random() < share)

    def integers(self, low: int, high: int, *shape: int) -> np.ndarray:
        """Both ends included."""
        return self.generator.integers(low, high + 1, shape)

    def integer_type(self, low: int = 4, high: int = 20) -> IntegerType:
        """A range that need not be a whole power of two."""
        bits, signed = int(self.generator.integers(low, high + 1)), self.chance(0.8)
        top = int(self.generator.integers(1 << (bits - 2), 1 << (bits - 1)))
        return IntegerType(-top, top) if signed else IntegerType(0, top)

    def exponents(self, channels: int, spread: int) -> tuple[int, ...]:
        """One exponent, or one a channel."""
        if spread == 0:
            return (4,)
        return tuple(int(4 + e) for e in self.generator.integers(0, spread + 1, channels))

    def map(self) -> dict[str, int]:
        side = self.of(4, 7, 8, 14, 16, 28, 32, 56)
        return {"height": side, "width": side}

    def lanes(self, most: int = 32) -> dict[str, int]:
        """Channels, and how many of them stand in a word."""
        channels = self.of(16, 24, 32, 48, 64, 96, 128, 192, 256)
        words = [d for d in range(1, min(channels, most) + 1) if channels % d == 0]
        return {"channels": channels, "channels_per_word": self.of(*words)}


def _names(kind: str, number: int) -> dict[str, str]:
    return {"name": f"{kind}_{number}", "layer": f"{kind}.{number}"}


def _threshold(d: Draw, names: dict) -> Unit:
    shape, integer = {**d.map(), **d.lanes()}, d.integer_type()
    channels = shape["channels"]
    thresholds, inverts = d.integers(integer.lo, integer.hi, channels), d.integers(0, 1, channels)
    return Threshold(**names, **shape, thresholds=thresholds, inverts=inverts, integer=integer, exponent=4)


def _width_converter(d: Draw, names: dict) -> Unit:
    factor, narrow = d.of(2, 3, 4, 6, 8), d.of(1, 2, 4, 8, 16)
    ends = (narrow, narrow * factor) if d.chance(0.5) else (narrow * factor, narrow)
    integer = IntegerType.of_bit() if d.chance(0.4) else d.integer_type()
    return WidthConverter(
        **names,
        **d.map(),
        channels=narrow * factor * d.of(1, 2, 4),
        integer=integer,
        exponents=(4,),
        input_channels_per_word=ends[0],
        output_channels_per_word=ends[1],
    )


def _fork(d: Draw, names: dict) -> Unit:
    return Fork(**names, **d.map(), **d.lanes(), copies=d.of(2, 2, 3), integer=INT8, exponents=(4,))


def _global_sum(d: Draw, names: dict) -> Unit:
    return GlobalSum(**names, **d.map(), **d.lanes(16), integer=d.integer_type(4, 9), exponent=4, output_exponent=9)


def _sigmoid_table(d: Draw, names: dict) -> Unit:
    integer = d.of(INT8, IntegerType(-64, 63), IntegerType(-512, 511))
    output = d.of(IntegerType(0, 255), IntegerType(0, 127))
    entries = 1 << integer.bits
    values = 1 / (1 + np.exp(-np.arange(integer.lo, integer.lo + entries) / 2 ** d.of(4, 5)))
    table = np.rint(values * output.hi).astype(np.int64)
    return SigmoidTable(
        **names,
        height=1,
        width=1,
        **d.lanes(8),
        table=table,
        integer=integer,
        exponent=4,
        output_integer=output,
        output_exponent=8,
    )


def _sliding_window(d: Draw, names: dict) -> Unit:
    kernel = d.of(3, 3, 3, 2, 5)
    padding = d.of(0, kernel // 2, kernel // 2)
    stride = d.of(1, 1, 2)
    integer = IntegerType.of_bit() if d.chance(0.7) else INT8
    return SlidingWindow(
        **names,
        **d.map(),
        **d.lanes(16 if integer.binary else 4),
        integer=integer,
        exponent=0,
        kernel=(kernel, kernel),
        stride=(stride, stride),
        padding=(padding, padding),
        padding_value=0 if d.chance(0.2) else None,
    )


def _folds(d: Draw, taps: int, most: int) -> dict:
    """SIMD and PE whose product with the taps is at most ``most``, and channels they divide."""
    while True:
        simd, pe = d.of(1, 2, 3, 4, 8, 16, 32, 64), d.of(1, 1, 2, 3, 4, 8, 16, 32)
        if taps * simd * pe <= most:
            inputs, outputs = simd * d.of(1, 2, 4, 8, 16), pe * d.of(1, 2, 4, 8, 16)
            if inputs * outputs <= 1 << 14:
                return {"simd": simd, "pe": pe, "inputs": inputs, "outputs": outputs}


def _xnor_mvu(d: Draw, names: dict, most: int = 768) -> Unit:
    side = d.of(1, 3, 3)
    folds = _folds(d, side * side, most)
    return XnorMvu(
        **names,
        **d.map(),
        weights=d.integers(0, 1, folds["outputs"], side, side, folds["inputs"]),
        valid_bits=side > 1 and d.chance(0.8),
        exponents=(0,),
        simd=folds["simd"],
        pe=folds["pe"],
        weights_in_luts=d.chance(0.15),
    )


def _pixel_parallel_mvu(d: Draw, names: dict) -> Unit:
    unit = _xnor_mvu(d, names, 192)
    return PixelParallelMvu.of(unit, d.of(*(pixels for pixels in (2, 4, 7, 8) if unit.height % pixels == 0)))


def _integer_mvu(d: Draw, names: dict) -> Unit:
    side = d.of(1, 1, 3)
    folds = _folds(d, side * side, 72)
    bits = d.of(2, 3, 4, 6, 8, 8)
    top = (1 << (bits - 1)) - 1
    return IntegerMvu(
        **names,
        **d.map(),
        weights=d.integers(-top - 1, top, folds["outputs"], side, side, folds["inputs"]),
        valid_bits=side > 1 and d.chance(0.8),
        weight_exponents=(5,),
        input_integer=d.of(INT8, INT8, IntegerType(0, 255), IntegerType(-8, 7), d.integer_type(4, 10)),
        input_exponent=4,
        simd=folds["simd"],
        pe=folds["pe"],
        weights_in_luts=d.chance(0.15),
    )


def _affine(d: Draw, channels: int) -> dict:
    bits = d.of(3, 5, 8)
    multiplied, biased = d.chance(0.4), d.chance(0.7)
    top = 1 << d.of(6, 10, 14)
    return {
        "exponents": d.exponents(channels, d.of(0, 0, 0, 2)),
        "multipliers": d.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1, channels if multiplied else 0),
        "multiplier_exponents": (2,),
        "biases": d.integers(-top, top, channels if biased else 0),
        "bias_exponents": (d.of(3, 4, 6, 7),),
    }


def _slopes(d: Draw, channels: int) -> dict:
    """None, ReLU, or PReLU of some bits."""
    choice = d.of("none", "relu", "prelu", "prelu")
    if choice == "none":
        return {"slopes": np.ones(channels, dtype=np.int64), "slope_exponent": 0}
    if choice == "relu":
        return {"slopes": np.zeros(channels, dtype=np.int64), "slope_exponent": 0}
    bits = d.of(3, 4, 6, 8)
    low = -(1 << (bits - 1)) if d.chance(0.5) else 0
    return {"slopes": d.integers(low, (1 << (bits - 1)) - 1, channels), "slope_exponent": bits - 1}


def _channelwise(d: Draw, names: dict) -> Unit:
    shape = {**d.map(), **d.lanes(8)}
    channels = shape["channels"]
    return Channelwise(
        **names,
        **shape,
        integer=d.integer_type(8, 22),
        **_affine(d, channels),
        **_slopes(d, channels),
        output_integer=d.of(INT8, INT8, IntegerType(0, 255), IntegerType(-8, 7)),
        output_exponent=d.of(-2, 0, 2, 4),
    )


def _rescale(d: Draw, names: dict) -> Unit:
    shape = {**d.map(), **d.lanes(8)}
    channels = shape["channels"]
    gated = d.chance(0.8)
    return Rescale(
        **names,
        **shape,
        integer=d.integer_type(8, 16),
        **_affine(d, channels),
        **_slopes(d, channels),
        gated=gated,
        gate_integer=IntegerType(0, 255),
        gate_exponent=8,
        skipped=not gated or d.chance(0.8),
        skip_integer=INT8,
        skip_exponent=d.of(3, 4, 5),
        output_integer=d.of(INT8, INT8, IntegerType(-8, 7)),
        output_exponent=d.of(2, 3, 4),
    )


def _average_pool(d: Draw, names: dict) -> Unit:
    kernel = d.of(2, 2, 3, 4)
    integer = d.integer_type(4, 9)
    shape = {**d.map(), **d.lanes(16)}
    return AveragePool(**names, **shape, kernel=(kernel, kernel), integer=integer, exponent=4, output_exponent=6)


def _max_pool(d: Draw, names: dict) -> Unit:
    kernel = d.of(2, 3)
    integer = IntegerType.of_bit() if d.chance(0.2) else d.integer_type(4, 9)
    shape = {**d.map(), **d.lanes(8)}
    return MaxPool(**names, **shape, kernel=(kernel, kernel), valid_bits=d.chance(0.5), integer=integer, exponent=4)


def _pixel_scale(d: Draw, names: dict) -> Unit:
    return PixelScale(
        **names,
        **d.map(),
        **d.lanes(8),
        integer=d.integer_type(4, 14),
        exponents=(4,),
        factor_integer=d.of(IntegerType(0, 255), IntegerType(0, 15), IntegerType(0, 4095)),
        factor_exponent=4,
        output_exponents=(8,),
    )


def _spatial_scale(d: Draw, names: dict) -> Unit:
    shape = {**d.map(), **d.lanes(8)}
    axes = (shape["height"], shape["width"], shape["channels"])
    size = [axis if d.chance(0.5) else 1 for axis in axes]
    if np.prod(size) > 1 << 16:
        size[2] = 1
    return SpatialScale(
        **names,
        **shape,
        integer=d.integer_type(4, 14),
        exponents=(4,),
        factors=d.integers(0, d.of(15, 127, 255), *size),
        output_exponents=(8,),
    )


def _channel_sum(d: Draw, names: dict) -> Unit:
    integer = IntegerType.of_bit() if d.chance(0.2) else d.integer_type(4, 9)
    return ChannelSum(
        **names,
        **d.map(),
        **d.lanes(32),
        absolute=not integer.binary and d.chance(0.5),
        integer=integer,
        exponent=4,
        output_exponent=8,
    )


def _fifo(d: Draw, names: dict) -> Fifo:
    memory = d.of(Memory.LUTRAM, Memory.LUTRAM, Memory.LUTRAM, Memory.BRAM, Memory.REGISTER)
    depth = {Memory.LUTRAM: d.between(2, 1024), Memory.BRAM: d.between(65, 4096), Memory.REGISTER: 1}[memory]
    width = d.between(1, 448)
    if memory is Memory.LUTRAM and width * depth > 40_000:
        depth = max(2, 40_000 // width)
    return Fifo(width, depth, memory, d.of(0, 1, 2, 4))


def _fifo_in_block_ram(d: Draw, names: dict) -> Fifo:
    return Fifo(d.between(1, 448), d.between(65, 4096), Memory.BRAM, d.of(0, 1, 2, 4))


def _fifo_of_shift_registers(d: Draw, names: dict) -> Fifo:
    depth = d.of(2, d.between(3, 32), d.between(3, 32))
    return Fifo(d.between(1, 16 if depth > 2 else 8), depth, Memory.LUTRAM, d.of(0, 1, 2, 4))


KINDS: dict[str, tuple[int, int, Callable]] = {
    "fifo": (48, 14, _fifo),
    "fifo_bram": (0, 10, _fifo_in_block_ram),
    "fifo_srl": (24, 8, _fifo_of_shift_registers),
    "width_converter": (20, 6, _width_converter),
    "fork": (6, 2, _fork),
    "threshold": (24, 8, _threshold),
    "global_sum": (16, 6, _global_sum),
    "sigmoid_table": (8, 4, _sigmoid_table),
    "sliding_window": (40, 10, _sliding_window),
    "xnor_mvu": (48, 12, _xnor_mvu),
    "pixel_parallel_mvu": (24, 6, _pixel_parallel_mvu),
    "integer_mvu": (28, 8, _integer_mvu),
    "channelwise": (36, 10, _channelwise),
    "rescale": (36, 10, _rescale),
    "average_pool": (16, 5, _average_pool),
    "max_pool": (16, 5, _max_pool),
    "pixel_scale": (12, 4, _pixel_scale),
    "spatial_scale": (12, 4, _spatial_scale),
    "channel_sum": (16, 5, _channel_sum),
}
"""How many of each kind the coefficients are fitted to, how many more they are judged on, and what draws one."""


def configuration(kind: str, number: int) -> Unit | Fifo:
    """Return configuration ``number`` of ``kind``."""
    return KINDS[kind][2](Draw(kind, number), _names(kind, number))
