"""Columns that a row alone can't have: made of the rows around it, of its rank, of its place in the file."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from jupyter_prod.knowledge import knowledge
from jupyter_prod.program import Program, Statement
from jupyter_prod.program.values import Value

ALL = "all columns"
INDEX = "index"


@dataclass
class Dependent:
    """The columns that depend on other rows, as far as the statements have been read: where, and by what."""

    columns: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, names: Iterable[str], at: int, how: str) -> None:
        """These columns depend on other rows from now on."""
        for name in names:
            self.columns.setdefault(name, (at, how))


def on_other_rows(program: Program, statements: Iterable[int], x: Value) -> tuple[int, str] | None:
    """(statement, what) for something in the model's input `x` that depends on other rows; None where nothing does."""
    found = Dependent()
    ordered = sorted(statements)
    named = _has_named_index(program)
    bodies = {id(n): n for s in program.statements for n in ast.walk(s.node) if isinstance(n, ast.FunctionDef)}
    for index in ordered:
        statement = program.statements[index]
        if isinstance(statement.node, (ast.FunctionDef, ast.ClassDef)):
            continue
        nodes: list[ast.AST] = [statement.node, *(bodies[i] for i in statement.trace.calls if i in bodies)]
        for node in nodes:
            for part in _simple(node):
                _follow(program, statement, part, found, named)
    for name, (at, how) in found.columns.items():
        known = x.columns if x.columns is not None else ((x.column,) if x.column is not None else None)
        if name == ALL or known is None or name in known:
            what = "the rows" if name == ALL else f"the column {name}"
            return at, f"{what} can't be had from a row alone: {how}"
    return None


def _simple(node: ast.AST) -> Iterator[ast.stmt]:
    for part in ast.walk(node):
        if isinstance(part, (ast.Assign, ast.AugAssign, ast.Expr, ast.Delete, ast.Return)):
            yield part


def _follow(program: Program, statement: Statement, node: ast.stmt, found: Dependent, named: bool) -> None:
    for dropped in _dropped(node):
        found.columns.pop(dropped, None)
    value = getattr(node, "value", None)
    if not isinstance(value, ast.expr):
        return
    for given, names in _parts(program, node, value):
        how = _source(program, given, named)
        if how is not None:
            found.add([INDEX] if how == INDEX else names, statement.index, _words(how))
        elif ALL not in names:
            mentioned = [c for c in found.columns if c != ALL and _mentions(given, c)]
            if mentioned:
                found.add(names, *found.columns[mentioned[0]])
            elif _placed(program, node, value):
                found.add(names, statement.index, "a result for all rows is put beside them by position")


def _words(how: str) -> str:
    if how == INDEX:
        return "it is the row's place in the file, which a new row has not"
    if how in ("fit_transform", "fit_predict", "labels_", "embedding_"):
        return f"`{how}` places only the rows that it learned from, among all other rows"
    return f"`{how}` looks at other rows"


def _parts(program: Program, node: ast.stmt, value: ast.expr) -> Iterator[tuple[ast.expr, list[str]]]:
    """(expression, the columns that it makes) of a statement."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    columns = [c for t in targets for c in _columns(program, t)]
    if isinstance(node, ast.Expr) and isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        columns = list(_columns(program, value.func.value))
    assigned = [
        c
        for c in ast.walk(value)
        if isinstance(c, ast.Call) and isinstance(c.func, ast.Attribute) and c.func.attr == "assign"
    ]
    for call in assigned:
        for keyword in call.keywords:
            yield keyword.value, [keyword.arg or ALL]
    if not assigned:
        yield value, columns or [ALL]


def _columns(program: Program, target: ast.expr) -> Iterator[str]:
    """The columns that an assignment's target names; ALL where it is no column, or not known."""
    note = program.note(target.value) if isinstance(target, (ast.Subscript, ast.Attribute)) else None
    if note is None or note.value.kind not in ("frame", "indexer", "unknown"):
        yield ALL
    elif isinstance(target, ast.Attribute):
        yield target.attr
    elif isinstance(target, ast.Subscript):
        key = target.slice
        if isinstance(key, ast.Tuple) and note.value.kind == "indexer":
            key = key.elts[-1]
        names = [e for e in ast.walk(key) if isinstance(e, ast.Constant) and isinstance(e.value, str)]
        yield from ([str(e.value) for e in names] if isinstance(key, (ast.Constant, ast.List)) and names else [ALL])


def _source(program: Program, node: ast.AST, named: bool) -> str | None:
    """What in an expression looks at other rows: a method's name, or INDEX; statistics and row filters don't."""
    note = program.note(node)
    if note is not None:
        if isinstance(node, ast.Call) and (note.others or note.learn == "rank"):
            before = _source(program, node.func, named)
            return before or (node.func.attr if isinstance(node.func, ast.Attribute) else "rank")
        if _of_its_own_rows(program, node):
            at = node.func if isinstance(node, ast.Call) else node
            return at.attr if isinstance(at, ast.Attribute) else ""
        if note.value.learned and note.value.kind not in ("groupby", "bound", "unknown", "accessor", "function"):
            return None
        if note.select and note.base is not None:
            return _source(program, note.base, named)
        if not named and _counts(node, note.value):
            return INDEX
    for child in ast.iter_child_nodes(node):
        how = _source(program, child, named)
        if how is not None:
            return how
    return None


def _of_its_own_rows(program: Program, node: ast.AST) -> bool:
    """Whether an estimator that can't place new rows places those that it is fitted to."""
    at = node.func if isinstance(node, ast.Call) else node
    if not isinstance(at, ast.Attribute) or at.attr not in ("labels_", "fit_predict", "fit_transform", "embedding_"):
        return False
    note = program.note(at.value)
    return note is not None and note.value.kind == "estimator" and not places_new_rows(note.value)


def places_new_rows(estimator: Value) -> bool:
    """Whether an estimator answers for rows that it wasn't fitted to."""
    return bool((knowledge().klass(estimator.type) or {}).get("new_rows", True))


def _counts(node: ast.AST, value: Value) -> bool:
    """`df.reset_index()` of rows: their places become a column."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "reset_index":
        return False
    dropped = any(k.arg == "drop" and isinstance(k.value, ast.Constant) and k.value.value for k in node.keywords)
    return value.kind == "frame" and bool(value.axis) and not dropped and not node.args


def _placed(program: Program, node: ast.stmt, value: ast.expr) -> bool:
    """Whether a statistic that has an entry for each row becomes a column of the rows."""
    note = program.note(value)
    if not isinstance(node, ast.Assign) or note is None or not note.value.learned or note.value.metric:
        return False
    base = node.targets[0].value if isinstance(node.targets[0], ast.Subscript) else None
    rows = program.note(base) if base is not None else None
    return (
        note.value.kind in ("series", "frame", "array")
        and rows is not None
        and rows.value.kind == "frame"
        and bool(rows.value.axis)
    )


def _mentions(node: ast.AST, column: str) -> bool:
    return any(
        (isinstance(part, ast.Constant) and part.value == column)
        or (isinstance(part, ast.Attribute) and part.attr == column)
        for part in ast.walk(node)
    )


def _dropped(node: ast.stmt) -> list[str]:
    """The columns that a statement takes away by name."""
    texts: list[Any] = []
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in ("drop", "pop"):
            texts += [c for a in (*part.args, *(k.value for k in part.keywords)) for c in ast.walk(a)]
        if isinstance(part, ast.Delete):
            texts += [c for t in part.targets for c in ast.walk(t)]
    return [t.value for t in texts if isinstance(t, ast.Constant) and isinstance(t.value, str)]


def _has_named_index(program: Program) -> bool:
    """Whether a statement makes a column the index, so that resetting it brings that column back."""
    for statement in program.statements:
        for part in ast.walk(statement.node):
            if isinstance(part, ast.Attribute) and part.attr == "set_index":
                return True
            if isinstance(part, ast.keyword) and part.arg == "index_col":
                return True
    return False
