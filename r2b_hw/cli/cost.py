"""``r2b-hw cost``."""

import typer

NAME = "cost"
HELP = "Count operations and parameters of a network from the papers, layer by layer."
EXAMPLE = "Example: r2b-hw cost real-to-bin"


def command(
    network: str = typer.Argument(..., metavar="NETWORK", help="Such as real-to-bin; an unknown name lists all."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Count."""
    from r2b_hw.pipeline.cost import cost_data, cost_table, network_cost

    counted = network_cost(network)
    if json:
        from json import dumps

        typer.echo(dumps(cost_data(counted), indent=1))
        return
    from rich.console import Console

    Console().print(cost_table(counted))
