"""``r2b-hw doctor``."""

import typer

NAME = "doctor"
HELP = "Say what this machine has, and what each missing tool costs."
EXAMPLE = "Example: r2b-hw doctor"


def command() -> None:
    """Take stock. Exit code 5 where something is missing that nothing works without."""
    from r2b_hw.errors import ToolError
    from r2b_hw.tools.inventory import take_inventory
    from r2b_hw.version import __version__

    typer.echo(f"r2b-hw {__version__}")
    missing: list[str] = []
    for item in take_inventory():
        if item.found is not None:
            typer.echo(f"  {item.name:<14}{item.found}")
            continue
        typer.echo(f"- {item.name:<14}missing; without it: {item.costs}\n{'':16}{item.remedy}")
        if item.needed:
            missing.append(item.name)
    if missing:
        raise ToolError(f"{', '.join(missing)}: nothing works without; install r2b-hw anew with its dependencies")
