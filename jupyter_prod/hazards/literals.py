"""Literals that a fix takes out of the code: where they stand as written, and what to call them."""

from __future__ import annotations

import ast
import re

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Edit, Parameter, Place

_NOT_ALONE = (ast.JoinedStr, ast.FormattedValue)


def written_at(facts: Facts, node: ast.expr) -> Place | None:
    """Where a literal stands; None where other text can't simply take its place."""
    place = facts.place(node)
    if place is None or place.cell is None or isinstance(facts.parent(node), _NOT_ALONE):
        return None
    if place.row != place.end_row or isinstance(facts.parent(node), (ast.Expr, ast.MatchValue)):
        return None
    try:
        same = ast.literal_eval(_as_written(facts, place)) == ast.literal_eval(node)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
    return place if same else None


def to_parameter(facts: Facts, node: ast.expr, wish: str) -> tuple[Edit, Parameter] | None:
    """The edit that reads a literal from a parameter called as `wish` where that is free, and the parameter."""
    place = written_at(facts, node)
    if place is None:
        return None
    value = _as_written(facts, place)
    name = _free(facts, wish, value)
    return Edit(place, name), Parameter(name, value)


def _as_written(facts: Facts, place: Place) -> str:
    lines = next((c.source.split("\n") for c in facts.notebook.cells if c.number == place.cell), [])
    return lines[place.row - 1][place.column - 1 : place.end_column - 1] if place.row <= len(lines) else ""


def holder(facts: Facts, node: ast.expr) -> str:
    """The name that an assignment, a keyword or a key gives a literal; empty where it has none."""
    above = facts.parent(node)
    if isinstance(above, ast.Assign) and len(above.targets) == 1:
        target = above.targets[0]
        return (
            target.id
            if isinstance(target, ast.Name)
            else target.attr
            if isinstance(target, ast.Attribute)
            else _key(target)
        )
    if isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name):
        return above.target.id
    if isinstance(above, ast.keyword):
        return above.arg or ""
    if isinstance(above, ast.Dict):
        return next((_text(k) for k, v in zip(above.keys, above.values, strict=True) if v is node), "")
    if isinstance(above, ast.arguments):
        named = [*above.posonlyargs, *above.args]
        pairs = [
            *zip(reversed(named), reversed(above.defaults), strict=False),
            *zip(above.kwonlyargs, above.kw_defaults, strict=True),
        ]
        return next((a.arg for a, d in pairs if d is node), "")
    return ""


def capitals(text: str) -> str:
    """A name in capitals made of a text: `X-Api-Key` → `X_API_KEY`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    name = re.sub(r"\W+", "_", words, flags=re.ASCII).strip("_").upper()
    return f"N_{name}" if name[:1].isdigit() else name


def _key(target: ast.expr) -> str:
    return _text(target.slice) if isinstance(target, ast.Subscript) else ""


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _free(facts: Facts, wish: str, value: str) -> str:
    """A name that the notebook doesn't use yet; the same one for the same value."""
    given = facts.kept.setdefault("parameter_names", {})
    assert isinstance(given, dict)
    if (wish, value) in given:
        return str(given[wish, value])
    if "names_used" not in facts.kept:
        facts.kept["names_used"] = {n.id for n in facts.nodes_of(ast.Name)}
    used = facts.kept["names_used"]
    assert isinstance(used, set)
    name, number = wish, 2
    while name in used:
        name, number = f"{wish}_{number}", number + 1
    used.add(name)
    given[wish, value] = name
    return name


def span_of(facts: Facts, node: ast.expr) -> str:
    """An expression as written; empty where it goes over several lines or stands in no cell."""
    place = facts.place(node)
    return _as_written(facts, place) if place is not None and place.row == place.end_row else ""
