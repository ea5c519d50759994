"""The Python interface; what is heavy is imported when it is used."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from r2b_hw.pipeline.accelerator import Accelerator


def build(
    source: Any = "digits",
    *,
    board: str = "pynq-z2",
    target_fps: float | None = None,
    clock_mhz: float | None = None,
    budget: float | None = None,
    folding: Path | str | None = None,
    output: Path | str | None = None,
    images: "npt.NDArray[np.float32] | None" = None,
    seed: int | None = None,
    exporter: str = "torchscript",
    backend: str = "both",
    parameters: str = "rom",
    synthesis: bool = False,
    progress: bool = False,
) -> "Accelerator":
    """Build and verify an accelerator; see ``r2b_hw.pipeline.build.build`` for every parameter and error."""
    from r2b_hw.pipeline.build import build as run

    return run(
        source,
        board=board,
        target_fps=target_fps,
        clock_mhz=clock_mhz,
        budget=budget,
        folding=folding,
        output=output,
        images=images,
        seed=seed,
        exporter=exporter,
        backend=backend,
        parameters=parameters,
        synthesis=synthesis,
        progress=progress,
    )


def load(folder: Path | str) -> "Accelerator":
    """Open an output folder that ``build`` wrote."""
    from r2b_hw.pipeline.accelerator import Accelerator

    return Accelerator(Path(folder))
