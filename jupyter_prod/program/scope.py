"""Names and what they hold, in the notebook and in the functions that it calls."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field

from jupyter_prod.program.values import Value, join

BUILTINS = frozenset(dir(builtins))


@dataclass
class Scope:
    """One namespace: the notebook's, a module's, or a function's with the one that it was defined in."""

    names: dict[str, Value] = field(default_factory=dict)
    outer: Scope | None = None
    declared_global: set[str] = field(default_factory=set)
    stars: list[str] = field(default_factory=list)
    function: ast.AST | None = None
    returns: list[Value] = field(default_factory=list)

    def find(self, name: str) -> tuple[Value, Scope] | None:
        """The value of a name and the namespace that holds it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and not (scope is self and name in self.declared_global):
                return scope.names[name], scope
            scope = scope.outer
        return None

    def top(self) -> Scope:
        """The outermost namespace."""
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope


def merge(before: dict[str, Value], branches: list[dict[str, Value]]) -> dict[str, Value]:
    """What the names hold after one of several branches has run."""
    merged: dict[str, Value] = {}
    for name in {n for b in branches for n in b}:
        held = [b[name] for b in branches if name in b]
        value = held[0]
        for other in held[1:]:
            value = join(value, other)
        merged[name] = value
    for name, value in before.items():
        merged.setdefault(name, value)
    return merged
