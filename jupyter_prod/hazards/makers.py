"""Which call made what an expression stands for: the constructor of a client, a session, a widget."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.program.values import Value

MOST = 50
"""How many calls are looked at for one expression."""


def made_by(facts: Facts, node: ast.expr) -> Iterator[ast.Call]:
    """The calls that may have made the object of an expression; also in code that no statement runs.

    There, a name is the notebook's own of that name, or what the same function or class assigns to it.
    """
    value = facts.value(node)
    if isinstance(node, ast.Call):
        yield node
    if value is not None:
        found = list(_calls(value))
        if found:
            yield from found
            return
    if isinstance(node, ast.Name):
        yield from _assigned(facts, node)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        yield from _kept(facts, node)


def _calls(value: Value) -> Iterator[ast.Call]:
    waiting, seen = [value], set[int]()
    while waiting and len(seen) < MOST:
        now = waiting.pop()
        if id(now) in seen:
            continue
        seen.add(id(now))
        if isinstance(now.made, ast.Call):
            yield now.made
        waiting += now.alike


def _assigned(facts: Facts, name: ast.Name) -> Iterator[ast.Call]:
    function = next((a for a in facts.parents(name) if isinstance(a, (ast.FunctionDef, ast.AsyncFunctionDef))), None)
    local = (
        [made for made in assignments(facts).get(name.id, ()) if function in facts.parents(made)] if function else []
    )
    if local:
        yield from local
        return
    value = facts.program.names.get(name.id)
    found = list(_calls(value)) if value is not None else []
    yield from found or assignments(facts).get(name.id, ())[:MOST]


def _kept(facts: Facts, attribute: ast.Attribute) -> Iterator[ast.Call]:
    """What the methods of the same class assign to `self.name`."""
    klass = next((a for a in facts.parents(attribute) if isinstance(a, ast.ClassDef)), None)
    for made in assignments(facts).get(f"self.{attribute.attr}", ()):
        if klass is not None and klass in facts.parents(made):
            yield made


def assignments(facts: Facts) -> dict[str, list[ast.Call]]:
    """`name` and `self.name` → the calls whose result is assigned to it, anywhere in the notebook."""
    kept = facts.kept.get("assignments")
    if isinstance(kept, dict):
        return kept
    found: dict[str, list[ast.Call]] = {}

    def note(target: ast.expr, value: ast.expr | None) -> None:
        while isinstance(value, ast.Await):
            value = value.value
        if not isinstance(value, ast.Call):
            return
        if isinstance(target, ast.Name):
            found.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
            found.setdefault(f"self.{target.attr}", []).append(value)

    for assigned in facts.nodes_of(ast.Assign):
        for target in assigned.targets:
            note(target, assigned.value)
    for annotated in facts.nodes_of(ast.AnnAssign):
        note(annotated.target, annotated.value)
    for walrus in facts.nodes_of(ast.NamedExpr):
        note(walrus.target, walrus.value)
    managers: list[ast.With | ast.AsyncWith] = [*facts.nodes_of(ast.With), *facts.nodes_of(ast.AsyncWith)]
    for managed in managers:
        for item in managed.items:
            if item.optional_vars is not None:
                note(item.optional_vars, item.context_expr)
    facts.kept["assignments"] = found
    return found


def makers(facts: Facts, node: ast.expr) -> set[str]:
    """The qualified names of those calls' functions."""
    return {facts.qualified(call.func) for call in made_by(facts, node)}


def given(call: ast.Call) -> dict[str, ast.expr]:
    """The keyword arguments of a call; `**` where a mapping is unpacked into it."""
    return {k.arg or "**": k.value for k in call.keywords}


def path(node: ast.expr) -> tuple[ast.expr, list[str]]:
    """`client.chat.completions.create` → (client, [chat, completions, create])."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return node, names[::-1]
        names.append(node.attr)
        node = node.value
    return node, names[::-1]
