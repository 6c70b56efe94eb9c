"""Adding suppressions for what is found: a comment at each line, an entry in the metadata for the whole notebook."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

from jupyter_prod.lint.nouns import Finding
from jupyter_prod.lint.suppression import COMMENT, METADATA
from jupyter_prod.notebook import Cell, parse_notebook, python_source
from jupyter_prod.notebook.rewriting import Changes, rewritten


def with_suppressions(data: bytes, path: Path, findings: Sequence[Finding], reason: str = "") -> tuple[bytes, int]:
    """The notebook's bytes with a suppression for each finding, and how many findings that covers.

    Findings in other files than the notebook are left alone.
    """
    notebook = parse_notebook(data, path)
    cells = {cell.number: cell for cell in notebook.cells}
    by_line: dict[tuple[int, int], set[str]] = {}
    whole: set[str] = set()
    count = 0
    for finding in findings:
        if Path(finding.filename) != path:
            continue
        count += 1
        if finding.place.cell is None:
            whole.add(finding.code)
        else:
            by_line.setdefault((finding.place.cell, finding.place.row), set()).add(finding.code)
    sources: dict[int, str] = {}
    for (number, row), codes in sorted(by_line.items(), reverse=True):
        cell = cells[number]
        sources[number] = _commented(cell, sources.get(number, cell.source), row, codes, reason)
    held = notebook.metadata.get(METADATA)
    before = held.get("ignore") if isinstance(held, dict) else None
    known = [name for name in before if isinstance(name, str)] if isinstance(before, list) else []
    ignored = (*known, *sorted(whole - set(known))) if whole else ()
    return rewritten(data, path, Changes(sources, ignored=ignored)), count


def _commented(cell: Cell, source: str, row: int, codes: set[str], reason: str) -> str:
    lines = source.split("\n")
    said = f" {reason}" if reason else ""
    if cell.kind != "code":
        comment = f"<!-- prod: ignore[{', '.join(sorted(codes))}] -->"
        lines.insert(row - 1, comment)
        return "\n".join(lines)
    line = lines[row - 1] if row <= len(lines) else ""
    there = COMMENT.search(line)
    if there is not None and there["names"] is not None:
        names = sorted({name.strip() for name in there["names"].split(",") if name.strip()} | codes)
        start = line.index("[", there.start())
        lines[row - 1] = line[: start + 1] + ", ".join(names) + line[line.index("]", start) :]
        return "\n".join(lines)
    comment = f"# prod: ignore[{', '.join(sorted(codes))}]{said}"
    if _takes_comment(cell, row) and line.strip():
        lines[row - 1] = f"{line.rstrip()}  {comment}"
        return "\n".join(lines)
    first = _first_row(cell, row)
    above = lines[first - 1] if first <= len(lines) else ""
    indent = above[: len(above) - len(above.lstrip())]
    if first == row:
        lines.insert(row - 1, indent + comment)
    else:  # inside a text of several lines: at the end of its statement, which the comment covers
        last = _last_row(cell, row)
        lines[last - 1] = f"{lines[last - 1].rstrip()}  {comment}"
    return "\n".join(lines)


def _takes_comment(cell: Cell, row: int) -> bool:
    """Whether a comment at the end of the line is one: not within a text, not after a backslash, not on a magic."""
    line = cell.source.split("\n")[row - 1 : row]
    if not line or line[0].rstrip().endswith("\\") or line[0].lstrip().startswith(("%", "!", "?")):
        return False
    tree = python_source(cell).tree
    if tree is None:
        return False
    return not any(
        isinstance(node, (ast.Constant, ast.JoinedStr)) and node.lineno <= row < (node.end_lineno or node.lineno)
        for node in ast.walk(tree)
    )


def _statement(cell: Cell, row: int) -> ast.stmt | None:
    tree = python_source(cell).tree
    around = [
        node
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, ast.stmt) and node.lineno <= row <= (node.end_lineno or node.lineno)
    ]
    return max(around, key=lambda node: node.lineno, default=None)


def _first_row(cell: Cell, row: int) -> int:
    statement = _statement(cell, row)
    return row if statement is None else statement.lineno


def _last_row(cell: Cell, row: int) -> int:
    statement = _statement(cell, row)
    return row if statement is None else statement.end_lineno or statement.lineno
