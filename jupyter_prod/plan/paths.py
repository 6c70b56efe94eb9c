"""Slices of the program: what a statement needs, and the way of the rows to a value."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from jupyter_prod.program import Program, Statement
from jupyter_prod.program.events import Read, Split
from jupyter_prod.program.values import Value


def closure(program: Program, wanted: Iterable[int]) -> set[int]:
    """The statements and all that they need."""
    found: set[int] = set()
    waiting = list(wanted)
    paths = _of_paths(program)
    while waiting:
        index = waiting.pop()
        if index in found or index < 0:
            continue
        found.add(index)
        waiting += program.statements[index].trace.needs - paths.get(index, set())
    return found


def _of_paths(program: Program) -> dict[int, set[int]]:
    """{a statement that reads: what only its path is made of}: in the project, settings hold the path."""
    found: dict[int, set[int]] = {}
    for read in program.of(Read):
        statement = program.statements[read.statement]
        if read.nested or read.path is None or not read.node.args:
            continue
        path = set(names_in(read.node.args[0]))
        others = {n.id for n in ast.walk(statement.node) if isinstance(n, ast.Name)} - path
        inside = [n.id for n in ast.walk(statement.node) if isinstance(n, ast.Name)]
        only = {
            n
            for n in path
            if inside.count(n) == [m.id for m in ast.walk(read.node.args[0]) if isinstance(m, ast.Name)].count(n)
        }
        kept = {i for n in others for i in statement.trace.name_needs.get(n, ())}
        found[read.statement] = {i for n in only for i in statement.trace.name_needs.get(n, ())} - kept
    return found


def names_in(node: ast.AST) -> list[str]:
    """The names that an expression reads, in order."""
    return list(dict.fromkeys(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)))


def row_path(program: Program, statement: int, node: ast.AST) -> set[int]:
    """The statements through which the rows of an expression have come: fits and statistics are no part of the way."""
    found: set[int] = set()
    waiting = [(statement, name) for name in names_in(node)]
    seen: set[tuple[int, str]] = set()
    while waiting:
        at, name = waiting.pop()
        if (at, name) in seen:
            continue
        seen.add((at, name))
        trace = program.statements[at].trace
        value = trace.held.get(name)
        if value is None or not carries_rows(value):
            continue
        for index in trace.name_needs.get(name, ()):
            if index not in found:
                found.add(index)
                waiting += [(index, n) for n in program.statements[index].trace.held]
    return found


def carries_rows(value: Value) -> bool:
    """Whether the value is rows, or holds some (a list of frames)."""
    if value.kind == "estimator" or value.kind == "function":
        return False
    return (
        bool(value.axis)
        or any(carries_rows(i) for i in value.items if i is not value)
        or (value.kind == "bunch")
        or (value.element is not None and value.element is not value and carries_rows(value.element))
    )


def splits_rows(program: Program, statement: Statement) -> bool:
    """Whether a statement parts the rows into training and test."""
    if any(s.statement == statement.index for s in program.of(Split)):
        return True
    if isinstance(statement.node, ast.Assign):
        for part in ast.walk(statement.node.value):
            note = program.note(part)
            if note is not None and note.select in ("subscript", "loc", "subscript_loc") and note.value.splits:
                return True
    if isinstance(statement.node, ast.For):
        over = program.note(statement.node.iter)
        if over is not None and over.value.element is not None and any(i.splits for i in over.value.element.items):
            return True
    return False
