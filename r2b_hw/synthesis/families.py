"""Device families that modules are mapped to."""

from r2b_hw.errors import InputError
from r2b_hw.settings import nearest

FAMILIES = {"xc7": "7-series", "xcup": "UltraScale+"}
"""Yosys' names of the families, and the vendor's."""


def check_family(family: str) -> str:
    """Return ``family`` where it has a map; InputError naming the known ones otherwise."""
    if family not in FAMILIES:
        known = ", ".join(f"{name} ({title})" for name, title in FAMILIES.items())
        raise InputError(
            f"there is no map for the part family '{family}'{nearest(family, tuple(FAMILIES))}; known: {known}"
        )
    return family
