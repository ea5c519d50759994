"""The same points from a Dask cluster: two worker processes on the loopback interface."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from r2b_hw.boards import load_board
from r2b_hw.errors import ToolError
from r2b_hw.exploration import Exploration, ExploreOptions, explore_graph
from tests.planning.hand_built import residual_network

distributed = pytest.importorskip("distributed")

NETWORK = residual_network(blocks=((16, 2),))
BOARDS = [load_board("pynq-z2"), load_board("kv260")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as made:
        yield made


def designs(found: Exploration) -> list[object]:
    return [(point.goal, point.design, point.refusal, point.standing) for point in found.points]


def test_a_cluster_finds_the_same(cluster: Any, tmp_path: Path) -> None:
    options = ExploreOptions(points=3)
    address = cluster.scheduler_address
    found = explore_graph(NETWORK, BOARDS, options, folder=tmp_path, cluster=address)
    assert designs(found) == designs(explore_graph(NETWORK, BOARDS, options, jobs=1))
    assert len(list(tmp_path.glob("*.json"))) == 6
    # All is kept: nothing is sent, and the address may be that of nobody.
    again = explore_graph(NETWORK, BOARDS, options, folder=tmp_path, cluster="tcp://127.0.0.1:1")
    assert again == found


def test_a_cluster_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("r2b_hw.tools.parallel._WORKERS_SECONDS", 1)
    with distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None) as empty:
        address = empty.scheduler_address
        with pytest.raises(ToolError, match=f"no worker joined {address}"):
            explore_graph(NETWORK, BOARDS, ExploreOptions(points=1), cluster=address)
