"""Text generation: the HLS project of a hardware graph."""

from r2b_hw.codegen.files import write_files
from r2b_hw.codegen.hls.project import render_hls_project

__all__ = ["render_hls_project", "write_files"]
