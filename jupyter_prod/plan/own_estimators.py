"""Estimators of the notebook's own: whether one learns from the rows that it is asked about."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.knowledge import knowledge
from jupyter_prod.program.values import Value, lineage

ASKED = ("transform", "predict", "predict_proba")
HARMLESS = frozenset("any all keys info count select_dtypes item memory_usage to_string to_dict equals".split())
"""Aggregates that ask whether something is there: of one row as of many."""


def learns_when_asked(estimator: Value) -> tuple[str, str] | None:
    """(class, what) of an own estimator, or one within, that makes a statistic of the rows it transforms."""
    for held in lineage(estimator):
        if held.kind == "estimator" and isinstance(held.node, ast.ClassDef):
            for method in held.node.body:
                if isinstance(method, ast.FunctionDef) and method.name in ASKED and len(method.args.args) > 1:
                    for what in _statistics(method):
                        return held.node.name, what
    return None


def _statistics(method: ast.FunctionDef) -> Iterator[str]:
    """The calls in a method that make one value of all rows of its argument."""
    rows = {method.args.args[1].arg}
    for statement in ast.walk(method):
        if isinstance(statement, ast.Assign) and _root(statement.value) in rows:
            rows |= {t.id for t in statement.targets if isinstance(t, ast.Name)}
    for call in ast.walk(method):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        name = call.func.attr
        asked = [_root(a) for a in call.args]
        if name in ("fit", "fit_transform") and any(a in rows for a in asked):
            yield name
        of_rows = _root(call.func.value) in rows
        effect = (knowledge().method("frame", name) or knowledge().method("series", name) or {}).get("rows", "")
        if of_rows and effect in ("aggregates", "learns", "others") and name not in HARMLESS and not _by_row(call):
            yield name


def _by_row(call: ast.Call) -> bool:
    """Whether a call goes along the columns: `X.sum(axis=1)`."""
    given = [k.value for k in call.keywords if k.arg == "axis"] + call.args[:1]
    return any(isinstance(g, ast.Constant) and g.value in (1, "columns") and g.value is not True for g in given)


def _root(node: ast.expr) -> str:
    """The name that an expression starts from: X of `X['a'].copy()`."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
