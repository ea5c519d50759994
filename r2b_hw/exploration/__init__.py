"""Exploration: one network planned for many boards and rates, and the front of what no other plan beats."""

from r2b_hw.exploration.page import render_exploration
from r2b_hw.exploration.run import ExploreOptions, explore_graph
from r2b_hw.exploration.schema import Counts, Design, Exploration, Goal, Point, Standing

__all__ = [
    "Counts",
    "Design",
    "Exploration",
    "ExploreOptions",
    "Goal",
    "Point",
    "Standing",
    "explore_graph",
    "render_exploration",
]
