"""Where a notebook looks at how many rows or values it has."""

from __future__ import annotations

import ast

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.program.values import Value

COUNTS = frozenset({"isnull", "isna", "notnull", "notna", "info", "count", "value_counts"})
"""Methods that show how many values are missing, or there."""

FILLS = frozenset({"fillna", "interpolate", "ffill", "bfill", "combine_first", "mask", "where"})
"""Methods that put other values in place of missing ones."""

_TALKS = frozenset(
    {"print", "display", "info", "debug", "warning", "error", "log", "log_metric", "log_metrics", "gauge", "write"}
)

_NEAR = 3
"""A count of what was made of the rows is one of them where it stands no more than this many cells below."""


class Noticed:
    """Where the notebook shows, logs or tests how many rows there are, or how many values are missing."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.counted: list[tuple[int, Value]] = []
        self.looked: list[tuple[int, Value, str]] = []
        for call in facts.calls_of("builtins.len"):
            if call.args and self._shown(call):
                self._note(call, call.args[0])
        for node in facts.nodes_of(ast.Attribute):
            if node.attr in ("shape", "size", "index") and self._shown(node):
                self._note(node, node.value)
        for call in facts.methods(*COUNTS, *FILLS, "describe"):
            if isinstance(call.func, ast.Attribute):
                value = facts.value(call.func.value)
                statement = facts.statement(call)
                if value is not None and statement is not None and value.kind in ("frame", "series"):
                    self.looked.append((statement.index, value, call.func.attr))
                    if call.func.attr in ("info", "describe"):
                        self.counted.append((statement.index, value))

    def _note(self, node: ast.AST, rows: ast.expr) -> None:
        value, statement = self.facts.value(rows), self.facts.statement(node)
        if value is not None and statement is not None and value.kind in ("frame", "series", "index", "array"):
            self.counted.append((statement.index, value))

    def _shown(self, node: ast.expr) -> bool:
        """Whether what an expression says reaches the screen, a log or a test."""
        for above in self.facts.parents(node):
            if isinstance(above, ast.Call) and self.facts.qualified(above.func).rsplit(".", 1)[-1] in _TALKS:
                return True
            if isinstance(above, (ast.Assert, ast.Raise, ast.Return)):
                return True
            if isinstance(above, ast.If):
                return any(isinstance(n, (ast.Raise, ast.Call)) for s in above.body for n in ast.walk(s))
            if isinstance(above, ast.Assign):
                return True  # kept under a name: a later line uses it
            if isinstance(above, ast.Expr):
                return True
            if isinstance(above, ast.stmt):
                return False
        return False

    def after(self, call: ast.Call, result: Value) -> bool:
        """Whether somebody looks at these rows when the call is done."""
        statement = self.facts.statement(call)
        if statement is None:
            return False
        target = self._held(call)
        for index, value in self.counted:
            if index <= statement.index:
                continue
            near = self.facts.program.statements[index].cell <= statement.cell + _NEAR
            if value is result or value is target or (near and self._made_of(value, result, target)):
                return True
        for index, value, how in self.looked:
            if index <= statement.index:
                continue
            same = value is result or value is target
            column = (
                isinstance(result.column, str)
                and value.column in (result.column, None)
                and bool(value.axis & result.axis)
            )
            if result.kind == "series" and (same or column) and (how in COUNTS or how in FILLS):
                return True
        return False

    def _made_of(self, value: Value, *rows: Value | None) -> bool:
        for count, step in enumerate(self.facts.flow.back(value)):
            if any(step.value is r for r in rows):
                return True
            if count > 200:
                return False
        return False

    def _held(self, call: ast.Call) -> Value | None:
        """The frame into which the call's statement puts its result."""
        holder = next((a for a in self.facts.parents(call) if isinstance(a, ast.stmt)), None)
        if isinstance(holder, ast.Assign) and len(holder.targets) == 1:
            target = holder.targets[0]
            if isinstance(target, ast.Name):
                statement = self.facts.statement(call)
                return statement.trace.bound.get(target.id) if statement is not None else None
            if isinstance(target, ast.Subscript):
                return self.facts.value(target.value)
        return None
