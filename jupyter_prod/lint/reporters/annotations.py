"""For code hosts: GitHub's workflow commands and GitLab's code quality report.

Both point at lines of the file as it is stored. A cell's line is found in the `.ipynb` text by looking for where each
source line stands.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from jupyter_prod.lint.nouns import Finding
from jupyter_prod.lint.reporters.told import Told, where
from jupyter_prod.notebook.rewriting import line_in_file

_GITHUB = {"error": "error", "warning": "warning", "info": "notice"}
_GITLAB = {"error": "major", "warning": "minor", "info": "info"}


def write_github(told: Told) -> str:
    """A workflow command a finding, which GitHub shows at the file's line."""
    lines = []
    for f in told.findings:
        place = "" if f.place.cell is None else f"cell {f.place.cell}, line {f.place.row}: "
        values = {"file": _relative(f.filename), "line": str(file_line(f)), "title": f"{f.code} {f.slug}"}
        told_of = ",".join(f"{name}={_property(value)}" for name, value in values.items())
        lines.append(f"::{_GITHUB[f.severity]} {told_of}::{_data(place + f.message)}")
    return "\n".join(lines)


def write_gitlab(told: Told) -> str:
    """GitLab's code quality report, a JSON list."""
    seen: dict[str, int] = {}
    issues = []
    for f in told.findings:
        text = f"{f.code}:{_relative(f.filename)}:{f.message}"
        seen[text] = seen.get(text, 0) + 1
        issues.append(
            {
                "type": "issue",
                "check_name": f.code,
                "description": f"{f.message} ({f.slug}, {where(f)})",
                "severity": _GITLAB[f.severity],
                "fingerprint": hashlib.sha256(f"{text}:{seen[text]}".encode("utf-8", "replace")).hexdigest(),
                "location": {"path": _relative(f.filename), "lines": {"begin": file_line(f)}},
            }
        )
    return json.dumps(issues, indent=2, ensure_ascii=False)


def file_line(finding: Finding) -> int:
    """The line of the stored file that a finding stands on, from 1."""
    place = finding.place
    if place.cell is None:
        return place.row
    return line_in_file(Path(finding.filename), place.cell, place.row)


def _relative(filename: str) -> str:
    path = Path(filename)
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
