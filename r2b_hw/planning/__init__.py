"""Planning: parallelism, word widths, FIFO depths and memories for a board and a goal, or a refusal that says what fits."""

from r2b_hw.planning.plan import Plan, plan

__all__ = ["Plan", "plan"]
