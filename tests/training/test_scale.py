"""Two processes compute what one does; mixed precision leaves binary convolutions alone; logs; compilation."""

# pyright: basic
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOptionalMemberAccess=false
import csv
import os
import socket
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from r2b_hw.errors import InputError
from r2b_hw.flow import Flow
from r2b_hw.network_options import NetworkOptions
from r2b_hw.nn import calibrate, network_of_form, quantised_network
from r2b_hw.nn.binarise import BinaryConvolution
from r2b_hw.recipe import LossOptions
from r2b_hw.training import Execution, checkpoint, load_checkpoint, load_dataset, train, train_to_folder
from r2b_hw.training.execution import Numerics, make_execution
from r2b_hw.training.logs import CsvLog
from r2b_hw.training.losses import Targets, stage_loss
from r2b_hw.training.progress import TrainingProgress
from r2b_hw.training.runtime import Runtime, runtime
from r2b_hw.training.student import Student
from r2b_hw.training.trainer import Trainer

from ..variants import NETWORKS
from .flows import small_chain

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-10
"""Relative. Sums are taken in another order; in float64 that is a few units of 1e-16, and nothing else differs."""

CPU = Execution(device="cpu")
SMALL = {
    "input_channels": 1,
    "input_height": 8,
    "input_width": 8,
    "classes": 10,
    "stem": {"channels": 6, "kernel": 3, "stride": 1, "max_pool": False},
    "blocks": [{"channels": 6}, {"channels": 6}, {"channels": 10, "stride": 2}, {"channels": 10}],
}


def chain(epochs: int = 1) -> Flow:
    """Mix-up, attention, SGD and Adam; the test split is most of the data, so that epochs are short."""
    content = small_chain(epochs, test_fraction=0.49, validation_fraction=0.3).model_dump()
    for stage in content["training"]["stages"]:
        stage["mix_up"] = 0.4
    return Flow.model_validate(content)


def two_processes(script: str, *arguments: object) -> None:
    """Run ``script`` under torchrun."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(port)]
    program = [*launcher, "--no-python", sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]


SCRIPT = """
import sys
from pathlib import Path
from tests.training.test_scale import EXECUTION, chain
from r2b_hw.training import train_to_folder
train_to_folder(chain(int(sys.argv[2])), Path(sys.argv[1]), progress=False, execution=EXECUTION)
"""
EXECUTION = Execution(device="cpu", precision="float64", log="csv")


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "log" / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    train_to_folder(chain(), folder, progress=False, execution=EXECUTION)
    return folder


def test_two_processes_compute_what_one_does(alone: Path, tmp_path: Path) -> None:
    """All stages: real, tanh, binary activations, binary weights with mix-up and re-estimation, and fine-tuning."""
    two_processes(SCRIPT, tmp_path, 1)
    expected, got = table(alone, "steps.csv"), table(tmp_path, "steps.csv")
    assert len(got) == len(expected) == 25
    for mine, theirs in zip(got, expected, strict=True):
        # Fine-tuning is float32 always.
        tolerance = 1e-5 if mine["stage"] == "fine-tuning" else TOLERANCE
        assert float(mine.pop("loss")) == pytest.approx(float(theirs.pop("loss")), rel=tolerance), theirs
        assert mine == theirs
    one, two = load_checkpoint(alone / "checkpoint.pt"), load_checkpoint(tmp_path / "checkpoint.pt")
    assert [stage.switch for stage in two.history] == [stage.switch for stage in one.history]
    assert [stage.validation for stage in two.history[:4]] == [stage.validation for stage in one.history[:4]]
    assert two.float_accuracy == one.float_accuracy
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint.pt", "log", "stages"]


@pytest.mark.long
def test_two_processes_continue_what_was_interrupted(tmp_path: Path) -> None:
    """The last stages are removed from a finished run, and one is set back to its first epoch."""
    whole, again = tmp_path / "whole", tmp_path / "again"
    two_processes(SCRIPT, whole, 2)
    interrupted = SCRIPT.replace(
        "train_to_folder(chain",
        "from r2b_hw.training.stage_files import StageFiles\n"
        "write = StageFiles.write\n"
        "def stop(self, index, state):\n"
        "    write(self, index, state)\n"
        "    if index == 2: sys.exit(0)\n"
        "StageFiles.write = stop\n"
        "train_to_folder(chain",
    )
    two_processes(interrupted, again, 2)
    assert sorted(path.name[0] for path in (again / "stages").iterdir()) == ["1", "2", "3"]
    two_processes(SCRIPT, again, 2)
    one, two = load_checkpoint(whole / "checkpoint.pt"), load_checkpoint(again / "checkpoint.pt")
    assert one.history == two.history
    states = one.model.state_dict(), two.model.state_dict()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert table(whole, "steps.csv") == table(again, "steps.csv")


@pytest.mark.long
def test_two_processes_compile(alone: Path, tmp_path: Path) -> None:
    compiled = 'replace(EXECUTION, compile=True, compile_backend="eager")'
    script = "from dataclasses import replace\n" + SCRIPT.replace("execution=EXECUTION", f"execution={compiled}")
    two_processes(script, tmp_path, 1)
    one, two = load_checkpoint(alone / "checkpoint.pt"), load_checkpoint(tmp_path / "checkpoint.pt")
    for mine, theirs in zip(two.history[:4], one.history[:4], strict=True):
        assert mine.loss == pytest.approx(theirs.loss, rel=TOLERANCE) and mine.validation == theirs.validation


NORMALISATION = """
import torch, torch.distributed as dist
from torch import nn
from r2b_hw.training.synchronised import synchronise
dist.init_process_group("gloo")
rank = dist.get_rank()
for momentum in (0.1, None):
    torch.manual_seed(0)
    one, two = (nn.Sequential(nn.BatchNorm2d(3, momentum=momentum)).double() for _ in range(2))
    for network in (one, two):
        network[0].weight.data = torch.tensor([0.5, -2.0, 1.5], dtype=torch.float64)
    synchronise(two)
    assert list(one.state_dict()) == list(two.state_dict()) and type(one[0]) is not type(two[0])
    for step in range(3):
        # Means far from zero, and shares of unequal size.
        x = torch.randn(5, 3, 4, 2, dtype=torch.float64) * torch.tensor([1e-3, 1.0, 5.0])[:, None, None] + 1e3
        weights = torch.randn_like(x)
        share = slice(0, 2) if rank == 0 else slice(2, 5)
        whole, part = x.clone().requires_grad_(True), x[share].clone().requires_grad_(True)
        expected, got = one(whole), two(part)
        (expected.square() * weights).sum().backward()
        (got.square() * weights[share]).sum().backward()
        torch.testing.assert_close(got, expected[share], rtol=1e-8, atol=1e-8)
        torch.testing.assert_close(part.grad, whole.grad[share], rtol=1e-7, atol=1e-7)
    for mine, theirs in zip(two.buffers(), one.buffers()):
        torch.testing.assert_close(mine, theirs, rtol=1e-10, atol=0.0)
    for mine, theirs in zip(two.parameters(), one.parameters()):
        total = mine.grad.clone()
        dist.all_reduce(total)
        torch.testing.assert_close(total, theirs.grad, rtol=1e-8, atol=1e-8)
    assert torch.equal(two.eval()(x), nn.functional.batch_norm(
        x, two[0].running_mean, two[0].running_var, two[0].weight, two[0].bias))
dist.destroy_process_group()
"""


@pytest.mark.long
def test_synchronised_normalisation_equals_that_of_the_whole_batch() -> None:
    two_processes(NORMALISATION)


class Recorded:
    """Types of what enters and leaves layers."""

    def __init__(self, network: nn.Module) -> None:
        self.seen: dict[str, list[torch.dtype]] = {}
        for name, module in network.named_modules():
            if isinstance(module, BinaryConvolution | nn.Conv2d | nn.Linear):
                module.register_forward_hook(self._hook(name))

    def _hook(self, name: str) -> Any:
        def hook(_: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            self.seen[name] = [inputs[0].dtype, output.dtype]

        return hook


@pytest.mark.parametrize("form", ["binary-activations", "binary"])
def test_binary_convolutions_stay_float32_under_mixed_precision(form: str) -> None:
    options = chain().network
    student, teacher = network_of_form(options, form), network_of_form(options, "tanh").eval()
    seen, taught = Recorded(student).seen, Recorded(teacher).seen
    place = Runtime(replace(CPU, precision="bfloat16"))
    losses = LossOptions(attention=1.0, logits=1.0)
    work = Student(place, student, teacher, losses, (1,))
    images, targets = torch.rand(4, 1, 8, 8), Targets(torch.arange(4))
    product: list[Tensor] = []
    student.blocks[0].conv.register_forward_hook(lambda _, inputs, output: product.extend((inputs[0], output)))
    loss = work.backward(images, targets)
    assert loss.dtype == torch.float32
    for name, types in seen.items():
        binary = isinstance(student.get_submodule(name), BinaryConvolution)
        assert types[1] == (torch.float32 if binary else torch.bfloat16), name
        assert taught[name][1] == types[1]
    # The convolution takes the signs as they are; in bfloat16 its sums over 54 products would be rounded.
    weights = student.blocks[0].conv.weight.detach()
    weights = torch.where(weights >= 0, 1.0, -1.0) if form == "binary" else weights
    exact = nn.functional.conv2d(product[0].float(), weights, padding=1)
    assert torch.equal(product[1], exact) and set(product[0].unique().tolist()) == {-1.0, 1.0}
    assert all(parameter.grad.dtype == torch.float32 for parameter in student.parameters())


@pytest.mark.parametrize("precision", ["bfloat16", pytest.param("float16", marks=pytest.mark.long)])
def test_the_quantised_stage_stays_float32(precision: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    entered: list[tuple[bool, bool]] = []
    backward = Student.backward

    def recorded(self: Student, images: Tensor, targets: Targets) -> Tensor:
        with self.runtime.autocast():
            quantised = not any(isinstance(module, BinaryConvolution) for module in self.network.modules())
            entered.append((quantised, torch.is_autocast_enabled("cpu")))
        return backward(self, images, targets)

    monkeypatch.setattr(Student, "backward", recorded)
    content = chain().model_dump()
    content["training"]["stages"] = [dict(content["training"]["stages"][-1], teacher=None, initialisation=None)]
    content["training"]["stages"][0].pop("losses")
    execution = replace(CPU, precision=precision)
    flow = Flow.model_validate(content)
    result = train_to_folder(flow, tmp_path, progress=False, execution=execution)
    assert entered == [(False, True)] * 5 + [(True, False)] * 5
    assert result.numerics == load_checkpoint(tmp_path / "checkpoint.pt").numerics == Numerics(precision=precision)
    # Another precision is another result; where none is asked for, the one there is counts.
    monkeypatch.setattr(checkpoint, "train", lambda *_, **__: replace(result, seed=9))
    assert train_to_folder(flow, tmp_path, progress=False).seed == 0
    assert train_to_folder(flow, tmp_path, progress=False, execution=execution).seed == 0
    assert train_to_folder(flow, tmp_path, progress=False, execution=CPU).seed == 9


def gradients(execution: Execution, *, normalised: bool = True) -> tuple[float, list[Tensor]]:
    torch.manual_seed(0)
    place = Runtime(execution)
    student = network_of_form(chain().network, "binary")
    place.network(student)
    if not normalised:
        student.eval()
    generator = torch.Generator().manual_seed(1)
    images = torch.rand(8, 1, 8, 8, generator=generator)
    labels = torch.arange(8)
    work = Student(place, student, None, LossOptions(label_smoothing=0.1), ())
    loss = work.backward(place.images(images), Targets(labels, labels.flip(0), 0.7))
    return float(loss), [parameter.grad for parameter in student.parameters()]


def test_accumulation_equals_one_pass_where_no_statistics_are_taken() -> None:
    exact = replace(CPU, precision="float64")
    loss, expected = gradients(exact, normalised=False)
    parts, got = gradients(replace(exact, accumulate=4), normalised=False)
    assert parts == pytest.approx(loss, rel=TOLERANCE)
    for mine, theirs in zip(got, expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-12)
    # Batch statistics of two images are not those of eight: documented, not hidden.
    assert gradients(replace(exact, accumulate=4))[0] != pytest.approx(gradients(exact)[0], rel=1e-3)


@pytest.mark.parametrize("options", [{"channels_last": True}, {"compile": True, "compile_backend": "eager"}])
def test_layout_and_compilation_change_nothing(options: dict[str, Any]) -> None:
    exact = replace(CPU, precision="float64")
    loss, expected = gradients(exact)
    other, got = gradients(replace(exact, **options))
    assert other == pytest.approx(loss, rel=TOLERANCE)
    for mine, theirs in zip(got, expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["real-to-bin", "xnor-net-k", "xnor-net++-4"])
@pytest.mark.parametrize("form", ["real", "binary", "quantised"])
def test_networks_and_losses_make_no_tensor_on_another_device(
    name: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device "meta" refuses tensors of the CPU as a GPU does; it has no autocast."""
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: nullcontext())
    options = NetworkOptions.model_validate(SMALL | NETWORKS[name])
    images, labels = torch.rand(4, 1, 8, 8), torch.arange(4)
    if form == "quantised":
        network = quantised_network(options, 1)
        calibrate(network, [images])
    else:
        network = network_of_form(options, form)
    network.to("meta")
    answer = network.answer(images.to("meta"))
    targets = Targets(labels.to("meta"), labels.to("meta"), 0.3)
    losses = LossOptions(attention=1.0, logits=1.0, label_smoothing=0.1)
    loss = stage_loss(answer, targets, network.answer(images.to("meta")), losses, (3,))
    loss.backward()
    assert loss.device.type == "meta"
    with pytest.raises(RuntimeError):
        network(images)


def test_a_csv_log_says_what_happened(alone: Path) -> None:
    steps, epochs = table(alone, "steps.csv"), table(alone, "epochs.csv")
    history = load_checkpoint(alone / "checkpoint.pt").history
    assert [row["stage"] for row in epochs] == [stage.stage for stage in history]
    for row, stage in zip(epochs, history, strict=True):
        own = [step for step in steps if step["stage"] == stage.stage]
        assert [int(step["step"]) for step in own] == [1, 2, 3, 4, 5]
        assert {step["epoch"] for step in own} == {row["epoch"]} == {"1"}
        assert float(row["loss"]) == stage.loss[0] == pytest.approx(sum(float(step["loss"]) for step in own) / 5)
        assert float(row["validation_accuracy"]) == stage.validation[0]
        assert float(row["images_per_second"]) > 0
    sgd = [float(step["learning_rate"]) for step in steps[:5]]
    assert sgd[0] == chain().training.stages[0].learning_rate and sgd == sorted(sgd, reverse=True)


def test_a_log_forgets_what_is_trained_again(tmp_path: Path) -> None:
    for done in (0, 1):
        log = CsvLog(tmp_path)
        log.stage("a", 0, 0) if done == 0 else log.stage("a", 1, 2)
        for epoch in range(done + 1, 3):
            log.step(epoch, 2 * epoch, 0.5 + done, 0.1)
            log.epoch(epoch, 1.0, 0.25, 10.0)
        with (tmp_path / "steps.csv").open("a") as stream:
            stream.write("a,2,")  # a run that was killed while it wrote
    CsvLog(tmp_path).stage("b", 0, 0)
    lines = (tmp_path / "steps.csv").read_text().splitlines()
    assert lines == ["stage,epoch,step,loss,learning_rate", "a,1,2,0.5,0.1", "a,2,4,1.5,0.1"]


def test_options_that_cannot_be_had_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="--precision int8: is unknown; choose one of float32, bfloat16"):
        make_execution(precision="int8")
    assert make_execution(log="csv", device="cpu") == replace(CPU, log="csv")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="--device cuda: torch sees no CUDA device"), runtime(Execution("cuda")):
        pass
    with runtime(Execution()) as place:
        assert place.device.type == "cpu" and place.processes.alone
    with pytest.raises(InputError, match="--log csv: the run has no folder"):
        train(chain(), progress=False, execution=replace(CPU, log="csv"))
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard.writer", None)
    with pytest.raises(InputError, match=r"tensorboard is not installed; install r2b-hw\[tensorboard\]"):
        train(chain(), progress=False, folder=ROOT, execution=replace(CPU, log="tensorboard"))
    dataset = load_dataset(chain().data)
    with TrainingProgress(1, shown=False) as progress:
        generator = torch.Generator()
        place = Runtime(replace(CPU, accumulate=3))
        with pytest.raises(InputError, match="batch_size: 64 images do not divide among 1 processes with 3 parts"):
            Trainer(dataset, chain().data.augmentation, 64, generator, progress, place).steps_per_epoch()
