"""Explorations of a small network: every point is its plan, parallel or not, interrupted or not."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from r2b_hw.boards import Board, load_board
from r2b_hw.errors import InputError, ToolError
from r2b_hw.exploration import Exploration, ExploreOptions, Standing, explore_graph, run
from r2b_hw.exploration.evaluate import Task, design_of, evaluate
from r2b_hw.exploration.schema import Goal, Outcome
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.planning import plan
from tests.planning.hand_built import residual_network

NETWORK = residual_network(blocks=((16, 2),))
BOARD = load_board("pynq-z2")
TINY = BOARD.model_copy(update={"name": "tiny", "resources": BOARD.resources.model_copy(update={"dsp": 40})})
OPTIONS = ExploreOptions(points=4)


def without_times(found: Exploration) -> Exploration:
    return found.model_copy(update={"points": tuple(each.model_copy(update={"seconds": 0.0}) for each in found.points)})


@pytest.fixture(scope="module")
def found() -> Exploration:
    return explore_graph(NETWORK, [TINY, BOARD], OPTIONS, jobs=1)


def test_every_point_is_its_plan(found: Exploration) -> None:
    boards = {"tiny": TINY, "pynq-z2": BOARD}
    assert found.boards == ("tiny", "pynq-z2")
    for point in found.points:
        assert point.design is not None
        assert design_of(plan(NETWORK, boards[point.goal.board], target_fps=point.goal.fps)) == point.design
        assert point.design.speed.interval_cycles <= point.design.interval_target
        assert point.design.speed.stage.value == "simulated"
        assert point.design.resources.stage.value == "model"
    assert found.points[0].goal.interval is None
    fastest = {
        name: max(p.design.speed.fps for p in found.points if p.design and p.goal.board == name) for name in boards
    }
    assert fastest["tiny"] < fastest["pynq-z2"]


def test_processes_find_the_same(found: Exploration) -> None:
    again = explore_graph(NETWORK, [TINY, BOARD], OPTIONS, jobs=2)
    assert without_times(again) == without_times(found)


def test_a_rate_that_does_not_fit_is_refused_and_the_fastest_that_does_takes_its_place(found: Exploration) -> None:
    made = explore_graph(NETWORK, [TINY], ExploreOptions(points=2, max_fps=1_000_000.0), jobs=1)
    (refused,) = made.refused
    assert refused.goal.interval == 100
    assert refused.refusal is not None
    assert "DSP" in refused.refusal
    assert made.points[0] == refused
    assert made.points[1].goal.interval is None
    assert made.points[1].design == found.points[0].design


def test_a_rate_from_below(found: Exploration) -> None:
    made = explore_graph(NETWORK, [BOARD], ExploreOptions(points=2, min_fps=10_000.0, max_fps=20_000.0), jobs=1)
    assert [point.goal.interval for point in made.points] == [5_000, 10_000]
    only = explore_graph(NETWORK, [TINY], ExploreOptions(points=3, min_fps=1_000_000.0), jobs=1)
    assert [(point.goal.interval, point.standing) for point in only.points] == [
        (100, Standing.REFUSED),
        (None, Standing.FRONT),
    ]


class Interrupted:
    """Plans ``left`` points, then does as Ctrl-C does; counts."""

    def __init__(self, left: int, then: Callable[[], BaseException] = KeyboardInterrupt) -> None:
        self.left = left
        self.then = then
        self.goals: list[Goal] = []

    def __call__(self, graph: HardwareGraph, task: Task) -> Outcome:
        if len(self.goals) == self.left:
            raise self.then()
        self.goals.append(task.goal)
        return evaluate(graph, task)


def explore_with(
    planner: Interrupted, folder: Path, monkeypatch: pytest.MonkeyPatch, board: Board = BOARD
) -> Exploration:
    with monkeypatch.context() as patch:
        patch.setattr(run, "evaluate", planner)
        return explore_graph(NETWORK, [board], OPTIONS, folder=folder, jobs=1)


@pytest.mark.parametrize("after", [0, 1, 3])
def test_an_interrupted_exploration_goes_on(
    found: Exploration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    first = Interrupted(after)
    with pytest.raises(KeyboardInterrupt):
        explore_with(first, tmp_path, monkeypatch)
    assert len(list(tmp_path.glob("*.json"))) == after
    second = Interrupted(99)
    made = explore_with(second, tmp_path, monkeypatch)
    assert len(second.goals) == 4 - after
    assert not set(first.goals) & set(second.goals)
    third = Interrupted(0)
    assert explore_with(third, tmp_path, monkeypatch) == made
    mine = [point for point in found.points if point.goal.board == "pynq-z2"]
    designs = [(point.goal, point.design) for point in made.points]
    assert designs == [(point.goal, point.design) for point in mine]


def test_what_was_kept_for_another_question_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    explore_with(Interrupted(99), tmp_path, monkeypatch)
    other = Interrupted(99)
    explore_with(other, tmp_path, monkeypatch, BOARD.with_budget(70.0))
    assert len(other.goals) == 4
    assert len(list(tmp_path.iterdir())) == 8


def test_an_error_keeps_what_was_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MemoryError):
        explore_with(Interrupted(2, MemoryError), tmp_path, monkeypatch)
    assert len(list(tmp_path.glob("*.json"))) == 2


def test_a_worker_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def other(graph: HardwareGraph, task: Task) -> Outcome:
        return evaluate(graph, task).model_copy(update={"planner": "another"})

    monkeypatch.setattr(run, "evaluate", other)
    with pytest.raises(ToolError, match="another version of r2b-hw"):
        explore_graph(NETWORK, [BOARD], OPTIONS, folder=tmp_path, jobs=1)
    assert list(tmp_path.iterdir()) == []


def test_a_plan_can_be_pickled() -> None:
    made = plan(NETWORK, BOARD, target_fps=20_000)
    again = pickle.loads(pickle.dumps(made))
    assert (again.total, again.interval, again.waiting_streams) == (made.total, made.interval, made.waiting_streams)
    assert again.graph.streams == made.graph.streams
    assert [unit.name for unit in again.graph.units] == [unit.name for unit in made.graph.units]
    assert plan(pickle.loads(pickle.dumps(NETWORK)), BOARD, target_fps=20_000).total == made.total


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (ExploreOptions(points=0), "--points: expected one or more, got 0"),
        (ExploreOptions(min_fps=0.0), "--min-fps: expected a positive number"),
        (ExploreOptions(max_fps=float("inf")), "--max-fps: expected a positive number, got inf"),
        (ExploreOptions(min_fps=float("nan")), "--min-fps: expected a positive number, got nan"),
        (ExploreOptions(min_fps=20.0, max_fps=10.0), "--min-fps: 20 is above --max-fps 10"),
        (ExploreOptions(clock_mhz=-1.0), "--clock-mhz: expected a positive number"),
        (ExploreOptions(max_fps=2e8), "--max-fps: 200,000,000 frames a second are more than one a clock"),
    ],
)
def test_options_that_make_no_sense(options: ExploreOptions, said: str) -> None:
    with pytest.raises(InputError) as caught:
        explore_graph(NETWORK, [BOARD], options, jobs=1)
    assert said in str(caught.value)


def test_boards_of_one_name() -> None:
    with pytest.raises(InputError, match="boards of different names, got pynq-z2, pynq-z2"):
        explore_graph(NETWORK, [BOARD, BOARD.with_budget(50.0)], OPTIONS)
