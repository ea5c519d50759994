"""Draws a frame's way through the pipeline: a row a unit or group of units, time from left to right.

A row's filled height is the share of a bin's cycles in which its busiest unit works on the frame, so that it can be
read without colours; hatched above it, the unit waits for room; pale, it works on other frames. A line along the row
spans the first to the last cycle of work on the frame.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from r2b_hw.reporting.bottleneck_schema import Timeline, TimelineRow
from r2b_hw.reporting.grouping import grouped

LEFT = 236
WIDTH = 1240
_TOP = 26
_RIGHT = 14
_HEIGHTS = ((16, 26), (30, 20), (60, 15), (130, 12))
_LOWEST = 9
_MOST_ROWS = 48
_LABEL_LENGTH = 34
_TICKS = 8


@dataclass(frozen=True)
class PictureRow:
    """A row: its label, where it stands, and SVG paths; ``line`` is its span from x to x."""

    label: str
    title: str
    y: float
    busy: str
    blocked: str
    others: str
    line: tuple[float, float] | None


@dataclass(frozen=True)
class Picture:
    """A drawing ``WIDTH`` wide; ``ticks`` are places and cycles, ``path`` is the critical path."""

    height: float
    row_height: float
    font: float
    rows: tuple[PictureRow, ...]
    ticks: tuple[tuple[float, int], ...]
    path: str


def draw_timeline(timeline: Timeline, most_rows: int = _MOST_ROWS) -> Picture:
    """Return the drawing of ``timeline`` with at most about ``most_rows`` rows."""
    rows = {row.unit: row for row in timeline.rows}
    groups = grouped(tuple(rows), most_rows)
    height = next((height for count, height in _HEIGHTS if len(groups) <= count), _LOWEST)
    place = {unit: number for number, units in enumerate(groups.values()) for unit in units}
    scale = (WIDTH - LEFT - _RIGHT) / timeline.cycles
    drawn = tuple(
        _row(title, [rows[unit] for unit in units], _TOP + number * height, height, timeline)
        for number, (title, units) in enumerate(groups.items())
    )
    return Picture(
        height=_TOP + len(groups) * height + 8,
        row_height=height,
        font=min(11.0, height - 1.5),
        rows=drawn,
        ticks=tuple((LEFT + cycle * scale, cycle) for cycle in _ticks(timeline.cycles)),
        path=_path(timeline, place, height, scale),
    )


def _row(title: str, members: Sequence[TimelineRow], y: float, height: float, timeline: Timeline) -> PictureRow:
    room = height - 2.5
    busy = _most([row.busy for row in members], timeline.bins)
    others = [
        min(35 - own, other)
        for own, other in zip(busy, _most([row.others for row in members], timeline.bins), strict=True)
    ]
    filled = [own + other for own, other in zip(busy, others, strict=True)]
    blocked = [
        min(35 - below, room)
        for below, room in zip(filled, _most([row.blocked for row in members], timeline.bins), strict=True)
    ]
    base = y + height - 1
    step = (WIDTH - LEFT - _RIGHT) / timeline.bins
    begins = [row.begin for row in members if row.begin is not None]
    ends = [row.end for row in members if row.end is not None]
    scale = (WIDTH - LEFT - _RIGHT) / timeline.cycles
    line = (LEFT + min(begins) * scale, LEFT + max(ends) * scale) if begins and ends else None
    units = title if len(members) == 1 else f"{title}: {len(members)} units"
    span = f", cycle {min(begins):,} to {max(ends):,}" if begins and ends else ""
    return PictureRow(
        label=title if len(title) <= _LABEL_LENGTH else "…" + title[1 - _LABEL_LENGTH :],
        title=units + span,
        y=y,
        busy=_bars(busy, [0] * timeline.bins, base, room, step),
        blocked=_bars(blocked, filled, base, room, step),
        others=_bars(others, busy, base, room, step),
        line=line,
    )


def _most(digits: Sequence[str], bins: int) -> list[int]:
    """Return, by bin, the largest of the digits; zeros where there are none."""
    longest = max(len(text) for text in digits)
    if not longest:
        return [0] * bins
    return [max(int(text[place], 36) for text in digits if text) for place in range(longest)]


def _bars(values: Sequence[int], below: Sequence[int], base: float, room: float, step: float) -> str:
    """Return a path of bars of ``values`` (of 35) that stand on ``below``; neighbours of one height are one bar."""
    parts: list[str] = []
    begin = 0
    while begin < len(values):
        end = begin + 1
        while end < len(values) and (values[end], below[end]) == (values[begin], below[begin]):
            end += 1
        if values[begin]:
            # What happens at all shows.
            tall = max(values[begin] / 35 * room, 0.8)
            x, y = LEFT + begin * step, base - below[begin] / 35 * room
            width = (end - begin) * step
            parts.append(f"M{x:.4g} {y:.4g}v{-tall:.3g}h{width:.4g}v{tall:.3g}z")
        begin = end
    return "".join(parts)


def _path(timeline: Timeline, place: Mapping[str, int], height: float, scale: float) -> str:
    """Return the critical path: along a row while its units are responsible, then on to the next one's row."""
    parts: list[str] = []
    last: float | None = None
    for stretch in timeline.path:
        y = _TOP + (place[stretch.unit] + 1) * height - 1
        begin, end = LEFT + stretch.begin * scale, LEFT + stretch.end * scale
        if last is None:
            parts.append(f"M{begin:.1f} {y:g}")
        elif y != last:
            parts.append(f"V{y:g}")
        parts.append(f"H{end:.1f}")
        last = y
    return "".join(parts)


def _ticks(cycles: int) -> list[int]:
    """Return about eight round numbers of cycles from 0 on."""
    size = 1
    while cycles / size > _TICKS:
        for factor in (2, 5, 10):
            if cycles / (size * factor) <= _TICKS or factor == 10:
                size *= factor
                break
    return list(range(0, cycles + 1, size))
