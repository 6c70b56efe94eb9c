"""What names stand for, whether the program model followed them or not."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from jupyter_prod.knowledge import knowledge
from jupyter_prod.program import Program
from jupyter_prod.program.values import Value

_KNOWN = ("module", "class", "callable")
_TABLES = ("frame", "series", "array", "groupby", "indexer", "accessor")


class Naming:
    """Qualified names of expressions: by what the program model knows, else by the notebook's imports.

    The second answer serves code that no statement runs: functions that nobody calls, branches not taken.
    """

    def __init__(self, program: Program, nodes: Iterable[ast.AST]) -> None:
        self.program = program
        self._canonical = knowledge().canonical
        self.imports: dict[str, str] = {}
        self.bound: set[str] = set()
        for node in nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    self.imports[name] = alias.name if alias.asname else name
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    self.imports[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                self.bound.add(node.id)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self.bound.add(node.name)
            elif isinstance(node, ast.arg):
                self.bound.add(node.arg)

    def qualified(self, node: ast.expr) -> str:
        """`pd.read_csv` → `pandas.read_csv`; a method as `frame.to_csv`, `sqlite3.connect().execute`.

        Where the owner is unknown, the name alone with a leading dot (`.execute`); for anything else the empty text.
        """
        note = self.program.note(node)
        if note is not None:
            found = self._of_value(note.value)
            if found:
                return found
        if isinstance(node, ast.Name):
            imported = self.imports.get(node.id)
            if imported is not None:
                return self._canonical(imported)
            return f".{node.id}" if node.id in self.bound else f"builtins.{node.id}"
        if isinstance(node, ast.Attribute):
            owner = self._written(node.value)
            return self._canonical(f"{owner}.{node.attr}") if owner else f".{node.attr}"
        return ""

    def _of_value(self, value: Value) -> str:
        if value.kind in _KNOWN and value.type:
            return value.type
        if value.kind == "function":
            return f".{value.name}"
        if value.kind == "bound" and value.parent is not None and value.type:
            owner = self.owner(value.parent)
            return f"{owner}.{value.type}" if owner else ""
        return ""

    def owner(self, value: Value) -> str:
        """What a value is, as the owner of a method: its kind for tables, its class, else the call that made it."""
        if value.kind in _TABLES:
            return value.kind
        if value.type and value.kind not in ("bound", "columns"):
            return value.type
        return self._instance(value.made)

    def _instance(self, made: ast.AST | None) -> str:
        """What a call gives, as an owner: an instance of `requests.Session`, what `sqlite3.connect()` answers."""
        name = self.qualified(made.func) if isinstance(made, ast.Call) else ""
        if not name or name.startswith((".", "builtins.")):
            return ""
        return name if name.rsplit(".", 1)[-1][:1].isupper() else f"{name}()"

    def _written(self, node: ast.expr) -> str:
        """The dotted text of an owner, its first name resolved; empty where it is no imported name."""
        parts: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in self.imports:
            return self._canonical(".".join([self.imports[inner.id], *reversed(parts)]))
        return self._instance(inner) if not parts else ""


def last_name(call: ast.Call) -> str:
    """The name by which a call is written, whoever owns it: `fit` of `model.fit(x)`; empty for a call of a call."""
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
