"""Planning for a board and a goal: parallelism, word widths, FIFO depths and memories; or a refusal with what fits."""

from r2b_hw.planning.check_folding import resolve_folding
from r2b_hw.planning.folding_file import FOLDING_FILE, FoldingFile, folding_text, read_folding
from r2b_hw.planning.goal import check_rate, cycles_a_frame
from r2b_hw.planning.plan import Plan, check_goal, plan

__all__ = [
    "FOLDING_FILE",
    "FoldingFile",
    "Plan",
    "check_goal",
    "check_rate",
    "cycles_a_frame",
    "folding_text",
    "plan",
    "read_folding",
    "resolve_folding",
]
