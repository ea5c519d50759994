"""Simulates a built folder on a user's images."""

import json as json_format
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.table import Table

from r2b_hw.errors import InputError
from r2b_hw.pipeline.accelerator import Accelerator, AcceleratorRun
from r2b_hw.pipeline.console import Console
from r2b_hw.pipeline.images import check_images, quantised
from r2b_hw.simulation.vcd import write_vcd
from r2b_hw.simulation.waveforms import Waveforms, record_waveforms

_SHOWN = 8


def simulate_folder(
    folder: Path,
    images: npt.NDArray[np.float32],
    *,
    name: str = "images",
    output: Path | None,
    vcd: Path | None = None,
    frames: int | None,
    console: Console,
    json: bool = False,
) -> AcceleratorRun:
    """Send ``frames`` frames (the images, repeated where there are fewer) and print what the clock says.

    ``output`` takes the model's outputs, ``vcd`` waveforms. Raises InputError, beginning with ``name``, where the model
    cannot take the images, and where a file cannot be written.
    """
    check_images(images, name)
    for option, path, kind in (("--output", output, ".npy"), ("--vcd", vcd, ".vcd")):
        if path is not None and not path.parent.is_dir():
            raise InputError(f"{option}: {path}: there is no folder {path.parent}; make it first")
        if path is not None and path.is_dir():
            raise InputError(f"{option}: {path} is a folder; name a {kind} file")
    chosen = images if frames is None else images[np.arange(frames) % len(images)]
    with console.step(f"simulate {len(chosen)} frames") as found:
        accelerator = Accelerator(folder)
        run = accelerator.simulate(chosen, name=name)
        found.append(f"{run.cycles} cycles")
    if output is not None:
        _save(output, run.outputs)
        console.say(f"outputs: {output} {run.outputs.shape} float32")
    if vcd is not None:
        with console.step("waveforms") as found:
            frames_sent = quantised(accelerator.graph.host_input, chosen, name)
            _save_waveforms(vcd, record_waveforms(accelerator.graph, frames_sent))
            found.append(f"{vcd}, a nanosecond is a clock cycle")
    interval = None if run.interval is None else float(run.interval)
    if json:
        figures = {
            "stage": "simulated",
            "frames": len(chosen),
            "cycles": run.cycles,
            "interval_cycles": interval,
            "latency_cycles": run.latency,
            "stalls": {
                name: {"active": s.active, "starved": s.starved, "blocked": s.blocked} for name, s in run.stalls.items()
            },
            "fifo_high_water": dict(run.simulation.high_water),
        }
        print(json_format.dumps(figures, indent=1))
        return run
    rate = "not settled" if interval is None else f"{interval:g} cycles"
    console.say(f"interval {rate}, latency {run.latency} cycles (stage simulated)")
    console.show(_busiest(run))
    return run


def _save(path: Path, outputs: npt.NDArray[np.float32]) -> None:
    try:
        # numpy.save would append .npy to a name without it.
        with path.open("wb") as stream:
            np.save(stream, outputs)
    except OSError as error:
        raise InputError(f"--output: {path}: cannot be written ({error.strerror}); choose another file") from None


def _save_waveforms(path: Path, waveforms: Waveforms) -> None:
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8") as stream:
            write_vcd(waveforms, stream)
        unfinished.replace(path)
    except OSError as error:
        raise InputError(f"--vcd: {path}: cannot be written ({error.strerror}); choose another file") from None
    finally:
        unfinished.unlink(missing_ok=True)


def _busiest(run: AcceleratorRun) -> Table:
    table = Table("busiest units", "active", "starved", "blocked", box=None)
    for name, stalls in sorted(run.stalls.items(), key=lambda item: -item[1].active)[:_SHOWN]:
        shares = (f"{count / run.cycles:.0%}" for count in (stalls.active, stalls.starved, stalls.blocked))
        table.add_row(name, *shares)
    return table
