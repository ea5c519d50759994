"""A plan as LUT6_2s, CARRY4s and registers joined by named bits.

A LUT6_2 gives O6 = INIT[I5 I4 I3 I2 I1 I0] and O5 = INIT[I4 I3 I2 I1 I0]; with I5 at one O6 reads the upper half, so
that two functions of five inputs share a LUT (UG474, "CLB LUTs"; UG953, LUT6_2). Bit i of a CARRY4 gives
O = S xor carry and hands on S ? carry : DI.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from r2b_hw.popcount.plan import ROWS, Plan, Shape

ZERO, ONE = "1'b0", "1'b1"


Inputs = tuple[int, ...]
"""I0 to I4."""


def _table(function: Callable[[Inputs], int]) -> int:
    """Return 32 bits: ``function`` of the inputs, I0 the lowest bit of the row."""
    return sum((function(tuple((row >> i) & 1 for i in range(5))) & 1) << row for row in range(32))


def _matches(inputs: Inputs) -> Inputs:
    """Return whether (I0, I1) and (I2, I3), each a bit of x and one of the weights, are equal."""
    return int(inputs[0] == inputs[1]), int(inputs[2] == inputs[3])


def _xnor_sum(inputs: Inputs) -> int:
    return sum(_matches(inputs)) + inputs[4]


_MATCHES = _table(lambda i: _matches(i)[1]) << 32 | _table(lambda i: _matches(i)[0])
_XNOR_ADDER = _table(_xnor_sum) << 32 | _table(lambda i: _xnor_sum(i) >> 1)
_ADDER = _table(lambda i: sum(i[:3])) << 32 | _table(lambda i: sum(i[:3]) >> 1)
# O6 is the parity of six: where I5 is one, the other of five.
_PARITY = _table(lambda i: 1 - sum(i)) << 32 | _table(sum)
_FIVE = _table(lambda i: sum(i) >> 1) << 32 | _table(lambda i: sum(i) >> 2)


@dataclass(frozen=True)
class Lut:
    """A LUT6_2: six inputs, O6, and O5 where it is used."""

    name: str
    init: int
    inputs: tuple[str, ...]
    o6: str
    o5: str | None = None


@dataclass(frozen=True)
class Carry:
    """A CARRY4 of which two bits are used: data and select in, O[0], O[1] and CO[1] out."""

    name: str
    first: str
    data: tuple[str, str]
    select: tuple[str, str]
    sums: tuple[str, str]
    carry: str


@dataclass(frozen=True)
class Flop:
    """A bit of a register; where ``group`` is not valid it becomes ``invalid``."""

    target: str
    source: str
    group: int | None = None
    invalid: int = 0


@dataclass
class _Builder:
    bits: list[str] = field(default_factory=list[str])
    luts: list[Lut] = field(default_factory=list[Lut])
    carries: list[Carry] = field(default_factory=list[Carry])

    def bit(self, name: str) -> str:
        self.bits.append(name)
        return name

    def lut(self, name: str, init: int, inputs: list[str], *, two: bool = True, five: bool = True) -> tuple[str, str]:
        """Add a LUT and return its outputs; ``five`` inputs at most, and I5 at one, where it has two functions."""
        padded = [*inputs, *[ZERO] * (5 - len(inputs))]
        padded = [*padded, ONE] if five else [*padded, *[ZERO] * (6 - len(padded))]
        o6 = self.bit(f"{name}_o6")
        o5 = self.bit(f"{name}_o5") if two else None
        self.luts.append(Lut(name, init, tuple(padded), o6, o5))
        return o6, o5 or ZERO

    def counter(self, name: str, bits: list[str]) -> list[str]:
        """Return the sum of up to seven bits, the lowest first."""
        if len(bits) <= 3:
            return list(self.lut(name, _ADDER, bits))
        bits = [*bits, *[ZERO] * (7 - len(bits))]
        parity, data = self.lut(f"{name}_parity", _PARITY, bits[:6], five=False)
        twos, fours = self.lut(f"{name}_five", _FIVE, bits[:5])
        sums = self.bit(f"{name}_s0"), self.bit(f"{name}_s1")
        carry = self.bit(f"{name}_s2")
        self.carries.append(Carry(name, bits[6], (data, fours), (parity, twos), sums, carry))
        return [*sums, carry]


@dataclass(frozen=True)
class Netlist:
    """A tree: x[i] and weights[i] in, two rows and the carry inputs (weight 1) out.

    Attributes
    ----------
    bits
        Every internal bit but the flops'.
    flops, rows
        The first register and the rows' register.
    row_bits
        Names of each row's bits, by column; a constant where a column has none.
    carry_inputs
        Names of the two further bits of column 0.
    """

    shape: Shape
    bits: tuple[str, ...]
    luts: tuple[Lut, ...]
    carries: tuple[Carry, ...]
    flops: tuple[Flop, ...]
    rows: tuple[Flop, ...]
    row_bits: tuple[tuple[str, ...], ...]
    carry_inputs: tuple[str, str]

    def free_columns(self, row: int) -> int:
        """Return, as bits, the columns in which ``row`` has no bit."""
        return sum(1 << column for column, name in enumerate(self.row_bits[row]) if name == ZERO)


Columns = list[list[tuple[str, int | None]]]
"""Names of the bits of each column, and the group that each of the first layer belongs to."""


def _first_layer(build: _Builder, shape: Shape, group: int, columns: Columns) -> None:
    synapses = [group * shape.width + i for i in range(shape.width)]
    pairs = [(f"x[{i}]", f"weights[{i}]") for i in synapses]
    alone = pairs[2 * shape.adders :]
    matches: list[str] = []
    for i in range(0, len(alone), 2):
        inputs = [name for pair in alone[i : i + 2] for name in pair]
        o6, o5 = build.lut(f"match_{group}_{i // 2}", _MATCHES, inputs)
        matches += [o5, o6][: len(inputs) // 2]
    for i in range(shape.adders):
        inputs = [*pairs[2 * i], *pairs[2 * i + 1], matches[i]]
        total, carry = build.lut(f"add_{group}_{i}", _XNOR_ADDER, inputs)
        columns[0].append((total, group))
        columns[1].append((carry, group))
    columns[0] += [(bit, group) for bit in matches[shape.adders :]]


def _register(columns: Columns, shape: Shape, prefix: str) -> tuple[Columns, list[Flop]]:
    """Return the registered columns; an invalid group becomes half its width, rounded down."""
    half = dict.fromkeys(range(shape.groups), shape.width // 2)
    flops: list[Flop] = []
    registered: Columns = [[] for _ in columns]
    # The heaviest bits first: what is left then fits the lighter ones.
    for column in reversed(range(len(columns))):
        for i, (source, group) in enumerate(columns[column]):
            name = f"{prefix}_{column}_{i}"
            one = group is not None and half[group] >= 1 << column
            if group is not None and one:
                half[group] -= 1 << column
            flops.append(Flop(name, source, group, int(one)))
            registered[column].append((name, None))
    return registered, flops


def netlist(plan: Plan) -> Netlist:
    """Return the tree of ``plan``; ValueError where it leaves more than two rows and the carry inputs."""
    if not plan.complete:
        raise ValueError(f"a popcount of {plan.shape}: the plan leaves {plan.heights()[-1]} bits a column")
    shape = plan.shape
    build = _Builder()
    columns: Columns = [[] for _ in range(max(2, shape.columns))]
    for group in range(shape.groups):
        _first_layer(build, shape, group, columns)
    columns = columns[: shape.columns]
    flops: list[Flop] = []
    for number, layer in enumerate((*plan.layers, None)):
        if number == plan.register_after:
            if shape.groups == 1:
                columns = [[(name, None) for name, _ in column] for column in columns]
            columns, flops = _register(columns, shape, "q")
        if layer is None:
            break
        following: Columns = [[] for _ in columns]
        for column, bits, count in layer:
            for i in range(count):
                taken = [columns[column].pop(0)[0] for _ in range(bits)]
                for position, bit in enumerate(build.counter(f"count_{number}_{column}_{bits}_{i}", taken)):
                    if column + position < shape.columns and position < bits.bit_length():
                        following[column + position].append((bit, None))
        columns = [left + new for left, new in zip(columns, following, strict=True)]
    columns, rows = _register(columns, shape, "row")
    names = [[*(name for name, _ in column), *[ZERO] * 4] for column in columns]
    row_bits = tuple(tuple(column[row] for column in names) for row in range(ROWS))
    return Netlist(
        shape,
        tuple(build.bits),
        tuple(build.luts),
        tuple(build.carries),
        tuple(flops),
        tuple(rows),
        row_bits,
        (names[0][2], names[0][3]),
    )
