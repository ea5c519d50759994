"""From a checked model to the hardware graph, once: all parallelism 1, every FIFO of depth 2."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from r2b_hw.frontend.checked_model import CheckedModel
from r2b_hw.frontend.operations import (
    Activate,
    AffineStep,
    AveragePool,
    Bias,
    Binarise,
    ChannelSum,
    Gate,
    GlobalSum,
    MaxPool,
    Multiply,
    Operation,
    PixelScale,
    Product,
    Quantise,
    Scale,
    SigmoidTable,
    Skip,
    SpatialScale,
)
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.graph.host import HostInput, HostOutput
from r2b_hw.graph.port import Port
from r2b_hw.graph.unit import Unit
from r2b_hw.lowering.accumulator import Accumulator
from r2b_hw.lowering.expression import Build, Draft, Expression, spread
from r2b_hw.lowering.netlist import Netlist, Wire
from r2b_hw.lowering.to_average_pool import to_average_pool
from r2b_hw.lowering.to_channel_sum import to_channel_sum
from r2b_hw.lowering.to_channelwise import to_channelwise
from r2b_hw.lowering.to_fork import join
from r2b_hw.lowering.to_global_sum import to_global_sum
from r2b_hw.lowering.to_integer_mvu import to_integer_mvu
from r2b_hw.lowering.to_max_pool import to_max_pool
from r2b_hw.lowering.to_pixel_scale import to_pixel_scale
from r2b_hw.lowering.to_rescale import to_rescale
from r2b_hw.lowering.to_sigmoid_table import to_sigmoid_table
from r2b_hw.lowering.to_sliding_window import to_sliding_window
from r2b_hw.lowering.to_spatial_scale import to_spatial_scale
from r2b_hw.lowering.to_threshold import to_threshold
from r2b_hw.lowering.to_xnor_mvu import to_xnor_mvu
from r2b_hw.numeric.integer_type import IntegerType
from r2b_hw.numeric.rounding import Integers

Value: TypeAlias = Wire | Expression


@dataclass(frozen=True, eq=False)
class Lowered:
    """The hardware graph, and what lowering counted.

    Attributes
    ----------
    near_ties
        By layer path of each sign, the (integer, channel) pairs whose value before the sign is nearer to zero than
        float32's error bound; a layer without any is absent.
    accumulators
        By name of each matrix-vector unit's stream that equals no module's output as it is, how the layer's output
        follows from it.
    """

    graph: HardwareGraph
    near_ties: Mapping[str, int]
    accumulators: Mapping[str, Accumulator]


def lower(checked: CheckedModel) -> Lowered:
    """Return the hardware graph of ``checked``; every stream that equals a module's output says so."""
    lowering = _Lowering(checked)
    for operation in checked.operations:
        lowering.step(operation)
    output = lowering.output()
    units, streams = join(lowering.netlist)
    source = checked.input
    host_input = HostInput(checked.image_shape, source.integer, source.exponent, checked.host_operators, source.module)
    host_output = HostOutput(output.port.exponents, checked.vector, checked.tail)
    graph = HardwareGraph(checked.name, units, streams, host_input, host_output)
    return Lowered(graph, dict(lowering.near_ties), dict(lowering.netlist.accumulators))


@dataclass(eq=False)
class _Lowering:
    checked: CheckedModel
    netlist: Netlist = field(default_factory=Netlist)
    values: dict[str, Value] = field(default_factory=dict[str, Value])
    near_ties: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        source = self.checked.input
        channels, height, width = self.checked.image_shape
        port = Port("images", (height, width, channels), source.integer, 1, (source.exponent,))
        self.values[source.output] = self.netlist.source(_name(source), port, source.module)

    def step(self, operation: Operation) -> None:
        """Lower one operation."""
        match operation:
            case Product():
                value = self.product(operation)
            case GlobalSum() | AveragePool() | ChannelSum():
                value = self.pool(operation)
            case MaxPool():
                value = self.max_pool(operation)
            case Scale():
                before = self.expression(operation)
                shifts = spread(operation.shifts, self.checked.facts[operation.output].channels)
                value = before.scaled(shifts, operation.output)
            case Multiply():
                exponents = spread(operation.exponents, len(operation.multipliers))
                before = self.expression(operation)
                value = before.multiplied(operation.multipliers, exponents, operation.output)
            case SpatialScale() | PixelScale():
                value = self.pixel_factors(operation)
            case Bias():
                exponents = spread(operation.exponents, len(operation.biases))
                before = self.expression(operation)
                value = before.biased(operation.biases, exponents, operation.output, operation.module)
            case Gate():
                gate = self.wire(operation.gate, _name(operation))
                value = replace(self.expression(operation), gate=gate, tensor=operation.output)
            case Activate():
                slopes, exponent = operation.slopes, operation.slope_exponent
                before = self.expression(operation)
                value = replace(before, slopes=slopes, slope_exponent=exponent, tensor=operation.output)
            case Skip():
                skip = self.wire(operation.skip, _name(operation))
                value = replace(self.expression(operation), skip=skip, tensor=operation.output)
            case Quantise():
                value = self.finish(
                    self.expression(operation),
                    operation,
                    operation.integer,
                    operation.exponent,
                    operation.module,
                )
            case Binarise():
                value = self.binarise(operation)
            case SigmoidTable():
                x = self.wire(operation.input, _name(operation))
                unit = to_sigmoid_table(operation, x.port, self.netlist.unique(_name(operation)))
                value = self.netlist.add(unit, {"x": x}, operation.module)
            case _:
                raise TypeError(f"{operation.node}: no lowering for {type(operation).__name__}")
        self.values[operation.output] = value

    def product(self, operation: Product) -> Expression:
        """Draft a matrix-vector unit behind its window."""
        name = _name(operation)
        windows = to_sliding_window(self.netlist, operation, self.wire(operation.input, name), name)
        make = to_xnor_mvu if operation.binary else to_integer_mvu

        def build(netlist: Netlist, consumer: str, shifts: Integers) -> Unit:
            return make(operation, windows.port, netlist.unique(name), shifts)

        drafted = self.draft(build, windows, len(operation.weights), operation)
        if operation.module is None:
            return drafted
        return replace(drafted, accumulator=Accumulator(operation.module, (0.0,) * len(operation.weights)))

    def pool(self, operation: GlobalSum | AveragePool | ChannelSum) -> Expression:
        """Draft a sum over pixels or channels; it takes its name from its consumer."""
        x = self.wire(operation.input, _name(operation))

        def build(netlist: Netlist, consumer: str, shifts: Integers) -> Unit:
            if isinstance(operation, GlobalSum):
                return to_global_sum(operation, x.port, netlist.unique(f"{consumer}.sum"), shifts)
            if isinstance(operation, ChannelSum):
                return to_channel_sum(operation, x.port, netlist.unique(f"{consumer}.channel_sum"), shifts)
            return to_average_pool(operation, x.port, netlist.unique(f"{consumer}.pool"), shifts)

        return self.draft(build, x, self.checked.facts[operation.output].channels, operation)

    def pixel_factors(self, operation: SpatialScale | PixelScale) -> Expression:
        """Draft a product with factors that vary over the pixels."""
        name = _name(operation)
        before = self.expression(operation)
        x = before.wire(self.netlist, name)
        further = {"k": self.wire(operation.factor, name)} if isinstance(operation, PixelScale) else {}

        def build(netlist: Netlist, consumer: str, shifts: Integers) -> Unit:
            if isinstance(operation, SpatialScale):
                return to_spatial_scale(operation, x.port, netlist.unique(f"{name}.spatial_scale"), shifts)
            return to_pixel_scale(operation, x.port, further["k"].port, netlist.unique(f"{name}.pixel_scale"), shifts)

        channels = x.port.shape[2]
        draft = Draft(build, x, channels, None, np.zeros(channels, dtype=np.int64), further)
        return before.at_pixels(draft, operation.output)

    def max_pool(self, operation: MaxPool) -> Wire:
        """Build a max pool behind its window."""
        name = _name(operation)
        windows = to_sliding_window(self.netlist, operation, self.wire(operation.input, name), name)
        unit = to_max_pool(operation, windows.port, self.netlist.unique(name))
        return self.netlist.add(unit, {"x": windows}, operation.module)

    def draft(self, build: Build, x: Wire, channels: int, operation: Operation) -> Expression:
        """Return an expression that is only a source."""
        shifts = np.zeros(channels, dtype=np.int64)
        return Expression(Draft(build, x, channels, operation.module, shifts), operation.output)

    def expression(self, operation: Operation) -> Expression:
        """Return the operation's input as an expression."""
        value = self.values[operation.input]
        return Expression(value, operation.input) if isinstance(value, Wire) else value

    def wire(self, tensor: str, consumer: str) -> Wire:
        """Return ``tensor`` as a wire: itself, or a sum over pixels that needs no quantiser."""
        value = self.values[tensor]
        if isinstance(value, Expression):
            value = value.wire(self.netlist, consumer)
            self.values[tensor] = value
        return value

    def finish(
        self,
        expression: Expression,
        operation: Operation,
        integer: IntegerType,
        exponent: int,
        module: str | None,
    ) -> Wire:
        """Build the unit that ends a chain."""
        name = _name(operation)
        layer = operation.layer or name
        if expression.gate is None and expression.skip is None:
            x = expression.wire(self.netlist, name)
            unit = to_channelwise(expression, x.port, self.netlist.unique(name), layer, integer, exponent)
            return self.netlist.add(unit, {"x": x}, module)
        x = expression.wire(self.netlist, name)
        unit = to_rescale(expression, x.port, self.netlist.unique(name), layer, integer, exponent)
        inputs = {"x": x}
        if expression.gate is not None:
            inputs["g"] = expression.gate
        if expression.skip is not None:
            inputs["s"] = expression.skip
        return self.netlist.add(unit, inputs, module)

    def exact(self, expression: Expression, operation: Operation, module: str | None) -> Wire:
        """End a chain without rounding: one exponent, and a type that holds every reachable value."""
        facts = self.checked.facts[expression.tensor]
        exponent = int(facts.exponents.max())
        fine = facts.aligned(np.full(facts.channels, exponent, dtype=np.int64))
        integer = IntegerType(int(fine.lo.min()), int(fine.hi.max()))
        return self.finish(expression, operation, integer, exponent, module)

    def binarise(self, operation: Binarise) -> Wire:
        """Build a threshold; a plain product's bias joins the affine."""
        name = _name(operation)
        value = self.values[operation.input]
        steps = operation.steps
        if isinstance(value, Expression):
            uniform = len(set(self.checked.facts[value.tensor].exponents.tolist())) == 1
            if value.plain and uniform and isinstance(value.source, Draft):
                if value.biases is not None and value.bias_exponents is not None:
                    shift = np.ldexp(value.biases.astype(np.float64), -value.bias_exponents)
                    steps = (AffineStep("add", (tuple(map(float, shift)),)), *steps)
                value = value.wire(self.netlist, name)
            else:
                part = replace(operation, layer=f"{name}.exact")
                value = self.exact(value, part, None)
        unit, near = to_threshold(steps, value.port, self.netlist.unique(name), operation.layer or name)
        if near:
            self.near_ties[name] = near
        return self.netlist.add(unit, {"x": value}, operation.module)

    def output(self) -> Wire:
        """Return the output's wire; logits without a quantiser are ended without rounding."""
        value = self.values[self.checked.output]
        if isinstance(value, Expression):
            last = self.checked.operations[-1]
            layer = f"{_name(last)}.bias" if value.biases is not None else f"{_name(last)}.exact"
            value = self.exact(value, replace(last, layer=layer), last.module)
        self.netlist.finish(value)
        return value


def _name(operation: Operation) -> str:
    return operation.layer or operation.node
