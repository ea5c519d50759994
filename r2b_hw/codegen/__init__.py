"""Text generation: the HLS and SystemVerilog projects of a hardware graph."""

from r2b_hw.codegen.files import write_files
from r2b_hw.codegen.hls.project import render_hls_project
from r2b_hw.codegen.rtl.project import render_rtl_project

__all__ = ["render_hls_project", "render_rtl_project", "write_files"]
