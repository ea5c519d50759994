"""How a rule refuses an operator; the driver collects refusals and raises them all at once."""

from r2b_hw.frontend.graph_view import Node


class Refusal(Exception):  # noqa: N818 - it is not an error until all are collected
    """One construct that cannot be lowered: what is wrong, and a remedy."""

    def __init__(self, node: Node, wrong: str, remedy: str) -> None:
        super().__init__(f"{node.label}: {wrong}; {remedy}")
