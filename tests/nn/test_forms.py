"""The forms of the progressive chain: what each computes, and the maps in which teacher and student meet."""

# pyright: basic
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false
import pytest
import torch
from torch.nn import functional

from r2b_hw.nn import R2BNetwork, network_of_form, random_images, take_form
from r2b_hw.nn.real_network import RealNetwork

from .networks import block, small

FORMS = ("real", "tanh", "binary-activations", "binary")
FOUR = small(blocks=(block(8), block(8), block(12, 2), block(16)))


@pytest.mark.parametrize("form", FORMS)
def test_answer_is_forward_with_the_maps_after_the_half_blocks(form: str) -> None:
    torch.manual_seed(0)
    model = network_of_form(FOUR, form).eval()
    images = random_images(FOUR, 3, seed=0)
    answer = model.answer(images)
    assert torch.equal(answer.logits, model(images))
    assert list(answer.maps) == ([1, 3] if form == "real" else [0, 1, 2, 3])
    assert answer.maps[1].shape == (3, 8, 8, 8) and answer.maps[3].shape == (3, 16, 4, 4)


def test_the_real_network_equals_its_formula() -> None:
    torch.manual_seed(1)
    model = network_of_form(FOUR, "real").double().train()
    assert isinstance(model, RealNetwork)
    parameters = dict(model.named_parameters())
    images = random_images(FOUR, 4, seed=1).double()

    def normalise(x: torch.Tensor, name: str) -> torch.Tensor:
        mean = x.mean((0, 2, 3), keepdim=True)
        variance = ((x - mean) ** 2).mean((0, 2, 3), keepdim=True)
        scale, shift = (parameters[f"{name}.{part}"][None, :, None, None] for part in ("weight", "bias"))
        return (x - mean) / torch.sqrt(variance + 1e-5) * scale + shift

    x = functional.relu(normalise(functional.conv2d(images, parameters["stem.0.weight"], padding=1), "stem.1"))
    for name, stride in (("blocks.0", 1), ("blocks.1", 2)):
        y = functional.conv2d(x, parameters[f"{name}.conv1.weight"], stride=stride, padding=1)
        y = functional.conv2d(
            functional.relu(normalise(y, f"{name}.norm1")), parameters[f"{name}.conv2.weight"], padding=1
        )
        skip = x
        if stride == 2:
            skip = normalise(functional.conv2d(x, parameters[f"{name}.skip.0.weight"], stride=2), f"{name}.skip.1")
        x = functional.relu(normalise(y, f"{name}.norm2") + skip)
    expected = functional.linear(x.mean((2, 3)), parameters["classifier.weight"], parameters["classifier.bias"])
    assert torch.allclose(model(images), expected, rtol=1e-10, atol=1e-10)


def test_the_binary_architecture_keeps_its_parameters_through_the_forms() -> None:
    torch.manual_seed(2)
    model = network_of_form(FOUR, "tanh")
    assert isinstance(model, R2BNetwork)
    x = torch.tensor([[[[-2.0, -0.0, 0.0, 0.5]]]])
    sign, conv = model.blocks[0].sign, model.blocks[0].conv
    maps = torch.randn(1, 8, 4, 4)
    expected = {
        "tanh": (torch.tanh(x), conv.weight),
        "binary-activations": (torch.tensor([[[[-1.0, 1.0, 1.0, 1.0]]]]), conv.weight),
        "binary": (torch.tensor([[[[-1.0, 1.0, 1.0, 1.0]]]]), torch.where(conv.weight >= 0, 1.0, -1.0)),
    }
    before = {name: value.clone() for name, value in model.state_dict().items()}
    for form, (activation, weight) in expected.items():
        take_form(model, form)
        assert torch.equal(sign(x), activation)
        assert torch.equal(conv(maps), functional.conv2d(maps, weight, padding=1))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_the_gradient_of_sign_stops_at_one_and_that_of_tanh_does_not() -> None:
    x = torch.tensor([-1.5, -1.0, 0.5, 2.0], requires_grad=True)
    model = network_of_form(FOUR, "tanh")
    model.blocks[0].sign(x).sum().backward()
    assert torch.allclose(x.grad, 1 - torch.tanh(x.detach()) ** 2)
    x.grad = None
    take_form(model, "binary")
    model.blocks[0].sign(x).sum().backward()
    assert x.grad.tolist() == [0.0, 1.0, 1.0, 0.0]
