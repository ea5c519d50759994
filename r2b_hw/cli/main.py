"""``r2b-hw``: collects the subcommands and turns errors into one line and an exit code."""

import sys

import typer

from r2b_hw.cli import (
    ablation,
    boards,
    build,
    compare,
    cost,
    doctor,
    explore,
    export,
    report,
    simulate,
    synth,
    train,
    verify,
)
from r2b_hw.errors import R2BError

app = typer.Typer(
    name="r2b-hw",
    help="Real-to-Binary networks from Brevitas training to verified FPGA accelerators.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (build, explore, train, ablation, export, simulate, verify, synth, report, compare, cost, boards, doctor):
    app.command(module.NAME, help=module.HELP, epilog=module.EXAMPLE)(module.command)


@app.callback(invoke_without_command=True)
def options(version: bool = typer.Option(False, "--version", help="Print the version and leave.")) -> None:
    """Real-to-Binary networks from Brevitas training to verified FPGA accelerators."""
    if version:
        from r2b_hw.version import __version__

        typer.echo(f"r2b-hw {__version__}")
        raise typer.Exit()


def main() -> None:
    """Run the command line; every error of ours ends in one message and its exit code."""
    try:
        app(prog_name="r2b-hw")
    except R2BError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
