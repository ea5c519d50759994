"""Rows are trained, shared, compared and continued."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from r2b_hw.ablation import AblationOptions, StageTraining, load_ablation, run_ablation
from r2b_hw.ablation.outcome import Outcome, outcome_file
from r2b_hw.ablation.trainings import all_trainings
from r2b_hw.errors import InputError
from r2b_hw.pipeline.ablation import ablation_data

ROWS = ("strong-baseline-real-downsample", "attention-real-downsample")


def small(epochs: int = 1) -> AblationOptions:
    """The ablation digits for an epoch a stage, on the plain digits and a tiny network."""
    content = load_ablation("digits").model_dump()
    content["data"] = {"dataset": "digits", "validation_fraction": 0.3, "test_fraction": 0.49}
    content["network"] |= {"input_height": 8, "input_width": 8}
    content["network"] |= {"stem": {"channels": 4}, "blocks": [{"channels": 4}, {"channels": 6, "stride": 2}]}
    content |= {"calibration_batches": 3, "fine_tuning": {"epochs": epochs, "learning_rate": 1e-4}}
    for stage in content["stages"]:
        stage |= {"epochs": epochs, "warm_up_epochs": 0, "warm_up_steps": 0}
    return AblationOptions.model_validate(content)


class Log(list[str]):
    """Names of the stages that were trained."""

    def __call__(self, training: StageTraining, outcome: Outcome, left: int) -> None:
        self.append(f"{training.seed} {training.stage.name}")


def test_rows_share_what_is_equal() -> None:
    """The real network is one for all rows, whatever their gates; the baseline with a gate is another baseline."""
    options = load_ablation("digits")
    trainings = all_trainings(options, options.rows, [0, 1])
    assert len({training.fingerprint for training in trainings}) == len(trainings)
    names = [training.stage.name for training in trainings if training.seed == 0]
    assert names.count("real") == 1
    gates = {t.network.gate for t in trainings if t.stage.name == "progressive tanh"}
    assert gates == {False, True}
    seen: set[str] = set()
    for training in trainings:
        assert {parent.fingerprint for parent in training.parents()} <= seen
        seen.add(training.fingerprint)


def test_everything_that_matters_is_in_the_fingerprint() -> None:
    options = load_ablation("digits")
    last = all_trainings(options, [options.row("real-to-bin-real-downsample")], [0])[-1]
    assert last.stage.name == "fine-tuning"
    last = last.initialisation
    assert last is not None
    assert last.stage.name == "progressive weights"
    assert last.teacher is not None
    changed = [
        replace(last, seed=1),
        replace(last, batch_size=32),
        replace(last, data=last.data.model_copy(update={"split_seed": 1})),
        replace(last, network=last.network.model_copy(update={"gate_ratio": 4})),
        replace(last, stage=last.stage.model_copy(update={"epochs": last.stage.epochs + 1})),
        replace(last, teacher=replace(last.teacher, stage=last.teacher.stage.model_copy(update={"epochs": 9}))),
    ]
    assert len({training.fingerprint for training in (last, *changed)}) == 7


def test_two_rows_with_two_seeds_in_two_processes(tmp_path: Path) -> None:
    options, log = small(), Log()
    table = run_ablation(options, tmp_path, seeds=[3, 4], rows=ROWS, jobs=2, device="cpu", finished=log)
    expected = ["real", "baseline activations", "baseline weights", "attention activations", "attention weights"]
    assert sorted(log) == sorted(f"{seed} {name}" for seed in (3, 4) for name in expected)
    assert [row.options.name for row in table.rows] == list(ROWS)
    # The table is what the files say.
    data = ablation_data(table)
    assert data == json.loads(json.dumps(data))
    for row in table.rows:
        for stage, accuracies in zip(row.options.stages, row.accuracies, strict=True):
            files = [
                next((tmp_path / "stages" / f"seed-{n}").glob(f"{stage.replace(' ', '-')}-*.json")) for n in (3, 4)
            ]
            assert list(accuracies) == [json.loads(file.read_text())["test"] for file in files]
    baseline, attention = (row.accuracies[-1] for row in table.rows)
    (comparison,) = table.comparisons
    assert (comparison.first.name, comparison.second.name) == (ROWS[1], ROWS[0])
    assert comparison.difference.mean == pytest.approx(sum(a - b for a, b in zip(attention, baseline, strict=True)) / 2)
    assert comparison.paper == pytest.approx(3.0)

    # One process gives the same accuracies, and nothing is trained that is there.
    alone = run_ablation(options, tmp_path / "alone", seeds=[3, 4], rows=ROWS[:1], device="cpu")
    assert alone.rows[0].accuracies == table.rows[0].accuracies
    again = Log()
    assert run_ablation(options, tmp_path, seeds=[3, 4], rows=ROWS, finished=again) == table
    assert again == []

    # The other split is in the same files.
    shown = run_ablation(options, tmp_path, seeds=[3], rows=ROWS[:1], split="validation")
    (file,) = (tmp_path / "stages" / "seed-3").glob("baseline-weights-*.json")
    assert shown.rows[0].accuracies[-1] == (json.loads(file.read_text())["validation"][-1],)


def test_a_run_that_stopped_continues(tmp_path: Path) -> None:
    options = small()
    whole = run_ablation(options, tmp_path / "whole", seeds=[0], rows=ROWS[1:], device="cpu")

    class StopError(Exception):
        pass

    def stop(training: StageTraining, outcome: Outcome, left: int) -> None:
        if left == 1:
            raise StopError

    folder = tmp_path / "stopped"
    with pytest.raises(StopError):
        run_ablation(options, folder, seeds=[0], rows=ROWS[1:], device="cpu", finished=stop)
    log = Log()
    assert run_ablation(options, folder, seeds=[0], rows=ROWS[1:], device="cpu", finished=log) == whole
    assert log == ["0 attention weights"]

    # Accuracies count without networks, until a missing training needs one.
    trainings = all_trainings(options, [options.row(ROWS[1])], [0])
    for training in trainings:
        training.file(folder).unlink()
    assert run_ablation(options, folder, seeds=[0], rows=ROWS[1:], device="cpu") == whole
    outcome_file(trainings[-1], folder).unlink()
    log.clear()
    assert run_ablation(options, folder, seeds=[0], rows=ROWS[1:], device="cpu", finished=log) == whole
    assert log == ["0 real", "0 attention activations", "0 attention weights"]


def test_a_quantised_row_shows_the_frozen_network(tmp_path: Path) -> None:
    options = small()
    row = options.row("real-to-bin-real-downsample")
    shared = AblationOptions.model_validate(
        options.model_dump()
        | {
            "rows": [
                row.model_dump() | {"stages": ["baseline weights"], "paper": []},
                options.row("full-precision").model_dump(),
            ],
            "comparisons": [["real-to-bin-real-downsample", "full-precision"]],
        }
    )
    table = run_ablation(shared, tmp_path, seeds=[0], device="cpu")
    (binary,), (quantised,) = table.rows[0].accuracies
    assert table.comparisons[0].difference.mean == binary - table.rows[1].accuracies[0][0]
    (file,) = (tmp_path / "stages" / "seed-0").glob("fine-tuning-*.json")
    outcome = json.loads(file.read_text())
    assert outcome["test"] == quantised
    # An epoch of fine-tuning, then the frozen network: the same on images that the reference evaluator proves exact.
    assert len(outcome["validation"]) == 2
    assert abs(quantised - binary) < 0.2


def test_an_unknown_row_is_named_with_the_known(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no row 'full-precison', did you mean 'full-precision'"):
        run_ablation(small(), tmp_path, rows=["full-precison"])
