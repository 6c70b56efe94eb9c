"""Notebook to program: parses the cells, interprets their statements in document order."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable
from pathlib import Path

from jupyter_prod.knowledge import knowledge
from jupyter_prod.notebook import Notebook, PythonCell, python_source
from jupyter_prod.program.interpret import Interpreter
from jupyter_prod.program.nouns import Program, Statement


def understand(notebook: Notebook) -> Program:
    """The program that a notebook's cells make together.

    Cells that don't parse are left out (reading has said so). Nothing is executed; of the folder, only modules that the
    notebook imports and the first lines of the files that it names are read.
    """
    folder = notebook.path.parent
    cells: dict[int, PythonCell] = {}
    parsed: list[tuple[int, str, ast.Module, tuple[str, ...]]] = []
    for cell in notebook.cells:
        if cell.kind != "code":
            continue
        cells[cell.number] = source = python_source(cell)
        if source.tree is not None and source.error is None and "prod:skip" not in cell.tags:
            parsed.append((cell.number, source.source, source.tree, cell.tags))
    modules = _local_modules(folder, [(text, tree) for _, text, tree, _ in parsed])
    interpreter = Interpreter(knowledge(), folder, modules)
    statements: list[Statement] = []
    for number, text, tree, tags in parsed:
        lines = text.split("\n")
        body = list(tree.body)
        for place, node in enumerate(body):
            interpreter.run(node)
            end = body[place - 1].end_lineno if place else 0
            statements.append(
                _statement(len(statements), number, node, lines, end or 0, node is body[-1], tags, interpreter)
            )
    return Program(
        tuple(statements),
        interpreter.record,
        interpreter.notes,
        dict(interpreter.top.names),
        {n: t for n, t, _, _ in parsed},
        cells,
        tuple(modules),
    )


def _statement(
    index: int,
    cell: int,
    node: ast.stmt,
    lines: list[str],
    after: int,
    last: bool,
    tags: tuple[str, ...],
    interpreter: Interpreter,
) -> Statement:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)])
    above = first - 1
    while above > after and lines[above - 1].lstrip().startswith("#"):
        above -= 1
    comment = "\n".join(lines[above : first - 1])
    end = node.end_lineno or first
    text = "\n".join(lines[first - 1 : end])
    return Statement(index, cell, first, end, node, text, comment, last, interpreter.record.traces[index], tags)


def _local_modules(folder: Path, cells: Iterable[tuple[str, ast.Module]]) -> dict[str, ast.Module]:
    """The modules beside the notebook that its cells (text and tree) import, and those that these import."""
    found: dict[str, ast.Module] = {}
    there = _importable(folder)
    # Looking for a name in a text is cheaper than looking for imports in a tree, and most cells import nothing of here.
    waiting = [name for text, tree in cells if any(name in text for name in there) for name in imported(tree)]
    while waiting:
        name = waiting.pop()
        path = folder / (name.replace(".", "/") + ".py")
        if name in found or not name.isidentifier() or not path.is_file():
            continue
        try:
            found[name] = ast.parse(path.read_text(encoding="utf-8", errors="replace"))
        except (SyntaxError, ValueError, OSError, RecursionError):
            continue
        waiting += imported(found[name])
    return found


def _importable(folder: Path) -> set[str]:
    """The names of the modules in a folder."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name[:-3] for entry in entries if entry.name.endswith(".py")}
    except OSError:
        return set()


def imported(tree: ast.AST) -> list[str]:
    """The modules that a tree imports."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return names
