"""Findings as text for people and as JSON for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from jupyter_prod.lint.nouns import Finding

_COLOURS = {"error": "31", "warning": "33", "info": "36"}


def as_json(findings: Sequence[Finding]) -> str:
    """A list of findings, one object each."""
    return json.dumps([finding.as_json() for finding in findings], indent=2, ensure_ascii=False)


def as_text(findings: Sequence[Finding], notebooks: int, colour: bool = False) -> str:
    """A line a finding, `file:cell N:line:column code message`, and their number at the end."""
    lines = [_line(finding, colour) for finding in findings]
    return "\n".join([*lines, _count(findings, notebooks)])


def _line(finding: Finding, colour: bool) -> str:
    place = finding.place
    where = f"{_printable(finding.filename)}:"
    if place.cell is not None:
        where += f"cell {place.cell}:{place.row}:{place.column}:"
    code = finding.code
    if colour:
        where = f"\x1b[1m{where}\x1b[0m"
        code = f"\x1b[{_COLOURS[finding.severity]};1m{code}\x1b[0m"
    return f"{where} {code} {_printable(finding.message)} ({finding.severity})"


def _printable(text: str) -> str:
    """The text on one line: nothing that a notebook holds reaches the terminal as a control character."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _count(findings: Sequence[Finding], notebooks: int) -> str:
    checked = f"{notebooks} notebook{'s' if notebooks != 1 else ''}"
    if not findings:
        return f"No hazards found in {checked}."
    by_severity = Counter(finding.severity for finding in findings)
    parts = [_number(by_severity[s], s) for s in ("error", "warning", "info") if by_severity[s]]
    return f"Found {_number(len(findings), 'hazard')} in {checked}: {', '.join(parts)}."


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 and noun != 'info' else ''}"
