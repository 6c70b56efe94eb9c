"""Which statements and calls are on the way from data to a result, and which only show something."""

from __future__ import annotations

import ast

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.knowledge import knowledge
from jupyter_prod.program import Statement
from jupyter_prod.program.events import Fit, Metric, Predict, Read, Saved, Written
from jupyter_prod.program.values import Value

_LOOKS = frozenset(
    """head tail info describe sample shape display show print value_counts isnull isna nunique unique dtypes columns
        hist plot boxplot memory_usage corr help type dir len
    """.split()
)


def does_work(statement: Statement, facts: Facts) -> bool:
    """Whether a top-level statement makes something: no import, definition, look, drawing or bare text."""
    node = statement.node
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Pass)):
        return False
    if not isinstance(node, ast.Expr):
        return True
    call = node.value
    if not isinstance(call, ast.Call):
        return False
    name = facts.qualified(call.func)
    if name.rsplit(".", 1)[-1] in _LOOKS or knowledge().draws(name):
        return False
    value = facts.value(call)
    return value is None or value.kind != "figure"


def has_pipeline(facts: Facts) -> bool:
    """Whether data are read, learned from, judged, or written."""
    kept = facts.kept.get("has_pipeline")
    if not isinstance(kept, bool):
        kept = any(isinstance(e, (Read, Fit, Predict, Metric, Saved, Written)) for e in facts.program.record.events)
        facts.kept["has_pipeline"] = kept
    return kept


def of_data(value: Value | None) -> bool:
    """Whether a value is rows of inputs, or depends on them."""
    return value is not None and bool(value.axis or value.origin or value.metric)


def is_parameter(node: ast.AST, facts: Facts) -> bool:
    """Whether a node stands in a cell that papermill fills."""
    statement = facts.statement(node)
    return statement is not None and "parameters" in statement.tags
