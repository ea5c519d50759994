"""Widths of integers, unbounded ones too."""

from collections.abc import Iterable


def signed_bits(values: Iterable[int]) -> int:
    """Return the smallest two's complement width that holds zero and each of ``values``."""
    return 1 + max((value if value >= 0 else -value - 1).bit_length() for value in (0, *values))
