"""Chains of stages as data: what is refused, transfer points, schedules, mix-up."""

# pyright: basic
import copy
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import nn

from r2b_hw.flow import Flow, load_flow
from r2b_hw.recipe import ChainStageOptions, LossOptions
from r2b_hw.training.losses import Targets
from r2b_hw.training.mix_up import mix_up
from r2b_hw.training.optimisers import make_optimiser, make_schedule

from .flows import SHORT_STAGE, small_chain


def content() -> dict[str, Any]:
    return copy.deepcopy(load_flow("digits-progressive").model_dump())


@pytest.mark.parametrize(
    ("stage", "changes", "problem"),
    [
        (1, {"name": "real"}, "real: the name is taken"),
        (1, {"teacher": "rael"}, "tanh: teacher 'rael' is no earlier stage; earlier stages: real"),
        (1, {"teacher": "binary weights"}, "teacher 'binary weights' is no earlier stage"),
        (1, {"initialisation": "real"}, "form real, whose parameters do not fit form tanh"),
        (1, {"teacher": None}, "attention and logits need a teacher"),
        (0, {"form": "tanh", "teacher": "real"}, "a teacher needs a weight"),
        (3, {"form": "binary-activations"}, 'the last stage needs form = "binary"'),
        (0, {"schedule": "steps"}, 'schedule = "steps" and a list of steps belong together'),
        (0, {"schedule": "steps", "steps": (5, 5)}, "steps are epochs that rise"),
        (0, {"schedule": "steps", "steps": (5, 20)}, "steps are epochs that rise"),
        (0, {"warm_up_steps": 5}, "give warm_up_steps or warm_up_epochs"),
        (0, {"losses": {"cross_entropy": 0.0}}, "every weight is zero"),
        (1, {"losses": {"attention": 1.0, "attention_points": (0, 5)}}, "attention_points must be odd"),
        (2, {"losses": {"attention": 1.0, "attention_points": (6,)}}, "attention_points are half-blocks from 0 to 5"),
    ],
)
def test_chains_that_cannot_be_trained_are_refused(stage: int, changes: dict[str, Any], problem: str) -> None:
    flow = content()
    flow["training"]["stages"][stage].update(changes)
    with pytest.raises(ValidationError, match=problem):
        Flow.model_validate(flow)


def test_a_recipe_is_either_a_chain_or_the_short_form() -> None:
    flow = content()
    flow["training"]["binary_weights"] = SHORT_STAGE
    with pytest.raises(ValidationError, match="not both"):
        Flow.model_validate(flow)
    flow["training"] |= {"stages": ()}
    with pytest.raises(ValidationError, match="give binary_activations and binary_weights, or stages"):
        Flow.model_validate(flow)
    odd = content()
    odd["network"]["blocks"] = odd["network"]["blocks"][:3]
    with pytest.raises(ValidationError, match="needs an even number of half-blocks, there are 3"):
        Flow.model_validate(odd)


def test_the_short_form_is_a_chain_of_two() -> None:
    flow = load_flow("digits")
    first, second, last = flow.training.all_stages()
    assert (first.form, first.initialisation, first.teacher) == ("binary-activations", None, None)
    assert (second.form, second.initialisation, second.teacher) == ("binary", first.name, None)
    assert (last.initialisation, last.teacher, last.epochs) == (second.name, None, 6)
    taught = flow.training.model_copy(update={"logit_matching": 0.5}).all_stages()
    assert [stage.teacher for stage in taught] == [None, first.name, second.name]
    assert [stage.losses.logits for stage in taught] == [0.0, 0.5, 0.5]


def test_transfer_points() -> None:
    network = load_flow("digits-progressive").network
    assert network.transfer_points("block") == (1, 3, 5)
    assert network.transfer_points("stage") == (1, 3, 5)
    assert network.transfer_points((2, 4)) == (2, 4)
    longer = network.model_copy(update={"blocks": (network.blocks[0],) * 3 + network.blocks[2:4]})
    assert longer.transfer_points("stage") == (2, 4)


def test_a_later_stage_leaves_the_fingerprints_of_earlier_ones() -> None:
    flow, changed = small_chain(), content()
    changed = flow.model_dump()
    changed["training"]["stages"][2]["learning_rate"] = 1e-4
    other = Flow.model_validate(changed)
    same = [flow.stage_fingerprint(index) == other.stage_fingerprint(index) for index in range(5)]
    assert same == [True, True, False, False, False]


def rates(**options: object) -> list[float]:
    stage = ChainStageOptions.model_validate({"name": "s", "form": "real", "learning_rate": 0.5, **options})
    optimiser = make_optimiser(nn.Linear(1, 1), stage)
    schedule = make_schedule(optimiser, stage, steps_per_epoch=2)
    found: list[float] = []
    for _ in range(2 * stage.epochs):
        found.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    return found


def test_stepwise_schedule_with_warm_up() -> None:
    found = rates(epochs=5, schedule="steps", steps=(2, 4), decay=0.5, warm_up_epochs=1)
    assert found == [0.25, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125]


def test_cosine_schedule_and_the_optimisers() -> None:
    found = rates(epochs=2, warm_up_steps=2)
    assert found == pytest.approx([0.25, 0.5, 0.5, 0.25])
    stage = ChainStageOptions(name="s", form="real", epochs=1, learning_rate=0.5, weight_decay=0.1, optimiser="sgd")
    layer = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        layer.weight.fill_(1.0)
    optimiser = make_optimiser(layer, stage)
    for _ in range(2):
        layer.weight.grad = torch.ones(1, 1)
        optimiser.step()
    # Velocities 1.1 and 0.9 * 1.1 + 1 + 0.1 * 0.45, each times the rate.
    assert float(layer.weight) == pytest.approx(1 - 0.5 * 1.1 - 0.5 * (0.9 * 1.1 + 1 + 0.045))


def test_mix_up_blends_images_and_labels_alike() -> None:
    labels = torch.arange(6)
    images = torch.eye(6)[:, :, None, None]
    mixed, targets = mix_up(images, labels, 1.0, torch.Generator().manual_seed(3))
    assert targets.other is not None and 0.0 < targets.share < 1.0
    assert sorted(targets.other.tolist()) == labels.tolist()
    # One-hot images show the share of each label.
    expected = np.zeros((6, 6))
    for row, other in enumerate(targets.other.tolist()):
        expected[row, row] += targets.share
        expected[row, other] += 1 - targets.share
    assert np.allclose(mixed[:, :, 0, 0].numpy(), expected, atol=1e-7)
    again, same = mix_up(images, labels, 1.0, torch.Generator().manual_seed(3))
    assert torch.equal(again, mixed) and same.share == targets.share


def test_without_mix_up_nothing_is_drawn() -> None:
    generator = torch.Generator().manual_seed(0)
    state = generator.get_state()
    images, labels = torch.rand(2, 1, 4, 4), torch.tensor([0, 1])
    mixed, targets = mix_up(images, labels, 0.0, generator)
    assert mixed is images and targets == Targets(labels) and torch.equal(generator.get_state(), state)


def test_shares_follow_the_beta_distribution() -> None:
    generator = torch.Generator().manual_seed(0)
    images, labels = torch.zeros(2, 1, 1, 1), torch.tensor([0, 1])
    shares = np.array([mix_up(images, labels, 0.4, generator)[1].share for _ in range(2000)])
    # Beta(a, a) has mean 1/2 and variance 1 / (4 (2a + 1)); 2000 draws, six standard errors.
    assert abs(shares.mean() - 0.5) < 6 * np.sqrt(1 / 7.2 / 2000)
    assert abs(shares.var() - 1 / 7.2) < 0.015


def test_loss_weights_need_a_reason() -> None:
    assert not LossOptions().taught
    assert LossOptions(logits=1.0).taught and LossOptions(attention=1.0).taught
