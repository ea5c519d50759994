"""Numbers and lists as people read them."""

from collections.abc import Sequence


def count(value: float) -> str:
    """Return ``value`` with its thousands apart, and one decimal where it is no whole number."""
    return f"{value:,.0f}" if abs(value - round(value)) < 0.05 else f"{value:,.1f}"


def listed(items: Sequence[str], most: int = 4) -> str:
    """Return ``items`` as a list in a sentence, those above ``most`` counted."""
    shown = list(items) if len(items) <= most + 1 else [*items[:most], f"{len(items) - most} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def times(number: int, one: str, many: str = "") -> str:
    """Return ``number`` with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """Return a share in percent, with a decimal where it is small."""
    return f"{share:.0%}" if abs(share) >= 0.1 or share == 0 else f"{share:.1%}"
