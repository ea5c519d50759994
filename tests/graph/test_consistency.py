from dataclasses import replace

import pytest

from r2b_hw.errors import InputError
from tests.simulation.gates import gated_body


def test_ends_that_disagree_are_named() -> None:
    graph = gated_body(8, 9)
    wider = replace(graph.unit_by_name["stage0"], exponents=(3,))
    with pytest.raises(InputError, match="stream s3: its ends disagree"):
        graph.with_units([wider])


def test_a_loose_port_is_named() -> None:
    graph = gated_body(8, 9)
    with pytest.raises(InputError, match="unit fork: port y1 is joined to no stream"):
        replace(graph, streams=tuple(stream for stream in graph.streams if stream.name != "s2"))


def test_a_fifo_holds_at_least_a_word() -> None:
    graph = gated_body(8, 9)
    with pytest.raises(InputError, match="stream s1: a FIFO holds at least one word"):
        graph.with_streams([replace(graph.streams[1], depth=0)])


def test_units_stand_in_topological_order() -> None:
    graph = gated_body(8, 9)
    shuffled = replace(graph, units=tuple(reversed(graph.units)))
    assert shuffled.units[0].name == "fork"
    assert shuffled.units[-1].name == "rescale"
