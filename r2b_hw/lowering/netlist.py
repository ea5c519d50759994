"""Units and who reads what, before forks and streams exist."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from r2b_hw.graph.port import Port
from r2b_hw.graph.stream import Endpoint
from r2b_hw.graph.unit import Unit
from r2b_hw.lowering.accumulator import Accumulator


@dataclass(frozen=True, eq=False)
class Wire:
    """What one output port, or the accelerator's input, gives; any number of ports may read it.

    ``tensor`` is the module path whose output it equals.
    """

    name: str
    port: Port
    producer: Endpoint | None
    tensor: str | None


@dataclass(frozen=True, eq=False)
class Reader:
    """A port that reads a wire; ``unit`` None is the accelerator's output."""

    unit: Unit | None
    port: str

    @property
    def name(self) -> str:
        """Name of a stream that ends here."""
        return f"{self.unit.name}.{self.port}" if self.unit is not None else "output"


@dataclass(eq=False)
class Netlist:
    """Collects units, wires and readers while the checked model is walked."""

    units: list[Unit] = field(default_factory=list[Unit])
    wires: list[Wire] = field(default_factory=list[Wire])
    readers: dict[str, list[Reader]] = field(default_factory=dict[str, list[Reader]])
    accumulators: dict[str, Accumulator] = field(default_factory=dict[str, Accumulator])

    def unique(self, name: str) -> str:
        """Return ``name``, numbered where a unit or wire has it already."""
        taken = {unit.name for unit in self.units} | {wire.name for wire in self.wires}
        candidates = [name, *(f"{name}.{number}" for number in range(2, len(taken) + 3))]
        return next(candidate for candidate in candidates if candidate not in taken)

    def source(self, name: str, port: Port, tensor: str | None) -> Wire:
        """Add the accelerator's input."""
        return self._wire(Wire(self.unique(name), port, None, tensor))

    def add(self, unit: Unit, inputs: Mapping[str, Wire], tensor: str | None) -> Wire:
        """Add a unit of one output whose input ports read ``inputs``; ``unit.name`` comes from :meth:`unique`."""
        (output,) = unit.outputs
        wire = Wire(unit.name, output, Endpoint(unit.name, output.name), tensor)
        self.units.append(unit)
        for port, read in inputs.items():
            self.readers[read.name].append(Reader(unit, port))
        return self._wire(wire)

    def finish(self, wire: Wire) -> None:
        """Make ``wire`` the accelerator's output."""
        self.readers[wire.name].append(Reader(None, "output"))

    def _wire(self, wire: Wire) -> Wire:
        self.wires.append(wire)
        self.readers[wire.name] = []
        return wire
