"""For programs: JSON, whole or a line a finding."""

from __future__ import annotations

import json

from jupyter_prod.lint.reporters.told import Told


def write_json(told: Told) -> str:
    """A list of findings, one object each."""
    return json.dumps([finding.as_json() for finding in told.findings], indent=2, ensure_ascii=False)


def write_json_lines(told: Told) -> str:
    """A finding a line."""
    return "\n".join(json.dumps(finding.as_json(), ensure_ascii=False) for finding in told.findings)
