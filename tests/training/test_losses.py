"""Losses against loops in float64 numpy, values worked out by hand, and numerical gradients."""

# pyright: basic
# pyright: reportArgumentType=false
import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from r2b_hw.nn import Answer
from r2b_hw.recipe import LossOptions
from r2b_hw.training.losses import Targets, attention_loss, logit_loss, stage_loss
from r2b_hw.training.losses.stage_loss import cross_entropy

CHOICES = [(n, d) for n in ("l2", "max") for d in ("norm", "mean-square")]
Doubles = NDArray[np.float64]


def maps(*shapes: tuple[int, ...], seed: int = 0) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]


def attention_by_loops(student: list[Doubles], teacher: list[Doubles], normalisation: str, distance: str) -> float:
    def attention(image: Doubles) -> list[float]:
        channels, height, width = image.shape
        pixels = [sum(float(image[c, y, x]) ** 2 for c in range(channels)) for y in range(height) for x in range(width)]
        norm = max(pixels) if normalisation == "max" else math.sqrt(sum(pixel * pixel for pixel in pixels))
        return [pixel / norm for pixel in pixels]

    images = len(student[0])
    total = 0.0
    for image in range(images):
        for mine, theirs in zip(student, teacher, strict=True):
            squares = [(a - b) ** 2 for a, b in zip(attention(mine[image]), attention(theirs[image]), strict=True)]
            total += math.sqrt(sum(squares)) if distance == "norm" else sum(squares) / len(squares) / len(student)
    return total / images


def log_softmax(logits: list[float]) -> list[float]:
    total = math.log(sum(math.exp(value) for value in logits))
    return [value - total for value in logits]


@pytest.mark.parametrize(("normalisation", "distance"), CHOICES)
def test_attention_equals_loops(normalisation: str, distance: str) -> None:
    student = maps((3, 4, 5, 6), (3, 8, 2, 3))
    teacher = maps((3, 2, 5, 6), (3, 8, 2, 3), seed=1)
    got = attention_loss(student, teacher, normalisation=normalisation, distance=distance)
    expected = attention_by_loops([m.numpy() for m in student], [m.numpy() for m in teacher], normalisation, distance)
    assert float(got) == pytest.approx(expected, rel=1e-13)


def test_attention_by_hand() -> None:
    # Energies (9, 16) and (16, 9) plus a channel of zeros: norms sqrt(337), differences -7 and 7.
    student = torch.tensor([[[[3.0, -4.0]], [[0.0, 0.0]]]], dtype=torch.float64)
    teacher = torch.tensor([[[[-4.0, 3.0]]]], dtype=torch.float64)
    values = {
        ("l2", "norm"): 7 * math.sqrt(2) / math.sqrt(337),
        ("l2", "mean-square"): 49 / 337,
        ("max", "norm"): 7 * math.sqrt(2) / 16,
        ("max", "mean-square"): 49 / 256,
    }
    for (normalisation, distance), expected in values.items():
        got = attention_loss([student], [teacher], normalisation=normalisation, distance=distance)
        assert float(got) == pytest.approx(expected, rel=1e-14)
        twice = attention_loss([student] * 2, [teacher] * 2, normalisation=normalisation, distance=distance)
        assert float(twice) == pytest.approx(expected * (2 if distance == "norm" else 1), rel=1e-14)


@pytest.mark.parametrize(("normalisation", "distance"), CHOICES)
def test_attention_gradients(normalisation: str, distance: str) -> None:
    student = maps((2, 3, 3, 2), (2, 2, 2, 2), seed=2)
    teacher = maps((2, 3, 3, 2), (2, 4, 2, 2), seed=3)
    for tensor in student:
        tensor.requires_grad_(True)

    def loss(*mine: torch.Tensor) -> torch.Tensor:
        return attention_loss(mine, teacher, normalisation=normalisation, distance=distance)

    assert torch.autograd.gradcheck(loss, tuple(student))


@pytest.mark.parametrize(("normalisation", "distance"), CHOICES)
def test_attention_of_equal_and_of_dead_maps_has_finite_gradients(normalisation: str, distance: str) -> None:
    for mine, theirs in (
        (maps((2, 3, 4, 4))[0], maps((2, 3, 4, 4))[0]),
        (torch.zeros(1, 2, 3, 3), torch.ones(1, 2, 3, 3)),
    ):
        mine.requires_grad_(True)
        attention_loss([mine], [theirs], normalisation=normalisation, distance=distance).backward()
        assert mine.grad is not None and bool(mine.grad.isfinite().all())


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_logit_matching_equals_loops(temperature: float) -> None:
    student, teacher = maps((5, 7), (5, 7), seed=4)
    total = 0.0
    for mine, theirs in zip(student.tolist(), teacher.tolist(), strict=True):
        p = log_softmax([value / temperature for value in theirs])
        q = log_softmax([value / temperature for value in mine])
        total += sum(math.exp(a) * (a - b) for a, b in zip(p, q, strict=True))
    assert float(logit_loss(student, teacher, temperature)) == pytest.approx(temperature**2 * total / 5, rel=1e-12)
    student.requires_grad_(True)
    assert torch.autograd.gradcheck(lambda x: logit_loss(x, teacher, temperature), (student,))


def test_logit_matching_by_hand() -> None:
    # Teacher (3/4, 1/4) against student (1/2, 1/2); the same at temperature 2 with doubled logits, times 4.
    teacher = torch.tensor([[math.log(3.0), 0.0]], dtype=torch.float64)
    student = torch.zeros(1, 2, dtype=torch.float64)
    expected = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert float(logit_loss(student, teacher, 1.0)) == pytest.approx(expected, rel=1e-14)
    assert float(logit_loss(student, 2 * teacher, 2.0)) == pytest.approx(4 * expected, rel=1e-14)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_with_smoothing_and_mixed_labels_equals_loops(smoothing: float) -> None:
    (logits,) = maps((4, 3), seed=5)
    labels, other, share = [0, 2, 1, 1], [1, 2, 0, 2], 0.3
    total = 0.0
    for row, first, second in zip(logits.tolist(), labels, other, strict=True):
        log_p = log_softmax(row)
        for index, value in enumerate(log_p):
            target = share * (index == first) + (1 - share) * (index == second)
            total -= ((1 - smoothing) * target + smoothing / 3) * value
    targets = Targets(torch.tensor(labels), torch.tensor(other), share)
    assert float(cross_entropy(logits, targets, smoothing)) == pytest.approx(total / 4, rel=1e-13)


def test_stage_loss_is_the_weighted_sum_and_gives_the_teacher_no_gradient() -> None:
    student_maps, teacher_maps = maps((2, 3, 4, 4), (2, 3, 4, 4)), maps((2, 3, 4, 4), (2, 3, 4, 4), seed=7)
    logits, taught = maps((2, 5), (2, 5), seed=8)
    for tensor in (logits, taught, *teacher_maps):
        tensor.requires_grad_(True)
    targets = Targets(torch.tensor([1, 4]))
    options = LossOptions(cross_entropy=0.5, attention=30.0, logits=3.0, temperature=2.0)
    student = Answer(logits, {1: student_maps[0], 3: student_maps[1]})
    teacher = Answer(taught, {1: teacher_maps[0], 3: teacher_maps[1]})
    loss = stage_loss(student, targets, teacher, options, (3,))
    parts = (
        0.5 * cross_entropy(logits, targets, 0.0),
        30.0 * attention_loss([student_maps[1]], [teacher_maps[1]], normalisation="l2", distance="norm"),
        3.0 * logit_loss(logits, taught, 2.0),
    )
    assert float(loss) == pytest.approx(float(sum(parts)), rel=1e-14)
    loss.backward()
    assert logits.grad is not None and taught.grad is None and all(tensor.grad is None for tensor in teacher_maps)
    only_logits = stage_loss(student, targets, teacher, LossOptions(cross_entropy=0.0, logits=1.0), ())
    assert float(only_logits) == float(logit_loss(logits, taught, 1.0))
