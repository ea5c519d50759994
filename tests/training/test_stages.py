"""What a stage does to student and teacher."""

# pyright: basic
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOptionalMemberAccess=false
import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from r2b_hw.nn import R2BNetwork, network_of_form, take_form
from r2b_hw.nn.layers import BinaryConvolution
from r2b_hw.recipe import ChainStageOptions, LossOptions
from r2b_hw.training import load_dataset, train
from r2b_hw.training.progress import TrainingProgress
from r2b_hw.training.stage_files import StageFiles
from r2b_hw.training.stages import StageRun, score
from r2b_hw.training.trainer import Trainer

from .flows import small_chain

FLOW = small_chain(1, test_fraction=0.49, validation_fraction=0.3)
LOSSES = LossOptions(attention=1.0, logits=1.0, temperature=2.0)
STAGE = ChainStageOptions(name="s", form="binary", teacher="t", epochs=1, learning_rate=0.05, mix_up=1.0, losses=LOSSES)


def trainer(progress: TrainingProgress) -> Trainer:
    dataset = load_dataset(FLOW.data)
    return Trainer(dataset, FLOW.data.augmentation, 64, torch.Generator().manual_seed(0), progress)


def recorded(layer: nn.Module) -> list[Tensor]:
    """Every training or teaching image that enters ``layer`` from now on, batch by batch."""
    seen: list[Tensor] = []
    layer.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].clone()))
    return seen


@pytest.mark.parametrize("teacher_form", ["real", "tanh"])
def test_the_teacher_sees_the_mixed_images_and_stays_as_it_is(teacher_form: str) -> None:
    torch.manual_seed(0)
    student = network_of_form(FLOW.network, "binary")
    teacher = network_of_form(FLOW.network, teacher_form).eval()
    before = copy.deepcopy(teacher.state_dict())
    seen, taught = recorded(student.stem), recorded(teacher.stem)
    with TrainingProgress(1, shown=False) as progress:
        shared = trainer(progress)
        run = StageRun(shared, STAGE, student, teacher, (1,), None)
        steps = shared.steps_per_epoch()
        run.run(None, lambda _: None)
    assert len(taught) == steps == 5
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(seen, taught, strict=False))
    # Blended digits hold fewer empty pixels than augmented ones do.
    plain = next(iter(shared.images()))
    assert float((taught[0] == 0).float().mean()) < float((plain == 0).float().mean())
    assert all(torch.equal(value, before[name]) for name, value in teacher.state_dict().items())
    assert all(parameter.grad is None for parameter in teacher.parameters())


def test_a_random_state_holds_every_draw() -> None:
    with TrainingProgress(1, shown=False) as progress, torch.random.fork_rng(devices=[]):
        shared = trainer(progress)

        def draws() -> list[Tensor]:
            images, targets = next(iter(shared.batches(STAGE)))
            assert targets.other is not None
            return [images, targets.other, torch.tensor(targets.share), nn.Linear(3, 3).weight.detach()]

        state = shared.random_state()
        first, second = draws(), draws()
        shared.restore_random_state(state)
        again = draws()
    assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))
    assert not any(torch.equal(one, other) for one, other in zip(first, second, strict=True))


def test_latent_weights_stay_in_their_range() -> None:
    torch.manual_seed(0)
    student = network_of_form(FLOW.network, "binary-activations")
    stage = STAGE.model_copy(update={"teacher": None, "losses": LossOptions()})
    with TrainingProgress(1, shown=False) as progress:
        StageRun(trainer(progress), stage, student, None, (), None).run(None, lambda _: None)
    weights = [module.weight for module in student.modules() if isinstance(module, BinaryConvolution)]
    assert max(float(weight.abs().max()) for weight in weights) == 1.0


def test_the_best_epoch_outlives_an_interruption() -> None:
    """The best state on file has a score that no epoch reaches, so the resumed stage must end with it."""
    stage = STAGE.model_copy(update={"teacher": None, "losses": LossOptions(), "epochs": 2})
    saved: list[dict[str, Any]] = []
    with TrainingProgress(1, shown=False) as progress:
        model = network_of_form(FLOW.network, "binary")
        StageRun(trainer(progress), stage, model, None, (), None, quantised=True).run(
            None, lambda state: saved.append(copy.deepcopy(state))
        )
        best = {name: torch.ones_like(value) for name, value in model.state_dict().items()}
        resumed = network_of_form(FLOW.network, "binary")
        state = {**saved[0], "best": {"state": best, "score": (2.0, 0.0)}}
        history = StageRun(trainer(progress), stage, resumed, None, (), None, quantised=True).run(state, lambda _: None)
    assert [state["finished"] for state in saved] == [False, True]
    assert len(history.validation) == 2
    assert all(torch.equal(value, best[name]) for name, value in resumed.state_dict().items())


def test_a_stage_begins_with_the_parameters_it_names_and_re_estimated_statistics(tmp_path: Path) -> None:
    content = FLOW.model_dump()
    content["training"]["stages"][3]["epochs"] = 0
    flow = type(FLOW).model_validate(content)
    result = train(flow, progress=False, folder=tmp_path)
    files = StageFiles(tmp_path / "stages", flow, 0)
    earlier, later = files.read(2), files.read(3)
    assert earlier is not None and later is not None
    statistics = {name for name in later["model"] if "running_" in name or "num_batches" in name}
    for name, value in later["model"].items():
        assert torch.equal(value, earlier["model"][name]) or name in statistics, name
    model = network_of_form(flow.network, "binary-activations")
    assert isinstance(model, R2BNetwork)
    validation = load_dataset(flow.data).validation
    model.load_state_dict(earlier["model"])
    assert score(model, validation)[0] == result.history[2].averaged.after
    take_form(model, "binary")
    switch = result.history[3].switch
    assert switch is not None and switch.before == score(model, validation)[0]
    model.load_state_dict(later["model"])
    assert switch.after == score(model, validation)[0] != switch.before
    # One epoch of batches is what a cumulative average counts.
    counts = {int(value) for name, value in later["model"].items() if "num_batches" in name}
    assert counts == {5}


def test_a_stage_ends_with_the_mean_of_its_last_epochs() -> None:
    torch.manual_seed(0)
    student = network_of_form(FLOW.network, "binary")
    stage = STAGE.model_copy(update={"epochs": 3, "average_epochs": 2, "teacher": None, "losses": LossOptions()})
    states: list[dict[str, Tensor]] = []

    def keep(state: dict[str, Any]) -> None:
        states.append(copy.deepcopy(state["model"]))

    with TrainingProgress(1, shown=False) as progress:
        run = StageRun(trainer(progress), stage, student, None, (), None)
        ends: list[dict[str, Tensor]] = []
        epoch = run._epoch

        def recording() -> None:
            epoch()
            ends.append(copy.deepcopy(student.state_dict()))

        run._epoch = recording
        history = run.run(None, keep)
    assert len(ends) == 3 and history.averaged is not None
    for name, parameter in student.named_parameters():
        mean = (ends[1][name].double() + ends[2][name].double()) / 2
        assert torch.equal(parameter.detach(), mean.float())
    assert not torch.equal(student.blocks[0].bn.running_mean, ends[2]["blocks.0.bn.running_mean"])
    assert history.averaged.after == score(student, load_dataset(FLOW.data).validation)[0]
