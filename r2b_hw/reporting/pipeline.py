"""Places the pipeline's units on a grid, branch above branch, and routes the streams between them.

The result is plain numbers and SVG paths; templates/report draws them.
"""

from dataclasses import dataclass

from r2b_hw.reporting.schema import FifoReport, Report, UnitReport
from r2b_hw.reporting.sections import Link, Row, rows_of

UNIT_WIDTH = 120
UNIT_HEIGHT = 54
CONVERTER_WIDTH = 40
CONVERTER_HEIGHT = 30
GAP = 30
LANE = 84
MARGIN = 14
STUB = 26
_RUN_LENGTH = 9
_CORNER = 7
_LABEL_LENGTH = 16


@dataclass(frozen=True)
class Box:
    """A unit on the drawing, in pixels; ``small`` for width converters."""

    unit: UnitReport
    label: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    small: bool


@dataclass(frozen=True)
class Wire:
    """A stream on the drawing: its path, and where its FIFO's badge stands (None for shallow ones)."""

    stream: FifoReport | None
    path: str
    badge: tuple[float, float] | None


@dataclass(frozen=True)
class Drawing:
    """One row of the pipeline."""

    title: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]


def draw_pipeline(report: Report) -> tuple[Drawing, ...]:
    """Return the pipeline of ``report``, one drawing a row."""
    units = {unit.name: unit for unit in report.units}
    return tuple(_draw(row, units) for row in rows_of(report, _RUN_LENGTH))


def _lanes(row: Row) -> dict[str, int]:
    """Return each unit's lane: the longest path through the row is lane 0, the longest of what is left lane 1, ..."""
    following = {name: [link.consumer for link in row.links if link.producer == name] for name in row.units}
    lanes: dict[str, int] = {}
    lane = 0
    while len(lanes) < len(row.units):
        length: dict[str, int] = {}
        after: dict[str, str | None] = {}
        for name in reversed(row.units):
            if name in lanes:
                continue
            free = [other for other in following[name] if other in length]
            best = max(free, key=lambda other: length[other], default=None)
            length[name] = 1 + (length[best] if best else 0)
            after[name] = best
        current: str | None = max(length, key=lambda name: length[name])
        while current is not None:
            lanes[current] = lane
            current = after[current]
        lane += 1
    return lanes


def _columns(row: Row) -> dict[str, int]:
    """Return each unit's column, the length of the longest path to it."""
    columns = dict.fromkeys(row.units, 0)
    for name in row.units:
        for link in row.links:
            if link.producer == name:
                columns[link.consumer] = max(columns[link.consumer], columns[name] + 1)
    return columns


def _draw(row: Row, units: dict[str, UnitReport]) -> Drawing:
    lanes, columns = _lanes(row), _columns(row)
    small = {name: units[name].kind == "width_converter" for name in row.units}
    widths = [
        max(CONVERTER_WIDTH if small[name] else UNIT_WIDTH for name in row.units if columns[name] == column)
        for column in range(max(columns.values()) + 1)
    ]
    lefts = [STUB + MARGIN + sum(widths[:column]) + GAP * column for column in range(len(widths))]
    boxes: dict[str, Box] = {}
    for name in row.units:
        width = CONVERTER_WIDTH if small[name] else UNIT_WIDTH
        height = CONVERTER_HEIGHT if small[name] else UNIT_HEIGHT
        column = columns[name]
        boxes[name] = Box(
            unit=units[name],
            label=_label(units[name], row.title),
            kind=units[name].kind.replace("_", " "),
            x=lefts[column] + (widths[column] - width) / 2,
            y=MARGIN + lanes[name] * LANE + (UNIT_HEIGHT - height) / 2,
            width=width,
            height=height,
            small=small[name],
        )
    spare = max(lanes.values()) + 1
    wires: list[Wire] = []
    for link in row.links:
        lane = _routing_lane(link, lanes, columns)
        if lane is None:
            lane, spare = spare, spare + 1
        start, end = columns[link.producer], columns[link.consumer]
        steps = (lefts[start] + widths[start] + GAP / 2 - 4, lefts[end] - GAP / 2 + 1)
        wires.append(_wire(link.stream, boxes[link.producer], boxes[link.consumer], lane, steps))
    first, last = boxes[row.units[0]], boxes[row.units[-1]]
    wires.append(Wire(None, f"M {MARGIN / 2} {_middle(first)} H {first.x}", None))
    wires.append(Wire(None, f"M {last.x + last.width} {_middle(last)} h {STUB}", None))
    width = lefts[-1] + widths[-1] + STUB + MARGIN
    # A lane of wires alone is lower than one of units.
    used = max(lanes.values()) + 1
    height = 2 * MARGIN + UNIT_HEIGHT + (used - 1) * LANE + (spare - used) * LANE / 3
    return Drawing(row.title, width, height, tuple(boxes.values()), tuple(wires))


def _label(unit: UnitReport, title: str) -> str:
    """Return the unit's name without what the row's title says already."""
    if unit.kind == "width_converter":
        return f"{unit.input_channels_per_word}→{unit.output_channels_per_word}"
    name = unit.name.removeprefix(title).lstrip(".") or unit.name
    return name if len(name) <= _LABEL_LENGTH else "…" + name[1 - _LABEL_LENGTH :]


def _routing_lane(link: Link, lanes: dict[str, int], columns: dict[str, int]) -> int | None:
    """Return the lane in which a stream runs without crossing a unit, or None where it needs one of its own."""
    start, end = link.producer, link.consumer

    def is_free(lane: int) -> bool:
        between = (name for name in lanes if columns[start] < columns[name] < columns[end])
        return all(lanes[name] != lane for name in between)

    return next((lane for lane in (lanes[start], lanes[end]) if is_free(lane)), None)


def _middle(box: Box) -> float:
    return box.y + box.height / 2


def _wire(stream: FifoReport, start: Box, end: Box, lane: int, steps: tuple[float, float]) -> Wire:
    """Return the wire; ``steps`` are the two places, between columns, where it may change lanes."""
    x0, y0, x1, y1 = start.x + start.width, _middle(start), end.x, _middle(end)
    y = MARGIN + lane * LANE + UNIT_HEIGHT / 2
    if abs(y - y0) > 1 and abs(y - y1) > 1:
        # In a lane of wires, which is half as high.
        y = MARGIN + (lane - 1) * LANE + UNIT_HEIGHT + LANE / 4
    path = f"M {x0:g} {y0:g}"
    path += _bend(steps[0], y0, y)
    path += _bend(steps[1], y, y1)
    path += f" H {x1:g}"
    return Wire(
        stream,
        path,
        _badge_place(x0, y0, x1, y1, y, steps[0]) if stream.waiting or stream.depth > 32 else None,
    )


def _badge_place(x0: float, y0: float, x1: float, y1: float, y: float, step: float) -> tuple[float, float]:
    """Return where a badge covers no unit: on a long level part, on the step of a short wire, or above it."""
    if x1 - x0 > 2 * GAP:
        return (x0 + x1) / 2, y
    if abs(y1 - y0) > 1:
        return step, (y0 + y1) / 2
    return (x0 + x1) / 2, y - UNIT_HEIGHT / 2 - 2


def _bend(x: float, before: float, after: float) -> str:
    """Return a step at ``x`` from height ``before`` to ``after``, with round corners."""
    if abs(after - before) < 1:
        return f" H {x:g}"
    turn = _CORNER if after > before else -_CORNER
    return (
        f" H {x - _CORNER:g} Q {x:g} {before:g} {x:g} {before + turn:g}"
        f" V {after - turn:g} Q {x:g} {after:g} {x + _CORNER:g} {after:g}"
    )
