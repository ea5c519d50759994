"""The page: everything inside, every figure in it, and marks where the figures say."""

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from r2b_hw.exploration import Exploration, render_exploration
from r2b_hw.exploration.axis import linear_axis, log_axis, short
from r2b_hw.exploration.chart import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, panels
from r2b_hw.exploration.pareto import ranked
from tests.exploration.made_up import outcome

OUTCOMES = [
    outcome("one", 1000, fps=100_000.0, lut=9_000.0, latency=40.0),
    outcome("one", 4000, fps=25_000.0, lut=4_000.0, latency=200.0),
    outcome("one", 4100, fps=24_000.0, lut=5_000.0, latency=210.0),
    outcome("one", 100, fps=None),
    outcome("two", None, fps=None),
]
EXPLORATION = Exploration(name="<net>", points=ranked(OUTCOMES))


def test_the_page_is_self_contained() -> None:
    page = render_exploration(EXPLORATION)
    assert page.lower().startswith("<!doctype html>")
    assert not re.search(r"(?:src|href)=|url\((?!#)|@import|https?://", page)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert "&lt;net&gt;" in page
    assert "<net>" not in page
    for figure in ("100,000", "25,000", "9,000", "&lt;too&gt; small", "as fast as fits", "simulated", "model"):
        assert figure in page


def test_drawings_are_well_formed() -> None:
    drawings = re.findall(r'<svg viewBox="0 0 .*?</svg>', render_exploration(EXPLORATION), re.S)
    assert len(drawings) == 3
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        assert len(root.findall(".//path[@class='cross']")) == 1
        assert len(root.findall(".//path[@class='dot front']")) == 2
        assert len(root.findall(".//path[@class='dot dominated']")) == 1


def test_marks_stand_where_the_figures_say() -> None:
    for panel in panels(EXPLORATION):
        assert all(LEFT <= mark.x <= WIDTH - RIGHT and TOP <= mark.y <= HEIGHT - BOTTOM for mark in panel.marks)
        marks = {mark.title.split(" frames/s")[0]: mark for mark in panel.marks}
        fast, slow = marks["one: 100,000"], marks["one: 25,000"]
        refused = next(mark for mark in panel.marks if mark.standing == "refused")
        assert slow.x < fast.x < refused.x
        assert refused.y == HEIGHT - BOTTOM
        # Up is more.
        assert (fast.y > slow.y) == (panel.title == "latency, µs")


def test_nothing_fits() -> None:
    nothing = Exploration(name="net", points=ranked([outcome("two", None, fps=None)]))
    assert panels(nothing) == ()
    assert "Nothing fits." in render_exploration(nothing)


@given(st.lists(st.floats(0.5, 1e9), min_size=1, max_size=6), st.booleans())
def test_axes(values: list[float], logarithmic: bool) -> None:
    """Values stand inside in their order; ticks are round and inside; there are some, and not many."""
    axis = (log_axis if logarithmic else linear_axis)(values, 0.0, 400.0)
    places = [axis.place(value) for value in sorted(values)]
    assert places == sorted(places)
    assert all(0 <= place <= 400 for place in places)
    ticks = axis.ticks()
    assert all(-0.01 <= place <= 400.01 for place, _ in ticks)
    assert len(ticks) <= 12
    assert len(ticks) >= (2 if logarithmic else 4)


def test_short() -> None:
    assert [short(value) for value in (0, 0.5, 20, 1500, 2e6, 5e9)] == ["0", "0.5", "20", "1.5k", "2M", "5G"]
