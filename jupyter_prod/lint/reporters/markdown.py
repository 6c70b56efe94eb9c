"""Markdown, for a pull request's comment or a wiki: a table a notebook."""

from __future__ import annotations

from collections import Counter

from jupyter_prod.lint.reporters.told import SEVERITIES, Told, printable


def write_markdown(told: Told) -> str:
    """A summary, then a table for each notebook."""
    counts = Counter(f.severity for f in told.findings)
    number = len(told.checked)
    parts = ["# Hazards on the way to production", ""]
    parts.append(
        f"{number} notebook{'s' if number != 1 else ''} checked, {len(told.findings)} found: "
        + ", ".join(f"{counts[s]} {s}" for s in SEVERITIES)
        + "."
    )
    for filename, findings in told.by_file().items():
        parts += [
            "",
            f"## {_cell(filename)}",
            "",
            "| where | rule | severity | hazard | fix |",
            "|---|---|---|---|---|",
        ]
        for f in findings:
            place = "notebook" if f.place.cell is None else f"cell {f.place.cell}, line {f.place.row}"
            fix = f.fix.applicability if f.fix is not None else ""
            parts.append(f"| {place} | {f.code} {f.slug} | {f.severity} | {_cell(f.message)} | {fix} |")
    return "\n".join(parts)


def _cell(text: str) -> str:
    shown = printable(text).replace("\\", "\\\\").replace("|", "\\|")
    return shown.replace("<", "&lt;").replace(">", "&gt;")
