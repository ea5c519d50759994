"""Names of the host's ends where units are listed."""

INPUT = "input"
OUTPUT = "output"
