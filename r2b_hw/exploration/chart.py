"""Charts of an exploration as plain numbers; templates/exploration draws them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from r2b_hw.exploration.axis import linear_axis, log_axis
from r2b_hw.exploration.schema import Design, Exploration, Point, Standing

WIDTH = 430
HEIGHT = 300
LEFT, RIGHT, TOP, BOTTOM = 54, 14, 14, 44

SHAPES = (
    "M -5 0 A 5 5 0 1 0 5 0 A 5 5 0 1 0 -5 0 z",
    "M -4.5 -4.5 H 4.5 V 4.5 H -4.5 z",
    "M 0 -6.2 L 6.2 0 L 0 6.2 L -6.2 0 z",
    "M 0 -6 L 5.8 4.6 H -5.8 z",
    "M 0 6 L 5.8 -4.6 H -5.8 z",
)
"""Outlines of marks, centred at 0; boards take them in turn, so that they differ in print as well."""
SERIES = 8
"""Colours in the style sheet."""


@dataclass(frozen=True)
class Mark:
    """One point on a chart, in pixels."""

    x: float
    y: float
    series: int
    shape: str
    standing: str
    title: str


@dataclass(frozen=True)
class Panel:
    """One chart: frames a second against ``title``.

    ``lines`` are the fronts of the boards, as series and SVG path.
    """

    title: str
    stage: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    lines: tuple[tuple[int, str], ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Legend:
    """A board's colour and shape."""

    board: str
    series: int
    shape: str


def legend(exploration: Exploration) -> tuple[Legend, ...]:
    """Return one entry a board."""
    return tuple(
        Legend(board, index % SERIES, SHAPES[index % len(SHAPES)]) for index, board in enumerate(exploration.boards)
    )


def panels(exploration: Exploration) -> tuple[Panel, ...]:
    """Return the charts of LUTs, block RAMs and latency; none where nothing fits."""
    if all(point.design is None for point in exploration.points):
        return ()
    resources = [point.design.resources.stage for point in exploration.points if point.design]
    speeds = [point.design.speed.stage for point in exploration.points if point.design]
    return (
        _panel(exploration, "LUT", resources[0].value, lambda design: design.resources.taken.lut),
        _panel(exploration, "BRAM36", resources[0].value, lambda design: design.resources.taken.bram36),
        _panel(
            exploration,
            "latency, µs",
            speeds[0].value,
            lambda design: design.speed.latency_microseconds,
            logarithmic=True,
        ),
    )


def describe(point: Point) -> str:
    """Return a point in words."""
    if point.design is None:
        asked = "as fast as fits" if point.goal.fps is None else f"{point.goal.fps:,.0f} frames/s asked for"
        return f"{point.goal.board}, {asked}: {point.refusal}"
    speed, taken = point.design.speed, point.design.resources.taken
    return (
        f"{point.goal.board}: {speed.fps:,.0f} frames/s, latency {speed.latency_microseconds:,.1f} µs "
        f"({speed.stage.value}); {taken.lut:,.0f} LUT, {taken.bram36:g} BRAM36, {taken.uram:g} URAM, {taken.dsp:g} DSP "
        f"({point.design.resources.stage.value})"
    )


def _panel(
    exploration: Exploration, title: str, stage: str, value: Callable[[Design], float], *, logarithmic: bool = False
) -> Panel:
    designs = [point.design for point in exploration.points if point.design is not None]
    asked = [point.goal.fps for point in exploration.refused if point.goal.fps is not None]
    x_axis = log_axis([*(design.speed.fps for design in designs), *asked], LEFT, WIDTH - RIGHT)
    make = log_axis if logarithmic else linear_axis
    y_axis = make([value(design) for design in designs], HEIGHT - BOTTOM, TOP)
    marks: list[Mark] = []
    lines: list[tuple[int, str]] = []
    for entry in legend(exploration):
        mine = [point for point in exploration.points if point.goal.board == entry.board]
        places: list[tuple[float, float]] = []
        for point in mine:
            rate = point.goal.fps if point.design is None else point.design.speed.fps
            if rate is None:
                continue
            x = x_axis.place(rate)
            y = HEIGHT - BOTTOM if point.design is None else y_axis.place(value(point.design))
            marks.append(Mark(x, y, entry.series, entry.shape, point.standing.value, describe(point)))
            if point.standing in (Standing.FRONT, Standing.BOARD_FRONT):
                places.append((x, y))
        if len(places) > 1:
            lines.append((entry.series, _path(places)))
    # What stands on the front is drawn last, above what is behind it.
    marks.sort(key=lambda mark: mark.standing == Standing.FRONT)
    return Panel(title, stage, x_axis.ticks(), y_axis.ticks(), tuple(lines), tuple(marks))


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M " + " L ".join(f"{x:g} {y:g}" for x, y in places)
