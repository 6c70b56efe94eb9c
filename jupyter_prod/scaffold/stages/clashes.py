"""Names of the notebook that the generated code needs for itself get another ending before anything is planned."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from jupyter_prod.notebook import Notebook, python_source
from jupyter_prod.program import Program, understand
from jupyter_prod.scaffold.stages.names import imported_names
from jupyter_prod.scaffold.stages.source import Edit, Source, apply

RESERVED = frozenset(
    "learned metrics contest settings inputs sources model_rows features_of train_models judge".split()
)
"""What stage functions and the pipeline call their own things."""


def without_clashes(notebook: Notebook, program: Program) -> tuple[Notebook, Program]:
    """The notebook with clashing names renamed (`metrics` becomes `metrics_`), and its program."""
    bound = {name for s in program.statements for name in s.trace.binds}
    bound |= {name for s in program.statements for name in imported_names(s.node)}
    nodes = [n for s in program.statements for n in ast.walk(s.node)]
    bound |= {a.arg for n in nodes if isinstance(n, ast.arguments) for a in n.args}
    clashing = bound & RESERVED
    if not clashing:
        return notebook, program
    cells = []
    for cell in notebook.cells:
        if cell.kind == "code":
            python = python_source(cell)
            if python.tree is not None:
                cell = replace(cell, source=_renamed(python.source, python.tree, clashing))
        cells.append(cell)
    other = replace(notebook, cells=tuple(cells))
    return other, understand(other)


def _renamed(text: str, tree: ast.Module, names: set[str]) -> str:
    """The cell's text with these names ending in an underscore."""
    source = Source(text)
    edits = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names and not _within_fstring(tree, node):
            edits.append(Edit(source.start(node), source.end(node), node.id + "_"))
        elif isinstance(node, ast.arg) and node.arg in names:
            edits.append(Edit(source.start(node), source.start(node) + len(node.arg), node.arg + "_"))
        elif isinstance(node, ast.alias):
            if node.asname in names:
                edits.append(Edit(source.end(node) - len(node.asname), source.end(node), node.asname + "_"))
            elif node.asname is None and node.name in names:
                edits.append(Edit(source.start(node), source.end(node), f"{node.name} as {node.name}_"))
        elif isinstance(node, ast.JoinedStr):
            part = source.segment(node)
            new = re.sub(r"\{[^{}]*\}", _renamer(names), part)
            if new != part:
                edits.append(Edit(source.start(node), source.end(node), new))
    return apply(text, _outermost(edits))


def _renamer(names: set[str]) -> Callable[[re.Match[str]], str]:
    """Renames within one replacement field of an f-string, whose inner places aren't told before Python 3.12."""
    pattern = re.compile(r"(?<=[{ (,+\-*/])(" + "|".join(sorted(names)) + r")(?![\w=])")
    return lambda field: pattern.sub(r"\1_", field.group(0))


def _within_fstring(tree: ast.AST, name: ast.Name) -> bool:
    return any(isinstance(n, ast.JoinedStr) and any(p is name for p in ast.walk(n)) for n in ast.walk(tree))


def _outermost(edits: list[Edit]) -> list[Edit]:
    """Edits that don't lie within another."""
    found: list[Edit] = []
    for edit in sorted(edits, key=lambda e: (e.start, -e.end)):
        if not found or edit.start >= found[-1].end:
            found.append(edit)
    return found
