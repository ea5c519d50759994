"""The report: a versioned JSON file, a self-contained page, a summary for the terminal. Imports no numba, no torch."""

from r2b_hw.reporting.build import build_report
from r2b_hw.reporting.comparison import Comparison, compare
from r2b_hw.reporting.comparison_text import comparison_markdown, comparison_tables
from r2b_hw.reporting.markdown import markdown_text
from r2b_hw.reporting.schema import (
    Accuracy,
    Divergence,
    Report,
    Stage,
    Status,
    SynthesisCounts,
    SynthesisFinding,
    SynthesisReport,
    Ties,
    VerificationRung,
)
from r2b_hw.reporting.summary import summary
from r2b_hw.reporting.write import load_report, schema_document, write_report

__all__ = [
    "Accuracy",
    "Comparison",
    "Divergence",
    "Report",
    "Stage",
    "Status",
    "SynthesisCounts",
    "SynthesisFinding",
    "SynthesisReport",
    "Ties",
    "VerificationRung",
    "build_report",
    "compare",
    "comparison_markdown",
    "comparison_tables",
    "load_report",
    "markdown_text",
    "schema_document",
    "summary",
    "write_report",
]
