"""JPR10 shadowed-name."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.knowledge.star_names import star_names

_BUILTINS = frozenset(n for n in dir(builtins) if not n.startswith("_") and not n[0].isupper()) - {
    "copyright",
    "credits",
    "license",
    "exit",
    "quit",
    "help",
}
_KEPT = frozenset({"abs", "max", "min", "pow", "round", "bool", "bytes", "int", "float", "complex", "str", "object"})
"""Builtins that some versions of NumPy and pylab leave alone, or that mean the same there."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_MADE = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class _Uses:
    """How a name is used where it is the notebook's own: as what it was, and otherwise."""

    own: list[ast.Name] = field(default_factory=list)
    other: list[ast.Name] = field(default_factory=list)


class ShadowedName(Rule):
    code = "JPR10"
    slug = "shadowed-name"
    severity = "warning"
    step = 4
    title = "A function's or module's name is given to something else"
    what = """
    Finds names of builtins, imported modules and functions that are bound to another value (`list = …`, `time = …`,
    `accuracy_score = accuracy_score(…)`) in a notebook that uses both meanings, and builtins that a star import hides
    and that are called afterwards.
    """
    why = """
    From that line on the function is gone until the kernel restarts: a cell above it that is run again fails, or does
    something else. In a pipeline the same name means two things.
    """
    bad = (
        """
        rows = list(range(5))
        # %%
        list = rows[:2]  # JPR10
        print(list)
        """,
        """
        import time
        time = 30  # JPR10
        print(time)
        # %%
        time.sleep(1)
        """,
        """
        from sklearn.metrics import accuracy_score
        accuracy_score = accuracy_score([1, 0], [1, 1])  # JPR10
        print(accuracy_score)
        """,
    )
    good = (
        """
        id = 30
        for type in ("a", "b"):
            print(id, type)
        """,
        """
        import functools
        print = functools.partial(print, flush=True)
        print("now")
        """,
        """
        def total(rows):
            sum = 0
            for row in rows:
                sum += row
            return sum
        print(sum([1, 2]), [max for max in (1, 2)])
        """,
    )
    conversion = "yours"
    conversion_note = """
    Conversion keeps the names; where both meanings are needed in one stage it names the obstacle. Rename one of them.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        modules, functions = _given(facts)
        rebound = _rebound(facts, modules, functions)
        if rebound:
            uses = _uses(facts, set(rebound), modules)
            for name, target in rebound.items():
                used = uses.get(name, _Uses())
                broken = any(_is_after(n, target, facts) for n in used.own)
                place = facts.place(target)
                if place is None or not used.own or not (used.other or broken):
                    continue
                what = "module" if name in modules else "function" if name in functions else "builtin"
                yield Hit(
                    place, f"the {what} `{name}` gets another value here, and both meanings are used: rename this one"
                )
        yield from _hidden(facts)


def _given(facts: Facts) -> tuple[dict[str, int], dict[str, int]]:
    """Names of imported modules, and of functions and classes that are imported or defined in the notebook."""
    modules: dict[str, int] = {}
    functions: dict[str, int] = {}
    for node in facts.nodes_of(ast.Import):
        for alias in node.names:
            modules.setdefault(alias.asname or alias.name.split(".")[0], node.lineno)
    for imported in facts.nodes_of(ast.ImportFrom):
        for alias in imported.names:
            if alias.name != "*" and not alias.name.isupper():
                functions.setdefault(alias.asname or alias.name, imported.lineno)
    definitions: list[ast.FunctionDef | ast.ClassDef] = [
        *facts.nodes_of(ast.FunctionDef),
        *facts.nodes_of(ast.ClassDef),
    ]
    for defined in definitions:
        if isinstance(facts.parent(defined), ast.Module):
            functions.setdefault(defined.name, defined.lineno)
    return modules, functions


def _rebound(facts: Facts, modules: dict[str, int], functions: dict[str, int]) -> dict[str, ast.Name]:
    """Each such name → where the notebook first binds it to something that is no function."""
    found: dict[str, ast.Name] = {}
    for node in facts.nodes_of(ast.Name):
        if isinstance(node.ctx, ast.Load) or node.id in found:
            continue
        if node.id not in _BUILTINS and node.id not in modules and node.id not in functions:
            continue
        if _is_data(node, facts):
            found[node.id] = node
    return found


def _is_data(target: ast.Name, facts: Facts) -> bool:
    """Whether a target at the notebook's top level gets a value that is no function, module or fallback."""
    for above in facts.parents(target):
        if isinstance(above, (*_FUNCTIONS, *_MADE, ast.ClassDef, ast.Try, ast.comprehension, ast.Delete)):
            return False
    holder = facts.parent(target)
    if isinstance(holder, ast.Assign):
        value = holder.value
        if isinstance(value, (ast.Lambda, ast.Attribute, ast.Name)) or (
            isinstance(value, ast.Constant) and value.value is None
        ):
            return isinstance(value, ast.Attribute) and _has_kind(value, facts)
        if isinstance(value, ast.Call) and not _has_kind(value, facts):
            own = isinstance(value.func, ast.Name) and value.func.id == target.id
            return own or _is_method_of_data(value, facts)
        return True
    return isinstance(holder, (ast.For, ast.Tuple, ast.List, ast.AugAssign))


def _has_kind(value: ast.expr, facts: Facts) -> bool:
    """Whether the program model knows that the value is data."""
    known = facts.value(value)
    return known is not None and known.kind in (
        "frame series array list dict text scalar tuple index columns row figure shape bunch groupby".split()
    )


def _is_method_of_data(call: ast.Call, facts: Facts) -> bool:
    return isinstance(call.func, ast.Attribute) and _has_kind(call.func.value, facts)


def _uses(facts: Facts, names: set[str], modules: dict[str, int]) -> dict[str, _Uses]:
    found: dict[str, _Uses] = {}
    for node in facts.nodes_of(ast.Name):
        if node.id not in names or not isinstance(node.ctx, ast.Load) or _is_local(node, facts):
            continue
        above = facts.parent(node)
        used = found.setdefault(node.id, _Uses())
        if node.id in modules:
            of_module = isinstance(above, ast.Attribute) and not _is_data_attribute(node, facts)
            (used.own if of_module else used.other).append(node)
        elif isinstance(above, ast.Call) and above.func is node:
            used.own.append(node)
        elif not (isinstance(above, ast.Call) and node.id in _BUILTINS and _is_given_on(node, above, facts)):
            used.other.append(node)
    return found


def _is_data_attribute(node: ast.Name, facts: Facts) -> bool:
    value = facts.value(node)
    if value is None or value.kind in ("module", "unknown", "callable", "class"):
        return False
    above = facts.parent(node)
    if isinstance(above, ast.Attribute) and value.known() and isinstance(value.const, (int, float, str, list, dict)):
        return hasattr(type(value.const), above.attr)
    return True


def _is_given_on(node: ast.Name, call: ast.Call, facts: Facts) -> bool:
    """`map(str, rows)`, `isinstance(x, list)`, `.astype(str)`: the builtin itself is given on."""
    value = facts.value(node)
    return value is None or value.kind in ("callable", "class", "unknown")


def _is_local(node: ast.Name, facts: Facts) -> bool:
    """Whether a name is a parameter or variable of a function, or of a comprehension, that it stands in."""
    for above in facts.parents(node):
        if isinstance(above, _MADE):
            if any(isinstance(n, ast.Name) and n.id == node.id for g in above.generators for n in ast.walk(g.target)):
                return True
        elif isinstance(above, ast.Lambda):
            if any(a.arg == node.id for a in ast.walk(above.args) if isinstance(a, ast.arg)):
                return True
        elif isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if any(a.arg == node.id for a in ast.walk(above.args) if isinstance(a, ast.arg)):
                return True
            if any(
                isinstance(n, ast.Name) and n.id == node.id and isinstance(n.ctx, ast.Store)
                for s in above.body
                for n in ast.walk(s)
            ):
                return True
    return False


def _is_after(node: ast.Name, target: ast.Name, facts: Facts) -> bool:
    mine, theirs = facts.cell_of(node) or 0, facts.cell_of(target) or 0
    return (mine, node.lineno) > (theirs, target.lineno)


def _hidden(facts: Facts) -> Iterator[Hit]:
    """Builtins that a star import brings in another meaning, at their first call."""
    for node in facts.nodes_of(ast.ImportFrom):
        if not any(a.name == "*" for a in node.names) or node.level or not node.module:
            continue
        known = star_names(node.module)
        if not known:
            continue
        hidden = (known & _BUILTINS) - _KEPT
        for call in facts.calls:
            if isinstance(call.func, ast.Name) and call.func.id in hidden and not _is_local(call.func, facts):
                place = facts.place(call.func)
                if place is not None and _is_below(call, node, facts):
                    said = (
                        f"`{call.func.id}` is `{node.module}`'s since its star import, not Python's own: import by name"
                    )
                    yield Hit(place, said)
                    break


def _is_below(call: ast.Call, node: ast.ImportFrom, facts: Facts) -> bool:
    return (facts.cell_of(call) or 0, call.lineno) > (facts.cell_of(node) or 0, node.lineno)
