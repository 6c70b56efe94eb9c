"""What stays behind in the notebook, and why."""

from __future__ import annotations

import ast

from jupyter_prod.plan.nouns import LeftBehind, Place
from jupyter_prod.program import Program, Statement


def left_behind(program: Program, used: set[int]) -> tuple[LeftBehind, ...]:
    """Each statement that no target needs, with its reason."""
    found = []
    for statement in program.statements:
        if statement.index not in used and not isinstance(statement.node, ast.Pass):
            found.append(LeftBehind(Place(statement.cell, statement.line), _why(program, statement)))
    return tuple(found)


def _why(program: Program, statement: Statement) -> str:
    node = statement.node
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return "an import that nothing kept uses"
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return f"nothing kept uses {node.name}"
    if isinstance(node, ast.Expr):
        note = program.note(node.value)
        if note is not None and note.value.kind == "figure":
            return "only draws"
        return "only shows"
    if statement.trace.binds:
        return f"no model, metric or file depends on {', '.join(sorted(statement.trace.binds))}"
    return "no model, metric or file depends on it"
