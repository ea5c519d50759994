"""Options that contradict each other or the source, told before anything is trained."""

from math import inf
from pathlib import Path
from typing import Any

from r2b_hw.errors import InputError
from r2b_hw.flow import Flow, load_flow
from r2b_hw.planning import check_goal, check_rate


def is_onnx(source: Any) -> bool:
    """Whether ``source`` names a QONNX file."""
    return isinstance(source, str | Path) and Path(source).suffix == ".onnx"


def is_flow(source: Any) -> bool:
    """Whether ``source`` is a flow, or names one."""
    return isinstance(source, Flow) or (isinstance(source, str | Path) and not is_onnx(source))


def check_options(
    source: Any, clock_mhz: float, target_fps: float | None, *, images: object = None, seed: int | None = None
) -> None:
    """Raise InputError naming the option that makes no sense, or none with ``source``.

    ``target_fps`` may be ``math.inf``, as fast as fits. A flow's own rate is checked when it is planned.
    """
    rate = None if target_fps == inf else target_fps
    check_goal(rate, clock_mhz)
    if is_flow(source):
        network = (source if isinstance(source, Flow) else load_flow(source)).network
        check_rate(rate, clock_mhz, network.input_height * network.input_width)
        if images is not None:
            raise InputError("--images: a flow brings its test images; leave it out, or build the QONNX file")
    elif seed is not None:
        raise InputError(f"--seed: {_named(source)} is trained already; leave it out")


def _named(source: Any) -> str:
    return str(source) if isinstance(source, str | Path) else "the model"
