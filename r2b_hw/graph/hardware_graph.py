"""Units joined by streams, with what the host does at both ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from r2b_hw.errors import InputError
from r2b_hw.graph.host import HostInput, HostOutput
from r2b_hw.graph.port import Port
from r2b_hw.graph.stream import Stream
from r2b_hw.graph.unit import Unit
from r2b_hw.numeric.rounding import Integers


@dataclass(frozen=True, eq=False)
class HardwareGraph:
    """The accelerator: units in topological order and the streams between them.

    One stream has no producer (the input), one has no consumer (the output). Every port is at the end of exactly one
    stream. Constructing an inconsistent graph raises InputError naming the stream.
    """

    name: str
    units: tuple[Unit, ...]
    streams: tuple[Stream, ...]
    host_input: HostInput
    host_output: HostOutput

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", tuple(self._topological()))
        self._check()

    @cached_property
    def unit_by_name(self) -> Mapping[str, Unit]:
        """Units by name."""
        return {unit.name: unit for unit in self.units}

    @cached_property
    def stream_by_name(self) -> Mapping[str, Stream]:
        """Streams by name."""
        return {stream.name: stream for stream in self.streams}

    @cached_property
    def _stream_at(self) -> Mapping[tuple[str, str], Stream]:
        ends: dict[tuple[str, str], Stream] = {}
        for stream in self.streams:
            for end in (stream.producer, stream.consumer):
                if end is not None:
                    if (end.unit, end.port) in ends:
                        raise InputError(f"stream {stream.name}: port {end.unit}.{end.port} has a stream already")
                    ends[end.unit, end.port] = stream
        return ends

    @property
    def input_stream(self) -> Stream:
        """The stream the host pushes frames into."""
        return next(stream for stream in self.streams if stream.producer is None)

    @property
    def output_stream(self) -> Stream:
        """The stream the host takes results from."""
        return next(stream for stream in self.streams if stream.consumer is None)

    def stream_at(self, unit: str, port: str) -> Stream:
        """Return the stream joined to ``unit``'s ``port``."""
        try:
            return self._stream_at[unit, port]
        except KeyError:
            raise InputError(f"unit {unit}: port {port} is joined to no stream") from None

    def port_of(self, stream: Stream) -> Port:
        """Return what flows through ``stream``, as its producer (or, for the input, its consumer) states it."""
        end = stream.producer or stream.consumer
        if end is None:
            raise InputError(f"stream {stream.name} has no end")
        return self.unit_by_name[end.unit].port(end.port)

    def with_units(self, units: Iterable[Unit]) -> "HardwareGraph":
        """Return the graph with the units of equal name replaced."""
        new = {unit.name: unit for unit in units}
        return replace(self, units=tuple(new.get(unit.name, unit) for unit in self.units))

    def with_streams(self, streams: Iterable[Stream]) -> "HardwareGraph":
        """Return the graph with the streams of equal name replaced."""
        new = {stream.name: stream for stream in streams}
        return replace(self, streams=tuple(new.get(stream.name, stream) for stream in self.streams))

    def evaluate(self, frames: Integers) -> dict[str, Integers]:
        """Compute every stream's whole tensor from input integers (N, H, W, C)."""
        tensors: dict[str, Integers] = {self.input_stream.name: np.asarray(frames, dtype=np.int64)}
        for unit in self.units:
            arguments = [tensors[self.stream_at(unit.name, port.name).name] for port in unit.inputs]
            for port, result in zip(unit.outputs, unit.evaluate(*arguments), strict=True):
                tensors[self.stream_at(unit.name, port.name).name] = result
        return tensors

    def _topological(self) -> Iterable[Unit]:
        by_name = {unit.name: unit for unit in self.units}
        if len(by_name) != len(self.units):
            raise InputError(f"graph {self.name}: two units have the same name")
        sources: dict[str, set[str]] = {name: set() for name in by_name}
        for stream in self.streams:
            for end in (stream.producer, stream.consumer):
                if end is not None and end.unit not in by_name:
                    raise InputError(f"stream {stream.name}: there is no unit {end.unit}")
            if stream.producer is not None and stream.consumer is not None:
                sources[stream.consumer.unit].add(stream.producer.unit)
        done: set[str] = set()
        pending = list(by_name)
        while pending:
            ready = [name for name in pending if sources[name] <= done]
            if not ready:
                raise InputError(f"graph {self.name}: units {', '.join(pending)} form a circle")
            yield from (by_name[name] for name in ready)
            done.update(ready)
            pending = [name for name in pending if name not in done]

    def _check(self) -> None:
        if len({stream.name for stream in self.streams}) != len(self.streams):
            raise InputError(f"graph {self.name}: two streams have the same name")
        for end in ("producer", "consumer"):
            count = sum(getattr(stream, end) is None for stream in self.streams)
            if count != 1:
                raise InputError(f"graph {self.name}: {count} streams without a {end}, one is needed")
        for unit in self.units:
            for port in unit.inputs + unit.outputs:
                self.stream_at(unit.name, port.name)
        for stream in self.streams:
            if stream.depth < 1:
                raise InputError(f"stream {stream.name}: a FIFO holds at least one word, got depth {stream.depth}")
            if stream.producer is None or stream.consumer is None:
                continue
            near = self.unit_by_name[stream.producer.unit].port(stream.producer.port)
            far = self.unit_by_name[stream.consumer.unit].port(stream.consumer.port)
            differences = near.differences(far)
            if differences:
                ends = f"{stream.producer.unit}.{near.name} and {stream.consumer.unit}.{far.name}"
                raise InputError(f"stream {stream.name}: its ends disagree: {ends} have {', '.join(differences)}")
