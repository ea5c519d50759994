"""The files of one unit: its schedules, its constants, and the module around its datapath."""

from collections.abc import Iterator
from dataclasses import dataclass

import jinja2

from r2b_hw.codegen.rtl.constants import Constants
from r2b_hw.codegen.rtl.nest_text import NestText, nest_text
from r2b_hw.codegen.rtl.unit_rtl import UnitRtl
from r2b_hw.graph.unit import Unit
from r2b_hw.schedule.loop_nest import Direction, LoopNest


@dataclass(frozen=True)
class _Credit:
    """A credit as the unit's module sees it: a counter of ``bits``, tokens given by one nest and taken by another."""

    name: str
    bits: int
    initial: int
    giver: str
    taker: str


def render_unit(
    unit: Unit, code: UnitRtl, module: str, environment: jinja2.Environment, banner: str, *, loadable: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of every file made for ``unit`` alone; ``module`` names its module and its files.

    ``loadable``: constants that are read in turn lie in memories that are loaded at run time, not in ROMs.
    """
    texts: list[NestText] = []
    for nest in code.nests:
        text = nest_text(unit, nest, frozenset(loop for name, loop in code.counters if name == nest.nest.name))
        texts.append(text)
        name = _schedule_module(module, text)
        yield (
            f"schedule/{name}.sv",
            environment.get_template("schedule.sv.jinja").render(
                banner=banner,
                unit=unit,
                module=name,
                nest=text,
                loops=nest.nest.loops,
                iterations=nest.nest.iterations,
            ),
        )
    turned = [constants for constants in code.constants if constants.nest is not None]
    for constants in code.constants:
        if constants.nest is None or not loadable:
            yield _memory_file(module, constants), constants.text(banner)
    for name, generated in code.generated:
        yield f"units/{name}.sv", f"{banner}\n{generated}"
    files = tuple(
        (f"{constants.name.upper()}_FILE", f'"{_memory_file(module, constants)}"')
        for constants in code.constants
        if constants.nest is None
    )
    inputs = [port.name for port in unit.inputs]
    yield (
        f"units/{module}.sv",
        environment.get_template("unit.sv.jinja").render(
            banner=banner,
            unit=unit,
            module=module,
            inputs=unit.inputs,
            outputs=unit.outputs,
            latencies={port.name: latency_of(unit, port.name) for port in unit.outputs},
            nests=[
                {
                    "name": text.name,
                    "module": _schedule_module(module, text),
                    "shown": text.shown,
                    "methods": text.methods,
                    "tokens": text.tokens,
                    "outputs": text.outputs,
                    "conditions": tuple(_conditions(unit, text)),
                }
                for text in texts
            ],
            credits=tuple(_credits(unit)),
            loadable=loadable and bool(turned),
            loaded=[f"{constants.name}_loaded" for constants in turned],
            constants=[
                {
                    "name": constants.name,
                    "width": constants.width,
                    "depth": constants.depth,
                    "style": constants.style,
                    "nest": constants.nest,
                    "file": _memory_file(module, constants),
                }
                for constants in turned
            ],
            taken=tuple(
                (access.port, nest.name, f"reads_{access.port}")
                for nest in unit.nests()
                for access in nest.accesses
                if access.direction is Direction.READ and access.port in inputs
            ),
            given=tuple(
                (port.name, _writer(unit, port.name).name, f"writes_{port.name}", latency_of(unit, port.name))
                for port in unit.outputs
            ),
            parameters=(*code.parameters, *files),
            connections=tuple(_connections(unit, code)),
        ),
    )


def _memory_file(module: str, constants: Constants) -> str:
    return f"memory/{module}_{constants.name}.mem"


def latency_of(unit: Unit, port: str) -> int:
    """Return the cycles from firing to the push of ``port``, an output of ``unit``."""
    accesses = _writer(unit, port).accesses
    return next(a.latency for a in accesses if a.port == port and a.direction is Direction.WRITE)


def _schedule_module(module: str, nest: NestText) -> str:
    return f"{module}_{nest.name}"


def _writer(unit: Unit, port: str) -> LoopNest:
    for nest in unit.nests():
        if any(access.port == port and access.direction is Direction.WRITE for access in nest.accesses):
            return nest
    raise ValueError(f"unit {unit.name}: no nest writes {port}")


def _conditions(unit: Unit, nest: NestText) -> Iterator[str]:
    """Yield what must hold for an iteration to fire: a word at each input, room at each output, credits."""
    methods = [method for method, _ in nest.methods]
    for verb, ports, signal in (("reads", unit.inputs, "valid"), ("writes", unit.outputs, "ready")):
        for port in ports:
            if f"{verb}_{port.name}" in methods:
                yield f"(!{nest.name}_{verb}_{port.name} || {port.name}_{signal})"
    for token in nest.tokens:
        if token.name.startswith("takes_"):
            yield f"{token.name.removeprefix('takes_')}_credit >= {nest.name}_{token.name}"


def _credits(unit: Unit) -> Iterator[_Credit]:
    for credit in unit.credits():
        accesses = [(nest.name, access) for nest in unit.nests() for access in nest.accesses]
        ends = {access.direction: nest for nest, access in accesses if access.port == credit.name}
        bits = max(1, credit.capacity.bit_length())
        yield _Credit(credit.name, bits, credit.initial, ends[Direction.WRITE], ends[Direction.READ])


def _connections(unit: Unit, code: UnitRtl) -> Iterator[tuple[str, str]]:
    """Yield the datapath's ports and what they are joined to."""
    if code.clocked:
        yield from (("clk", "clk"), ("rst", "rst"))
    names = [f"{nest}_fire" for nest in code.fires]
    names += [f"{nest}_{loop}" for nest, loop in code.counters]
    names += [f"{nest.nest.name}_{name}" for nest in code.nests for name, _ in nest.guards]
    names += [constants.name for constants in code.constants if constants.nest is not None]
    yield from ((name, name) for name in names)
    if code.connections is not None:
        yield from code.connections
    else:
        yield from ((f"{port.name}_data", f"{port.name}_data") for port in unit.inputs + unit.outputs)
