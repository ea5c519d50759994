"""A built accelerator: an output folder, and what one does with it."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from r2b_hw.errors import InputError
from r2b_hw.graph.hardware_graph import HardwareGraph
from r2b_hw.pipeline.images import quantised
from r2b_hw.reporting import Report, load_report
from r2b_hw.simulation import SimulationResult, UnitStalls, simulate, simulate_timing
from r2b_hw.storage import load_graph
from r2b_hw.verification.rung import RungResult

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class AcceleratorRun:
    """A simulated run.

    Attributes
    ----------
    outputs
        As the PyTorch model gives them, float32.
    cycles
        Clock cycles from reset to the last output word.
    interval, latency
        Cycles a frame in the steady state, and of the first frame from its first word in to its last word out.
    stalls
        By unit name.
    simulation
        Everything else: the cycle of every output word, FIFO high-water marks.
    """

    outputs: Floats
    cycles: int
    interval: Fraction | None
    latency: int
    stalls: Mapping[str, UnitStalls]
    simulation: SimulationResult


@dataclass(frozen=True, eq=False)
class Accelerator:
    """An output folder of ``r2b_hw.build``.

    ``temporary`` keeps a folder alive that nobody named; ``write`` copies it to one.
    """

    folder: Path
    temporary: TemporaryDirectory[str] | None = None

    @cached_property
    def graph(self) -> HardwareGraph:
        """The planned hardware graph, read from the folder."""
        return load_graph(self.folder)

    def simulate(self, images: Floats, *, name: str = "images") -> AcceleratorRun:
        """Send images (N, C, H, W) float32 through the accelerator clock by clock.

        Raises InputError, beginning with ``name``, where the model cannot take them; DeadlockError, explained.
        """
        result = simulate(self.graph, quantised(self.graph.host_input, images, name))
        interval = result.interval or simulate_timing(self.graph).interval
        outputs = self.graph.host_output.dequantise(result.outputs)
        return AcceleratorRun(outputs, result.cycles, interval, result.latency, result.stalls, result)

    def verify(self) -> Sequence[RungResult]:
        """Climb the ladder over the folder; update the report; raise MismatchError where a rung fails."""
        from r2b_hw.pipeline.verify import verify_folder

        return verify_folder(self.folder)

    def report(self) -> Report:
        """Return the report."""
        return load_report(self.folder)

    def write(self, folder: Path | str) -> Path:
        """Copy everything to ``folder`` and return it; an accelerator's folder that is there is replaced."""
        target = Path(folder)
        if target.resolve() == self.folder.resolve():
            return target
        if target.exists() and not target.is_dir():
            raise InputError(f"{target}: is a file; name a folder")
        if target.exists() and any(target.iterdir()) and not (target / "graph.json").exists():
            raise InputError(f"{target}: exists and is no output folder of r2b-hw; choose another")
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(self.folder, target)
        return target
