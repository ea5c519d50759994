"""A run that was interrupted anywhere, or killed, ends with the network of a run that was not."""

# pyright: basic
# pyright: reportArgumentType=false
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from r2b_hw.errors import InputError
from r2b_hw.flow import Flow
from r2b_hw.training import TrainingResult, load_checkpoint, train, train_to_folder
from r2b_hw.training.stage_files import StageFiles

from .flows import small_chain

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["1-real.pt", "2-tanh.pt", "3-binary-activations.pt", "4-binary-weights.pt", "5-fine-tuning.pt"]


def chain() -> Flow:
    """All stages, mix-up, SGD and Adam; the test split is most of the data, so that epochs are short."""
    content = small_chain(2, test_fraction=0.49, validation_fraction=0.3).model_dump()
    for stage in content["training"]["stages"]:
        stage["mix_up"] = 0.4
    content["training"] |= {"logit_matching": 0.5, "fine_tuning": {"epochs": 3, "learning_rate": 0.01}}
    return Flow.model_validate(content)


@pytest.fixture(scope="module")
def uninterrupted() -> TrainingResult:
    """Trained in one go, without any file."""
    return train(chain(), progress=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of every stage."""
    folder = tmp_path_factory.mktemp("trained")
    train(chain(), progress=False, folder=folder)
    return folder


def same(result: TrainingResult, expected: TrainingResult) -> bool:
    states = result.model.state_dict(), expected.model.state_dict()
    return (
        list(states[0]) == list(states[1])
        and all(torch.equal(states[0][name], states[1][name]) for name in states[0])
        and result.history == expected.history
        and result.float_accuracy == expected.float_accuracy
        and result.quantised_accuracy == expected.quantised_accuracy
    )


class InterruptedRunError(Exception):
    pass


def test_every_epoch_boundary(uninterrupted: TrainingResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run but the last stops: just after its first write, or where its second one would begin."""
    write = StageFiles.write
    runs: list[int] = []

    def interrupt(self: StageFiles, index: int, state: dict[str, Any]) -> None:
        runs[-1] += 1
        if runs[-1] == 1:
            write(self, index, state)
        if runs[-1] == 2 or len(runs) % 2 == 0:
            raise InterruptedRunError

    monkeypatch.setattr(StageFiles, "write", interrupt)
    result = None
    while result is None:
        runs.append(0)
        try:
            result = train(chain(), progress=False, folder=tmp_path)
        except InterruptedRunError:
            continue
    assert len(runs) == 11
    assert same(result, uninterrupted)
    assert sorted(path.name for path in (tmp_path / "stages").iterdir()) == NAMES


SCRIPT = """
import sys
from pathlib import Path
from tests.training.test_resume import chain
from r2b_hw.training import train_to_folder
train_to_folder(chain(), Path(sys.argv[1]), progress=False)
"""


def start(folder: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(folder)], cwd=ROOT, env=environment)


def kill_when(folder: Path, name: str, delay: float) -> None:
    """Kill a run ``delay`` seconds after the stage file ``name`` appears; it must still be running then."""
    process = start(folder)
    end = time.monotonic() + 120
    while not (folder / "stages" / name).exists():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.001)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_a_killed_run_continues_to_the_same_network(uninterrupted: TrainingResult, tmp_path: Path) -> None:
    kill_when(tmp_path, "2-tanh.pt", 0.03)
    kill_when(tmp_path, "5-fine-tuning.pt", 0.0)
    assert not (tmp_path / "checkpoint.pt").exists()
    result = train_to_folder(chain(), tmp_path, progress=False)
    assert same(result, uninterrupted)
    assert same(load_checkpoint(tmp_path / "checkpoint.pt"), uninterrupted)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint.pt", "stages"]
    assert sorted(path.name for path in (tmp_path / "stages").iterdir()) == NAMES


def test_only_the_stages_that_changed_are_trained_again(
    uninterrupted: TrainingResult, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / "copy"))
    written: list[int] = []
    write = StageFiles.write

    def counted(self: StageFiles, index: int, state: dict[str, Any]) -> None:
        written.append(index)
        write(self, index, state)

    monkeypatch.setattr(StageFiles, "write", counted)
    assert same(train(chain(), progress=False, folder=folder), uninterrupted)
    assert written == []
    content = chain().model_dump()
    content["training"]["stages"][3]["learning_rate"] = 1e-4
    changed = train(Flow.model_validate(content), progress=False, folder=folder)
    assert written == [3, 3, 4, 4, 4]
    assert changed.history[:3] == uninterrupted.history[:3] and changed.history[3] != uninterrupted.history[3]
    stages = folder / "stages"
    assert StageFiles(stages, chain(), 0).read(0) is not None and StageFiles(stages, chain(), 1).read(0) is None


def test_a_damaged_stage_file_is_refused(trained: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / "copy"))
    path = folder / "stages" / NAMES[2]
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"3-binary-activations\.pt: is damaged .* remove it"):
        train(chain(), progress=False, folder=folder)


def test_stages_and_their_switches_are_in_the_history(uninterrupted: TrainingResult) -> None:
    history = uninterrupted.history
    assert [stage.stage for stage in history] == ["real", "tanh", "binary activations", "binary weights", "fine-tuning"]
    assert [stage.switch is not None for stage in history] == [False, False, True, True, True]
    for stage in history:
        assert len(stage.loss) == len(stage.validation) == (3 if stage.stage == "fine-tuning" else 2)
        assert stage.test is not None and 0.0 <= stage.test <= 1.0
    last = history[-1].switch
    assert last is not None and last.after == uninterrupted.float_accuracy.validation
