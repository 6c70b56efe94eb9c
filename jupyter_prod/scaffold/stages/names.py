"""Which names a piece of code needs from outside, and which statement of the notebook brings an import."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable

BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__"}


STAGES = frozenset({"features", "model_input", "encoded_target", "answer", "transform"})
"""Names of the functions in the stages' modules: nothing that these modules import may have them."""


class _Loads(ast.NodeVisitor):
    """The names that a node reads from outside itself: inner functions' and comprehensions' own ones left out."""

    def __init__(self) -> None:
        self.loads: list[str] = []
        self.stores: list[str] = []
        self.hidden: list[set[str]] = []

    def visit_Name(self, node: ast.Name) -> None:
        if any(node.id in h for h in self.hidden):
            return
        if isinstance(node.ctx, ast.Load):
            if node.id not in self.stores:
                self.loads.append(node.id)
        elif isinstance(node.ctx, ast.Store) and not self.hidden:
            self.stores.append(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if (
            isinstance(node.target, ast.Name)
            and node.target.id not in self.stores
            and not any(node.target.id in h for h in self.hidden)
        ):
            self.loads.append(node.target.id)
        self.visit(node.value)
        self.visit(node.target)

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self.visit(node.target)
        for child in (*node.body, *node.orelse):
            self.visit(child)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.stores += [a.asname or a.name.split(".")[0] for a in node.names]

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.stores.append(node.name)
        self.generic_visit(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        for default in (*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)):
            self.visit(default)
        own = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        own |= {a.arg for a in (arguments.vararg, arguments.kwarg) if a is not None}
        body = node.body if isinstance(node.body, list) else [node.body]
        own |= {n.id for b in body for n in ast.walk(b) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        own |= {n.name for b in body for n in ast.walk(b) if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        own -= {name for b in body for n in ast.walk(b) if isinstance(n, ast.Global) for name in n.names}
        self.hidden.append(own)
        for child in body:
            self.visit(child)
        self.hidden.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        if not self.hidden:
            self.stores.append(node.name)
        self._function(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if not self.hidden:
            self.stores.append(node.name)
        for base in (*node.bases, *node.decorator_list):
            self.visit(base)
        self.hidden.append({n.name for n in node.body if isinstance(n, ast.FunctionDef)})
        for child in node.body:
            self.visit(child)
        self.hidden.pop()

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        own = {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        self.visit(node.generators[0].iter)
        self.hidden.append(own)
        for place, generator in enumerate(node.generators):
            if place:
                self.visit(generator.iter)
            for test in generator.ifs:
                self.visit(test)
        for element in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self.visit(element)
        self.hidden.pop()

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension


def free_names(text: str) -> list[str]:
    """The names that a piece of code reads before it binds them, builtins left out, in order of their first use."""
    return [n for n in global_names(text) if n not in BUILTINS]


def global_names(text: str) -> list[str]:
    """The names that a piece of code reads before it binds them, builtins' included, in order of their first use."""
    visitor = _Loads()
    for statement in ast.parse(text).body:
        visitor.visit(statement)
    return list(dict.fromkeys(visitor.loads))


def bound_names(text: str) -> list[str]:
    """The names that a piece of code binds."""
    visitor = _Loads()
    for statement in ast.parse(text).body:
        visitor.visit(statement)
    return list(dict.fromkeys(visitor.stores))


def import_lines(trees: Iterable[ast.AST], local: Iterable[str]) -> dict[str, str]:
    """{name: the import statement that binds it}; modules beside the notebook become the package's own."""
    own = set(local)
    found: dict[str, str] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    if alias.name in own:
                        found[name] = f"from . import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
                    elif alias.asname:
                        found[name] = f"import {alias.name} as {alias.asname}"
                    else:
                        found[name] = "\n".join(
                            dict.fromkeys([*found.get(name, "").split("\n"), f"import {alias.name}"])
                        ).strip()
            elif isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
                dot = "." if node.module in own else ""
                for alias in node.names:
                    if alias.name != "*":
                        more = f" as {alias.asname}" if alias.asname else ""
                        found[alias.asname or alias.name] = f"from {dot}{node.module} import {alias.name}{more}"
    return found


def imported_names(node: ast.AST) -> set[str]:
    """The names that a statement's imports bind."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, (ast.Import, ast.ImportFrom)):
            found |= {a.asname or a.name.split(".")[0] for a in part.names}
    return found
