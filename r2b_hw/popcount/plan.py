"""What a compressor tree is made of: how many counters of each size work on each column, layer by layer.

A column holds bits of one weight, a power of two. The first layer turns synapses (a bit of x and a bit of the weights)
into columns 0 and 1; a register follows. Later layers are counters: k bits of a column become their sum in binary.
What is left are two rows of bits, which an adder joins; column 0 may have two bits more where the adder has carry
inputs.
"""

from dataclasses import dataclass

ROWS = 2
"""Bits that may be left in a column."""
COUNTERS = {2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 2}
"""Bits a counter takes -> its LUTs. Up to three bits are one LUT6_2; up to seven are two and half a CARRY4."""
_LAYERS_A_CYCLE = 4


@dataclass(frozen=True, order=True)
class Shape:
    """A tree over ``groups`` of ``width`` synapses; a group is valid or not as a whole.

    ``carry_inputs`` are the bits that may be left in column 0 besides the rows: two for an adder of LUTs, none for a
    DSP48.
    """

    groups: int
    width: int
    carry_inputs: int = 2

    def __post_init__(self) -> None:
        if self.groups < 1 or self.width < 1:
            raise ValueError(f"a popcount of {self.groups} groups of {self.width} bits")

    @property
    def synapses(self) -> int:
        """Bits counted."""
        return self.groups * self.width

    @property
    def name(self) -> str:
        """Groups and width, and whether there are no carry inputs."""
        return f"{self.groups}x{self.width}" + ("" if self.carry_inputs else "_rows")

    @property
    def most(self) -> tuple[int, ...]:
        """Bits that may be left in each column."""
        return (ROWS + self.carry_inputs, *[ROWS] * (self.columns - 1))

    @property
    def columns(self) -> int:
        """Bits of the count."""
        return self.synapses.bit_length()

    @property
    def adders(self) -> int:
        """Full adders of the first layer in a group: each takes two synapses and the matching bit of a third."""
        return self.width // 3

    @property
    def single(self) -> int:
        """Synapses of a group that no full adder takes: their matching bits go to column 0."""
        return self.width % 3

    @property
    def first_layer_luts(self) -> int:
        """LUT6_2 of the first layer: one an adder, and one for two single matching bits."""
        return self.groups * (self.adders + -(-(self.adders + self.single) // 2))

    @property
    def heights(self) -> tuple[int, ...]:
        """Bits in each column after the first layer."""
        first = self.groups * (self.adders + self.single)
        heights = (first, self.groups * self.adders) + (0,) * self.columns
        return heights[: self.columns]


Layer = tuple[tuple[int, int, int], ...]
"""Counters that work side by side: (column, bits each takes, how many)."""


@dataclass(frozen=True)
class Plan:
    """A tree for ``shape``: its layers after the register."""

    shape: Shape
    layers: tuple[Layer, ...]

    def heights(self) -> tuple[tuple[int, ...], ...]:
        """Return bits a column after the first layer and after each further layer.

        Raises ValueError where a layer takes more bits than there are.
        """
        every = [self.shape.heights]
        for layer in self.layers:
            taken = [0] * self.shape.columns
            given = [0] * self.shape.columns
            for column, bits, count in layer:
                taken[column] += bits * count
                for position in range(bits.bit_length()):
                    # A carry beyond the last column is never one.
                    if column + position < self.shape.columns:
                        given[column + position] += count
            if any(t > h for t, h in zip(taken, every[-1], strict=True)):
                raise ValueError(f"a popcount of {self.shape}: a layer takes more bits than there are")
            every.append(tuple(h - t + g for h, t, g in zip(every[-1], taken, given, strict=True)))
        return tuple(every)

    @property
    def complete(self) -> bool:
        """Whether two rows and the carry inputs are all that is left."""
        return all(h <= most for h, most in zip(self.heights()[-1], self.shape.most, strict=True))

    @property
    def luts(self) -> int:
        """LUTs, without the adder that joins the rows."""
        counters = sum(COUNTERS[bits] * count for layer in self.layers for _, bits, count in layer)
        return self.shape.first_layer_luts + counters

    @property
    def flip_flops(self) -> int:
        """Bits of the first register and of the rows."""
        heights = self.heights()
        return sum(heights[self.register_after]) + sum(heights[-1])

    @property
    def register_after(self) -> int:
        """Layers of counters before the first register: none where groups can be invalid, else one of many layers."""
        return 1 if self.shape.groups == 1 and len(self.layers) > _LAYERS_A_CYCLE else 0
