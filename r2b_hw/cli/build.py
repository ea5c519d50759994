"""``r2b-hw build``."""

from pathlib import Path

import typer

NAME = "build"
HELP = "Build a verified accelerator from a flow, or from a QONNX file."
EXAMPLE = "Example: r2b-hw build --board pynq-z2          Example: r2b-hw build net.onnx --board zcu104 --output out"


def command(
    source: str = typer.Argument("digits", metavar="[FLOW|MODEL.onnx]", help="A flow's name or file, or a QONNX file."),
    board: str = typer.Option("pynq-z2", "--board", help="A board's name (see: r2b-hw boards) or a TOML file."),
    target_fps: float | None = typer.Option(
        None, help="Frames a second to reach; the flow's, or as fast as fits, without it; inf: as fast as fits."
    ),
    clock_mhz: float | None = typer.Option(None, help="Clock in MHz; the board's default without it."),
    budget: float | None = typer.Option(
        None,
        metavar="PERCENT",
        help="Share of the device the design may take; 100 less what the board's file keeps free.",
    ),
    folding: Path | None = typer.Option(
        None, metavar="FILE", help="SIMD and PE, or channels a word, of some units: a file like OUTPUT/folding.toml."
    ),
    output: Path | None = typer.Option(None, help="Output folder; build/NAME-BOARD without it."),
    images: Path | None = typer.Option(None, help="Reference images for a QONNX file, .npy, float32 NCHW."),
    seed: int | None = typer.Option(None, help="Training seed; the flow's without it."),
    exporter: str = typer.Option("torchscript", help="QONNX exporter: torchscript or dynamo."),
    backend: str = typer.Option("both", help="What to generate: hls, rtl (SystemVerilog) or both."),
    parameters: str = typer.Option("rom", help="Constants of the SystemVerilog: rom, or ram to load at run time."),
    synthesis: bool = typer.Option(True, help="Count the SystemVerilog's resources with Yosys, where it is installed."),
    json: bool = typer.Option(False, "--json", help="Print the report as JSON instead of the summary."),
) -> None:
    """Run the main job."""
    from r2b_hw.cli.files import load_images
    from r2b_hw.pipeline.build import build_folder, default_folder
    from r2b_hw.pipeline.console import Console
    from r2b_hw.reporting import load_report

    folder = output or default_folder(source, board)
    console = Console(quiet=json)
    build_folder(
        source,
        folder,
        board=board,
        target_fps=target_fps,
        clock_mhz=clock_mhz,
        budget=budget,
        folding=folding,
        images=load_images(images) if images else None,
        images_name=str(images) if images else "images",
        seed=seed,
        exporter=exporter,
        backend=backend,
        parameters=parameters,
        synthesis=synthesis,
        console=console,
    )
    report = load_report(folder)
    if json:
        typer.echo(report.model_dump_json(indent=1))
    else:
        console.show_report(report, folder)
