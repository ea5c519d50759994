"""Writes a hardware graph to an output folder and reads it back."""

from r2b_hw.storage.graph_file import (
    GRAPH_FILE,
    PARAMETERS_FILE,
    InconsistentGraphError,
    graph_digest,
    load_graph,
    save_graph,
)

__all__ = ["GRAPH_FILE", "PARAMETERS_FILE", "InconsistentGraphError", "graph_digest", "load_graph", "save_graph"]
