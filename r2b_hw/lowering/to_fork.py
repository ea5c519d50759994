"""Wires with several readers -> forks; then every wire becomes streams.

The gate's sum reads first, from the raw stream: it needs the whole map before the first output can be scaled, so the
branch beside it, called ``<block>.frame``, holds about a frame. Sign and skip are derived after that branch, where the
stream is narrow.
"""

from r2b_hw.graph.stream import Endpoint, Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.lowering.netlist import Netlist, Reader, Wire
from r2b_hw.units.fork import Fork
from r2b_hw.units.global_sum import GlobalSum

FRAME = "frame"
"""Last component of the name of a stream that must hold about a frame beside a gate."""


def join(netlist: Netlist) -> tuple[tuple[Unit, ...], tuple[Stream, ...]]:
    """Return all units, forks included, and the streams between them."""
    forks: list[Unit] = []
    streams: list[Stream] = []
    taken = {unit.name for unit in netlist.units}
    for wire in netlist.wires:
        readers = netlist.readers[wire.name]
        block = _block(wire, readers)
        gates = [reader for reader in readers if isinstance(reader.unit, GlobalSum)]
        body = [reader for reader in readers if not isinstance(reader.unit, GlobalSum)]
        producer, name = wire.producer, wire.name
        if gates and body:
            fork = _fork(wire, _unique(f"{block}.gate_fork", taken), len(gates) + 1)
            forks.append(fork)
            streams.append(_stream(name, producer, Endpoint(fork.name, "x"), wire))
            streams.extend(_branch(fork, copy, reader, wire) for copy, reader in enumerate(gates))
            producer, name = Endpoint(fork.name, f"y{len(gates)}"), f"{block}.{FRAME}"
            readers = body
        if len(readers) > 1:
            fork = _fork(wire, _unique(f"{block}.fork", taken), len(readers))
            forks.append(fork)
            streams.append(_stream(name, producer, Endpoint(fork.name, "x"), wire))
            streams.extend(_branch(fork, copy, reader, wire) for copy, reader in enumerate(readers))
        else:
            streams.append(_stream(name, producer, _end(readers[0]), wire))
    return (*netlist.units, *forks), tuple(streams)


def _fork(wire: Wire, name: str, copies: int) -> Fork:
    height, width, channels = wire.port.shape
    return Fork(
        name=name,
        layer=wire.name,
        height=height,
        width=width,
        channels=channels,
        copies=copies,
        integer=wire.port.integer,
        exponents=wire.port.exponents,
    )


def _branch(fork: Fork, copy: int, reader: Reader, wire: Wire) -> Stream:
    return _stream(reader.name, Endpoint(fork.name, f"y{copy}"), _end(reader), wire)


def _stream(name: str, producer: Endpoint | None, consumer: Endpoint | None, wire: Wire) -> Stream:
    return Stream(name, producer, consumer, tensor=wire.tensor)


def _end(reader: Reader) -> Endpoint | None:
    return None if reader.unit is None else Endpoint(reader.unit.name, reader.port)


def _block(wire: Wire, readers: list[Reader]) -> str:
    """Return the module path that all readers share; the wire's own name where they share none."""
    paths = [reader.unit.layer.split(".") for reader in readers if reader.unit is not None]
    shared: list[str] = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    if not shared or len(readers) == 1:
        return wire.name
    return ".".join(shared)


def _unique(name: str, taken: set[str]) -> str:
    number = 2
    result = name
    while result in taken:
        result = f"{name}.{number}"
        number += 1
    taken.add(result)
    return result
