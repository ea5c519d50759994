"""The browser: shows a page of ours, through Python's webbrowser module."""

import webbrowser
from pathlib import Path

from r2b_hw.errors import ToolError


def open_page(page: Path) -> None:
    """Show ``page`` in the browser. ToolError says where the page lies if there is no browser or it does not start."""
    try:
        shown = webbrowser.open(page.resolve().as_uri())
    except (webbrowser.Error, OSError):
        shown = False
    if not shown:
        raise ToolError(f"no browser could be started (set BROWSER to one); the page is {page}")
