"""Replacements of removed APIs, where they do exactly the same."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping

from jupyter_prod.hazards.call_edits import source_between
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.pins import has_at_least
from jupyter_prod.hazards.rule import Edit, Fix, Place
from jupyter_prod.knowledge.removed import PYTHON, Removal, removed


def _usable(facts: Facts, removal: Removal) -> bool:
    """Whether the replacement is exact, and there in the release that is installed or pinned."""
    if not removal.exact:
        return False
    return not removal.since or removal.library == PYTHON or has_at_least(facts, removal.library, removal.since)


def _fix(place: Place | None, content: str, said: str, imports: tuple[str, ...] = ()) -> Fix | None:
    return Fix("safe", f"Replace by `{said}`", (Edit(place, content),), imports) if place is not None else None


def attribute_fix(facts: Facts, node: ast.Attribute, removal: Removal) -> Fix | None:
    """`np.float` → `float`, `df.iteritems` → `df.items`, `np.product` → `np.prod`."""
    new = removal.instead
    place = facts.place(node)
    if not _usable(facts, removal) or place is None:
        return None
    if new.startswith("."):
        end = _name_place(facts, node)
        return _fix(end, new[1:], new) if end is not None else None
    if place.row != place.end_row or source_between(facts, place) != ast.unparse(node):
        return None
    if "." not in new or new.startswith("str."):
        first = new.partition(".")[0]
        free = first not in facts.naming.bound and first not in facts.naming.imports and hasattr(builtins, first)
        return _fix(place, new, new) if free else None
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name):
        return None
    meant = facts.naming.imports.get(root.id, "")
    if meant and new.startswith(f"{meant}."):
        imports = (f"import {new.rpartition('.')[0]}",) if removal.library == PYTHON and new.count(".") > 1 else ()
        return _fix(place, root.id + new[len(meant) :], new, imports)
    return None


def _name_place(facts: Facts, node: ast.Attribute) -> Place | None:
    """Where the attribute's own name stands: the last characters of the expression."""
    place = facts.place(node)
    if place is None:
        return None
    at = Place(place.cell, place.end_row, place.end_column - len(node.attr), place.end_row, place.end_column)
    return at if source_between(facts, at) == node.attr else None


def import_fix(facts: Facts, node: ast.Import, alias: ast.alias, module: str, removal: Removal) -> Fix | None:
    """`import cPickle` → `import pickle as cPickle`."""
    if not _usable(facts, removal) or alias.name != module or (not alias.asname and "." in alias.name):
        return None
    return _fix(facts.place(alias), f"{removal.instead} as {alias.asname or alias.name}", removal.instead)


def from_fix(facts: Facts, node: ast.ImportFrom, gone: Mapping[ast.alias, Removal]) -> Fix | None:
    """`from sklearn.externals import joblib` → `import joblib`; the names that the notebook uses stay."""
    place = facts.place(node)
    if place is None or place.row != place.end_row or source_between(facts, place).endswith(")"):
        return None
    other = removed().moves.get(node.module or "")
    homes: set[str] = set()
    names: list[ast.alias] = []
    for alias in node.names:
        removal = gone.get(alias)
        if removal is None:
            if other is None:
                return None
            homes.add(other)
            names.append(alias)
            continue
        if not _usable(facts, removal) or alias.name == "*":
            return None
        home, _, last = _replaced(node, alias, removal).rpartition(".")
        homes.add(home)
        kept = alias.asname or alias.name
        names.append(ast.alias(last, None if kept == last else kept))
    if len(homes) != 1 or (homes == {""} and len(names) > 1):
        return None
    (home,) = homes
    new = ast.unparse(ast.ImportFrom(home, names, 0) if home else ast.Import(names))
    return _fix(place, new, new)


def _replaced(node: ast.ImportFrom, alias: ast.alias, removal: Removal) -> str:
    """The full new name: of the alias itself, or in the module that took over."""
    known = removed()
    full = f"{node.module}.{alias.name}"
    new = removal.instead if not removal.instead.startswith(".") else f"{node.module}{removal.instead}"
    if known.name(full) is not None or known.module(full) == (full, removal):
        return new
    return f"{new}.{alias.name}"


def keyword_fix(facts: Facts, keyword: ast.keyword, removal: Removal) -> Fix | None:
    """`sparse=` → `sparse_output=`."""
    place = facts.place(keyword)
    if not _usable(facts, removal) or place is None or not keyword.arg:
        return None
    at = Place(place.cell, place.row, place.column, place.row, place.column + len(keyword.arg))
    return _fix(at, removal.instead, f"{removal.instead}=") if source_between(facts, at) == keyword.arg else None


def value_fix(facts: Facts, node: ast.expr, removal: Removal, new: str) -> Fix | None:
    """`"seaborn"` → `"seaborn-v0_8"`."""
    place = facts.place(node)
    if not _usable(facts, removal) or place is None or not isinstance(node, ast.Constant):
        return None
    text = source_between(facts, place)
    if text[1:-1] != node.value or text[:1] not in "\"'":
        return None
    return _fix(place, f"{text[0]}{new}{text[0]}", new)
