"""jinja2 as the SystemVerilog generator uses it."""

import jinja2

from r2b_hw import resources


def rtl_environment() -> jinja2.Environment:
    """Return the environment of ``templates/rtl/project``; an undefined name in a template is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.templates_directory() / "rtl" / "project"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
