"""The version of r2b-hw, written into every generated file."""

__version__ = "0.1.0"
