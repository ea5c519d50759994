"""Planning for a board and a goal: parallelism, word widths, FIFO depths and memories; or a refusal with what fits."""

from r2b_hw.planning.plan import Plan, check_goal, plan

__all__ = ["Plan", "check_goal", "plan"]
