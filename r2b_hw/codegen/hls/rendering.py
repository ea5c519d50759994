"""jinja2 as the code generators use it, and loop nests as its templates see them."""

from collections.abc import Mapping

import jinja2

from r2b_hw import resources
from r2b_hw.codegen.nest_code import NestCode, advance_lines, counters, guard_text


def hls_environment() -> jinja2.Environment:
    """Return the environment of ``templates/hls/project``; an undefined name in a template is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.templates_directory() / "hls" / "project"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def nest_values(code: NestCode, type_name: str) -> Mapping[str, object]:
    """Return what ``nest.h.jinja`` needs to render ``code`` as a struct called ``type_name``."""
    methods = code.methods()
    guards = [guard for _, guard in methods]
    return {
        "type": type_name,
        "nest": code.nest,
        "counters": counters(code.nest, guards),
        "methods": [(method, guard_text(code.nest, guard)) for method, guard in methods],
        "advance": advance_lines(code.nest, guards),
    }
