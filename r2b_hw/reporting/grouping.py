"""Puts units together by the path of their layer, so that a network of hundreds stays legible; for drawings."""

from collections.abc import Mapping, Sequence


def grouped(layers: Mapping[str, str], most: int) -> Mapping[str, tuple[str, ...]]:
    """Return the units of each group, by its title, in their order.

    ``layers`` holds each unit's path. A group is one unit where there are at most ``most``; else the units of a layer, or
    of as much of its path as gives no more than ``most`` groups.
    """
    if len(layers) <= most:
        return {unit: (unit,) for unit in layers}
    deepest = max(layer.count(".") for layer in layers.values()) + 1
    groups: Mapping[str, tuple[str, ...]] = {}
    for parts in range(deepest, 0, -1):
        groups = _by_prefix(layers, parts)
        if len(groups) <= most:
            break
    return groups


def _by_prefix(layers: Mapping[str, str], parts: int) -> Mapping[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for unit, layer in layers.items():
        groups.setdefault(".".join(layer.split(".")[:parts]), []).append(unit)
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
