"""Files of a report: report.json and report.html; and back."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from r2b_hw.errors import InputError
from r2b_hw.reporting.page import render_page
from r2b_hw.reporting.schema import Report


def write_report(report: Report, directory: Path) -> None:
    """Write report.json and report.html into ``directory``, which is made where missing."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "report.json").write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (directory / "report.html").write_text(render_page(report), encoding="utf-8")


def load_report(path: Path) -> Report:
    """Return the report in ``path``: a report.json, its folder, or an output folder. InputError names file and key."""
    candidates = (path, path / "report.json", path / "report" / "report.json")
    file = next((candidate for candidate in candidates if candidate.is_file()), None)
    if file is None:
        raise InputError(f"{path}: there is no report.json here; build the design first")
    try:
        return Report.model_validate_json(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); build the design again") from error
    except ValidationError as error:
        lines = (f"{file}: {'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise InputError("\n".join(lines)) from error


def schema_document() -> str:
    """Return the JSON Schema of report.json, with every key's description."""
    document: dict[str, Any] = Report.model_json_schema()
    return json.dumps(document, indent=1) + "\n"
