from dataclasses import fields

import numpy as np
import pytest

from r2b_hw.errors import InputError
from r2b_hw.storage import load_graph, save_graph
from tests.simulation.gates import gated_body
from tests.units.harness import chain
from tests.units.test_sliding_window import window


@pytest.mark.parametrize("graph", [gated_body(8, 9), chain(window(4, 4, 3, 2, 1))])
def test_a_stored_graph_is_the_same_graph(graph, tmp_path) -> None:
    save_graph(graph, tmp_path)
    loaded = load_graph(tmp_path)
    assert loaded.streams == graph.streams
    assert loaded.host_input == graph.host_input
    assert loaded.host_output == graph.host_output
    for before, after in zip(graph.units, loaded.units, strict=True):
        assert type(before) is type(after)
        for field in fields(before):
            np.testing.assert_array_equal(getattr(before, field.name), getattr(after, field.name))


def test_a_missing_folder_is_named(tmp_path) -> None:
    with pytest.raises(InputError, match=r"graph.json: not found; .* is no output folder"):
        load_graph(tmp_path)


def test_another_schema_version_is_refused(tmp_path) -> None:
    save_graph(gated_body(8, 9), tmp_path)
    file = tmp_path / "graph.json"
    file.write_text(file.read_text().replace('"schema_version": 1', '"schema_version": 99'))
    with pytest.raises(InputError, match="schema version 99, this r2b-hw reads 1"):
        load_graph(tmp_path)


def test_an_unknown_kind_lists_the_known_ones(tmp_path) -> None:
    save_graph(gated_body(8, 9), tmp_path)
    file = tmp_path / "graph.json"
    file.write_text(file.read_text().replace('"kind": "fork"', '"kind": "spork"'))
    with pytest.raises(
        InputError, match=r"unknown unit kind spork; known: average_pool, channel_sum, channelwise, fork"
    ):
        load_graph(tmp_path)


def test_cut_off_files_are_refused(tmp_path) -> None:
    save_graph(gated_body(8, 9), tmp_path)
    file = tmp_path / "graph.json"
    file.write_text(file.read_text()[:200])
    with pytest.raises(InputError, match="cannot be read"):
        load_graph(tmp_path)
