"""Which raw column is the target: followed back from what the model learns to the column of the input."""

from __future__ import annotations

import ast
from typing import Any

from jupyter_prod.plan.choose import Choice
from jupyter_prod.plan.layout import Layout
from jupyter_prod.program import Program
from jupyter_prod.program.events import Read

STEPS = 20


def raw_columns(program: Program, rows: str) -> tuple[Any, ...] | None:
    """The columns of the input's file, as its first line names them; None where they aren't known."""
    read = next((r for r in program.of(Read) if r.name == rows), None)
    return read.header if read is not None else None


def target_of(program: Program, choice: Choice, layout: Layout) -> Any:
    """The label of the raw target column, or None where the target is no column of the input."""
    read = next((r for r in program.of(Read) if r.name == layout.rows), None)
    if read is not None and read.value.kind in ("bunch", "tuple"):
        return None  # the target comes beside the rows, not among their columns
    columns = raw_columns(program, layout.rows)
    fit = choice.final.fit
    name: Any = fit.y.column if fit.y is not None else None
    if fit.estimator.name == "formula" and isinstance(fit.estimator.const, str):
        name = fit.estimator.const.split("~")[0].strip()
    for _ in range(STEPS):
        if name is None:
            return None
        if columns is not None and name in columns:
            return name
        before = _origin(program, name, columns)
        if before is None or before == name:
            return name if columns is None and before is None else _tidied(name, columns)
        name = before
    return None


def _tidied(name: Any, columns: tuple[Any, ...] | None) -> Any:
    """The one column whose name has the same letters and digits: names are often made tidy all at once."""

    def letters(text: Any) -> str:
        return "".join(c for c in str(text).lower() if c.isalnum())

    alike = [c for c in columns or () if letters(c) == letters(name)]
    return alike[0] if len(alike) == 1 else None


def _origin(program: Program, name: Any, columns: tuple[Any, ...] | None) -> Any:
    """What a column was called, or made from, before it got this name; None where no statement tells."""
    for statement in reversed(program.statements):
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "rename":
                for keyword in node.keywords:
                    note = program.note(keyword.value)
                    if keyword.arg == "columns" and note is not None and isinstance(note.value.const, dict):
                        for old, new in note.value.const.items():
                            if new == name:
                                return old
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    old = _assigned(program, node, target, name, columns)
                    if old is not None:
                        return old
            if isinstance(node, ast.Call) and columns is not None and isinstance(name, str):
                note = program.note(node)
                if note is not None and note.learn == "get_dummies":
                    spread = [c for c in columns if isinstance(c, str) and name.startswith(f"{c}_")]
                    if spread:
                        return max(spread, key=len)
    return None


def _assigned(program: Program, node: ast.Assign, target: ast.expr, name: Any, columns: tuple[Any, ...] | None) -> Any:
    note = program.note(node.value)
    if note is None:
        return None
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant) and target.slice.value == name:
        return note.value.column if note.value.column != name else None
    if isinstance(target, ast.Attribute) and target.attr == name and note.value.column not in (None, name):
        return note.value.column
    if isinstance(target, ast.Attribute) and target.attr == "columns" and columns is not None:
        new = note.value.const
        if isinstance(new, list) and name in new and len(new) == len(columns):
            return columns[new.index(name)]
    return None
