"""The Python interface; what is heavy is imported when it is used."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from r2b_hw.exploration import Exploration
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


def explore(
    source: Any = "digits",
    *,
    boards: "str | Path | Sequence[str | Path]" = "pynq-z2",
    points: int = 8,
    min_fps: float | None = None,
    max_fps: float | None = None,
    clock_mhz: float | None = None,
    budget: float | None = None,
    output: Path | str | None = None,
    images: "npt.NDArray[np.float32] | None" = None,
    seed: int | None = None,
    exporter: str = "torchscript",
    untrained: bool = False,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: bool = False,
) -> "Exploration":
    """Plan a network for several boards and rates; see ``r2b_hw.pipeline.explore.explore``."""
    from r2b_hw.pipeline.explore import explore as run

    return run(
        source,
        boards=boards,
        points=points,
        min_fps=min_fps,
        max_fps=max_fps,
        clock_mhz=clock_mhz,
        budget=budget,
        output=output,
        images=images,
        seed=seed,
        exporter=exporter,
        untrained=untrained,
        jobs=jobs,
        cluster=cluster,
        progress=progress,
    )
