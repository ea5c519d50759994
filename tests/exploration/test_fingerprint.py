"""A point's fingerprint changes with everything that determines it, and with nothing else."""

from dataclasses import replace

import pytest

from r2b_hw.boards import load_board
from r2b_hw.exploration import Goal, fingerprint
from r2b_hw.exploration.fingerprint import planner_digest, point_fingerprint
from r2b_hw.graph.matrix_vector_unit import MatrixVectorUnit
from r2b_hw.storage import graph_digest
from tests.planning.hand_built import residual_network

BOARD = load_board("pynq-z2")
GOAL = Goal(board="pynq-z2", clock_mhz=100.0, interval=1000)


def test_the_same_network_built_twice() -> None:
    one = residual_network(blocks=((16, 2),))
    assert graph_digest(one) == graph_digest(residual_network(blocks=((16, 2),)))
    assert graph_digest(one) == graph_digest(replace(one, name="other"))


def test_networks_that_differ() -> None:
    network = residual_network(blocks=((16, 2),))
    digests = {graph_digest(network), graph_digest(residual_network(blocks=((16, 1),)))}
    conv = network.unit_by_name["blocks.0.conv"]
    assert isinstance(conv, MatrixVectorUnit)
    weights = conv.weights.copy()
    weights[0, 0, 0, 0] ^= 1
    digests.add(graph_digest(network.with_units([replace(conv, weights=weights)])))
    stream = network.streams[3]
    digests.add(graph_digest(network.with_streams([replace(stream, depth=stream.depth + 1)])))
    assert len(digests) == 4


def test_question_and_planner() -> None:
    found = {
        point_fingerprint("g", BOARD, GOAL, "p"),
        point_fingerprint("h", BOARD, GOAL, "p"),
        point_fingerprint("g", BOARD, GOAL, "q"),
        point_fingerprint("g", BOARD.with_budget(50.0), GOAL, "p"),
        point_fingerprint("g", load_board("zcu104"), GOAL, "p"),
        *(
            point_fingerprint("g", BOARD, GOAL.model_copy(update=change), "p")
            for change in ({"interval": None}, {"interval": 1001}, {"clock_mhz": 90.0})
        ),
    }
    assert len(found) == 8
    assert point_fingerprint("g", BOARD.with_budget(80.0), GOAL, "p") == point_fingerprint("g", BOARD, GOAL, "p")


def test_the_planner_is_its_sources_and_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    before = planner_digest()
    assert before == planner_digest.__wrapped__()
    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, "version", lambda library: "0")
        assert planner_digest.__wrapped__() != before
    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, "_ROOMS", ("planning",))
        assert planner_digest.__wrapped__() != before
