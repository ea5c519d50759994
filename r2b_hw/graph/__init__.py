"""The hardware graph: units joined by streams, each end agreeing on type, shape and word."""
