"""For people in a terminal: with the code around it, a line each, or grouped by file."""

from __future__ import annotations

from collections import Counter

from jupyter_prod.lint.nouns import Finding
from jupyter_prod.lint.reporters.told import SEVERITIES, Told, printable, where

_COLOURS = {"error": "31", "warning": "33", "info": "36"}
_MOST_LINES = 6
_WIDEST = 160


def write_full(told: Told) -> str:
    """Each finding with the code it stands in."""
    blocks = [_block(finding, told) for finding in told.findings]
    return "\n".join([*blocks, summary(told)])


def write_concise(told: Told) -> str:
    """A line a finding, `file:cell N:line:column: code message`."""
    lines = []
    for f in told.findings:
        place = _paint(where(f) + ":", "1", told)
        lines.append(f"{place} {_code(f, told)} {_mark(f)}{printable(f.message)} ({f.severity})")
    return "\n".join([*lines, summary(told)])


write_text = write_concise


def write_grouped(told: Told) -> str:
    """Findings below the name of their file."""
    parts: list[str] = []
    for filename, findings in told.by_file().items():
        parts.append(_paint(printable(filename) + ":", "1", told))
        places = [_short(finding) for finding in findings]
        width = max(map(len, places))
        for place, f in zip(places, findings, strict=True):
            parts.append(f"  {place:<{width}}  {_code(f, told)} {_mark(f)}{printable(f.message)} ({f.severity})")
        parts.append("")
    return "\n".join([*parts, summary(told)])


def summary(told: Told) -> str:
    """How much was found in how much, and what could be fixed."""
    number = len(told.checked)
    checked = f"{number} notebook{'s' if number != 1 else ''}"
    lines = []
    if told.fixed:
        lines.append(f"Fixed {_number(told.fixed, 'hazard')}.")
    if not told.findings:
        lines.append(f"No hazards found in {checked}." if not told.fixed else f"No hazards left in {checked}.")
        return "\n".join(lines)
    by_severity = Counter(finding.severity for finding in told.findings)
    parts = [_number(by_severity[s], s) for s in SEVERITIES if by_severity[s]]
    lines.append(f"Found {_number(len(told.findings), 'hazard')} in {checked}: {', '.join(parts)}.")
    safe, unsafe = told.fixable()
    if safe:
        hidden = f" ({unsafe} more with `--unsafe-fixes`)" if unsafe and not told.unsafe else ""
        lines.append(f"{_number(safe, 'hazard')} can be fixed with `--fix`{hidden}.")
    elif unsafe:
        lines.append(f"{_number(unsafe, 'hazard')} can be fixed with `--fix --unsafe-fixes`.")
    return "\n".join(lines)


def statistics(told: Told) -> str:
    """How often each rule was found, the most frequent first."""
    counts = Counter((f.code, f.slug, f.severity) for f in told.findings)
    fixable = Counter(f.code for f in told.findings if f.fix is not None)
    width = len(str(max(counts.values(), default=0)))
    rows = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return "\n".join(
        f"{count:>{width}}  {code}  [{'*' if fixable[code] else ' '}]  {slug} ({severity})"
        for (code, slug, severity), count in rows
    )


def _block(finding: Finding, told: Told) -> str:
    head = f"{_code(finding, told)} {_mark(finding)}{printable(finding.message)}"
    lines = [head, f" {_paint('-->', '34', told)} {where(finding)}  ({finding.severity}, {finding.slug})"]
    frame = _frame(finding, told)
    lines += frame
    if finding.fix is not None:
        consent = " (unsafe)" if finding.fix.applicability == "unsafe" else ""
        lines.append(f"  {_paint('= fix', '34', told)}{consent}: {printable(finding.fix.message)}")
    return "\n".join([*lines, ""])


def _frame(finding: Finding, told: Told) -> list[str]:
    place = finding.place
    lines = told.lines(finding)
    if not lines or place.row > len(lines):
        return []
    first, last = max(1, place.row - 1), min(len(lines), max(place.row, min(place.end_row, place.row + 3)) + 1)
    last = min(last, first + _MOST_LINES)
    width = len(str(last))
    bar = _paint("|", "34", told)
    out = [f"  {' ' * width} {bar}"]
    for row in range(first, last + 1):
        text = printable(lines[row - 1].expandtabs(4))
        shown = text[:_WIDEST] + ("…" if len(text) > _WIDEST else "")
        out.append(f"  {_paint(f'{row:>{width}}', '34', told)} {bar} {shown}".rstrip())
        if row == place.row and place.column <= _WIDEST:
            end = place.end_column if place.end_row == place.row else len(lines[row - 1]) + 1
            before = lines[row - 1][: place.column - 1].expandtabs(4)
            marks = "^" * max(1, min(end - place.column, _WIDEST - len(before)))
            out.append(f"  {' ' * width} {bar} {' ' * len(before)}{_paint(marks, _COLOURS[finding.severity], told)}")
    return out


def _short(finding: Finding) -> str:
    place = finding.place
    return "whole" if place.cell is None else f"cell {place.cell}:{place.row}:{place.column}"


def _mark(finding: Finding) -> str:
    return "[*] " if finding.fix is not None and finding.fix.applicability == "safe" else ""


def _code(finding: Finding, told: Told) -> str:
    return _paint(finding.code, f"{_COLOURS[finding.severity]};1", told)


def _paint(text: str, colour: str, told: Told) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if told.colour else text


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 and noun != 'info' else ''}"
