"""Puts units together by the path in their names, so that a network of hundreds stays legible; for drawings."""

from collections.abc import Mapping, Sequence


def grouped(names: Sequence[str], most: int) -> Mapping[str, tuple[str, ...]]:
    """Return the units of each group, by its title, in their order.

    A group is one unit where there are at most ``most``; else those whose names share as many parts as give no more
    than ``most`` groups.
    """
    if len(names) <= most:
        return {unit: (unit,) for unit in names}
    deepest = max(name.count(".") for name in names) + 1
    groups: Mapping[str, tuple[str, ...]] = {}
    for parts in range(deepest, 0, -1):
        groups = _by_prefix(names, parts)
        if len(groups) <= most:
            break
    return groups


def _by_prefix(names: Sequence[str], parts: int) -> Mapping[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for unit in names:
        groups.setdefault(".".join(unit.split(".")[:parts]), []).append(unit)
    return {title: tuple(units) for title, units in groups.items()}


def runs(names: Sequence[str]) -> list[tuple[str, int]]:
    """Return each name with how often it follows itself."""
    result: list[tuple[str, int]] = []
    for name in names:
        if result and result[-1][0] == name:
            result[-1] = name, result[-1][1] + 1
        else:
            result.append((name, 1))
    return result
