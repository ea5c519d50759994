"""``r2b-hw boards``."""

import typer

NAME = "boards"
HELP = "List the known boards."
EXAMPLE = "Example: r2b-hw boards"
_NARROWEST = 100
"""Columns the table takes, even where the terminal has fewer: part numbers are not cut."""


def command() -> None:
    """List boards, what their devices have, and their clock."""
    from rich.console import Console
    from rich.table import Table

    from r2b_hw.boards import known_boards, load_board

    table = Table("board", "part", "LUT", "FF", "BRAM36", "URAM", "DSP", "clock", box=None)
    for name in known_boards():
        board = load_board(name)
        device = board.resources
        counts = (device.lut, device.ff, device.bram36, device.uram, device.dsp)
        table.add_row(name, board.part, *(f"{count:,}" for count in counts), f"{board.clock_mhz:g} MHz")
    console = Console()
    console.width = max(console.width, _NARROWEST)
    console.print(table)
    if not console.is_terminal:
        return
    typer.echo("\nUse one with: r2b-hw build --board NAME; or give a TOML file like those in boards/.")
