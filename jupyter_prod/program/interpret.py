"""Runs the notebook's statements on abstract values: who defines, changes and reads what, and what each value is."""

from __future__ import annotations

import ast
import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jupyter_prod.knowledge import Knowledge
from jupyter_prod.program.calls import Arguments, Calls
from jupyter_prod.program.events import Note
from jupyter_prod.program.record import Record
from jupyter_prod.program.scope import Scope, merge
from jupyter_prod.program.values import MISSING, Value, join

NO_COLUMNS = frozenset({"index", "columns", "values", "name", "names", "attrs", "flags", "dtype", "shape"})
"""Attributes of tables that are no columns, though they are assigned like some."""

PASSES = 2
"""How often a loop's body is looked at: the second time, what the first has left is known."""


class Interpreter(Calls):
    """One notebook's abstract interpretation; `run` takes one top-level statement after another."""

    def __init__(self, know: Knowledge, folder: Path | None, modules: Mapping[str, ast.Module] | None = None) -> None:
        self.know = know
        self.folder = folder
        self.modules = dict(modules or {})
        self.record = Record()
        self.scope = Scope()
        self.top = self.scope
        self.notes: dict[int, Note] = {}
        self.running: set[int] = set()
        self.discarded = None
        self._module_scopes: dict[str, Scope] = {}

    def run(self, statement: ast.stmt) -> None:
        """Interprets the next top-level statement."""
        self.record.begin()
        self.scope = self.top
        self.execute(statement)

    def run_body(self, body: list[ast.stmt]) -> None:
        """Interprets statements in order; what follows a sure `return` is left."""
        for statement in body:
            self.execute(statement)

    def execute(self, statement: ast.stmt) -> None:
        """Interprets one statement in the present scope."""
        handler: Callable[[ast.stmt], None] | None = getattr(self, "do_" + type(statement).__name__.lower(), None)
        self.record.frames.append([])
        try:
            if handler is not None:
                handler(statement)
                return
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.expr):
                    self.evaluate(child)
        finally:
            self.record.frames.pop()

    # ------------------------------------------------------------ imports and definitions

    def do_import(self, statement: ast.Import) -> None:
        for alias in statement.names:
            name = alias.name if alias.asname else alias.name.split(".")[0]
            bound = alias.asname or name
            self.bind_name(bound, self._module(name))

    def _module(self, name: str) -> Value:
        if name in self.modules:
            scope = self._own_module(name)
            return Value(kind="instance", type=name, items=list(scope.names.values()), keys=list(scope.names))
        return Value(kind="module", type=self.know.canonical(name))

    def _own_module(self, name: str) -> Scope:
        """The names of a module that lies beside the notebook, found by interpreting it."""
        if name not in self._module_scopes:
            scope = self._module_scopes[name] = Scope()
            outer, self.scope = self.scope, scope
            try:
                self.run_body(self.modules[name].body)
            finally:
                self.scope = outer
        return self._module_scopes[name]

    def do_importfrom(self, statement: ast.ImportFrom) -> None:
        module = statement.module or ""
        if module in self.modules:
            scope = self._own_module(module)
            for alias in statement.names:
                if alias.name == "*":
                    for name, value in scope.names.items():
                        self.bind_name(name, value)
                else:
                    self.bind_name(alias.asname or alias.name, scope.names.get(alias.name, Value()))
            return
        for alias in statement.names:
            if alias.name == "*":
                self.top.stars.append(module)
                continue
            qualified = self.know.canonical(f"{module}.{alias.name}")
            if self.know.klass(qualified) is not None:
                kind = "class"
            elif self.know.function(qualified) is not None:
                kind = "callable"
            else:
                kind = "class" if alias.name[:1].isupper() else "module" if alias.name == "pyplot" else "callable"
            self.bind_name(alias.asname or alias.name, Value(kind=kind, type=qualified))

    def do_functiondef(self, statement: ast.FunctionDef) -> None:
        for decorator in statement.decorator_list:
            self.evaluate(decorator)
        self.bind_name(statement.name, Value(kind="function", node=statement, closure=self.scope, name=statement.name))

    do_asyncfunctiondef = do_functiondef

    def do_classdef(self, statement: ast.ClassDef) -> None:
        bases = [self.evaluate(base) for base in statement.bases]
        value = Value(kind="class", node=statement, closure=self.scope, type=statement.name, items=bases)
        value.element = self._class_attributes(statement)
        self.bind_name(statement.name, value)

    def _class_attributes(self, statement: ast.ClassDef) -> Value | None:
        """What the class's own assignments hold: settings are often kept so (`class Config: path = "rows.csv"`)."""
        assignments: list[ast.stmt] = [s for s in statement.body if isinstance(s, (ast.Assign, ast.AnnAssign))]
        if not assignments:
            return None
        outer, self.scope = self.scope, Scope(outer=self.scope)
        try:
            self.run_body(assignments)
            names = self.scope.names
        finally:
            self.scope = outer
        return Value(kind="instance", type=statement.name, items=list(names.values()), keys=list(names))

    # ------------------------------------------------------------ binding

    def bind_name(self, name: str, value: Value) -> None:
        """Binds a name in the present scope."""
        scope = self.scope
        if name in scope.declared_global:
            scope = self.top
        scope.names[name] = value
        if scope is self.top:
            self.record.bind(name, value)

    def bind(self, target: ast.expr, value: Value) -> None:
        """Binds any assignment target."""
        if isinstance(target, ast.Name):
            self.bind_name(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target, value)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, Value(kind="list", element=value))
        elif isinstance(target, ast.Subscript):
            base = self.evaluate(target.value)
            key = self.evaluate(target.slice)
            self._store(base, key, value)
        elif isinstance(target, ast.Attribute):
            base = self.evaluate(target.value)
            if base.kind == "instance":
                base.keys, base.items = [*base.keys, target.attr], [*base.items, value]
                return
            self.record.mutate(base, value, key=target.attr if target.attr not in NO_COLUMNS else None)

    def _unpack(self, target: ast.Tuple | ast.List, value: Value) -> None:
        if len(value.items) != len(target.elts):
            value = next((v for v in value.alike if len(v.items) == len(target.elts)), value)
        if (
            value.items
            and len(value.items) == len(target.elts)
            and not any(isinstance(e, ast.Starred) for e in target.elts)
        ):
            for element, item in zip(target.elts, value.items, strict=True):
                self.bind(element, item)
            return
        for element in target.elts:
            if value.kind == "shape" and value.parent is not None:
                self.bind(element, Value(kind="shape", parent=value.parent, origin=value.origin))
            elif value.kind == "figure":
                self.bind(element, Value(kind="figure"))
            else:
                part = self.element_of(value)
                if part.tick < 0:
                    self.record.link(part, value)
                self.bind(element, part)

    def _store(self, base: Value, key: Value, value: Value) -> None:
        """`base[key] = value`."""
        self.record.use(value)
        self.record.mutate(
            base, value, key=key.const if key.known() and not isinstance(key.const, (list, dict)) else None
        )
        owner = base.parent if base.kind == "indexer" and base.parent is not None else base
        owner.origin |= value.origin
        if owner.kind in ("dict", "list", "unknown") and not owner.axis:
            owner.metric |= value.metric
            owner.const = MISSING
            if owner.kind == "dict" and key.known():
                if key.const in owner.keys:
                    owner.items = [
                        value if k == key.const else v for k, v in zip(owner.keys, owner.items, strict=False)
                    ]
                else:
                    owner.keys, owner.items = [*owner.keys, key.const], [*owner.items, value]
            else:
                owner.element = value if owner.element is None else join(owner.element, value)
        if owner.kind == "frame":
            if not owner.axis and value.axis and value.kind in ("series", "array", "list"):
                owner.axis = value.axis
            owner.metric |= value.metric and not owner.axis
            if owner.columns is not None and isinstance(key.const, str) and key.const not in owner.columns:
                owner.columns = (*owner.columns, key.const)
            elif not key.known():
                pass  # a loop over columns that are there, as a rule

    def do_assign(self, statement: ast.Assign) -> None:
        value = self.evaluate(statement.value)
        for target in statement.targets:
            self.bind(target, value)

    def do_annassign(self, statement: ast.AnnAssign) -> None:
        if statement.value is not None:
            self.bind(statement.target, self.evaluate(statement.value))

    def do_augassign(self, statement: ast.AugAssign) -> None:
        right = self.evaluate(statement.value)
        target = statement.target
        if isinstance(target, ast.Name):
            load = ast.copy_location(ast.Name(target.id, ast.Load()), target)
            old = self.evaluate(load)
            value = self.derive(old, right)
            value.kind = old.kind if old.kind != "unknown" else value.kind
            if old.kind in ("list", "dict") and not old.axis:
                self.record.mutate(old, right)
                old.element = self.element_of(right)
                value = old
            self.bind_name(target.id, value)
        else:
            self.bind(target, self.derive(self.evaluate(_loaded(target)), right))

    def do_delete(self, statement: ast.Delete) -> None:
        for target in statement.targets:
            if isinstance(target, ast.Name):
                if target.id in self.scope.names:
                    if self.scope is self.top:
                        self.record.read(target.id, self.scope)
                        self.record.bind(target.id, Value())
                    self.scope.names.pop(target.id, None)
            elif isinstance(target, (ast.Subscript, ast.Attribute)):
                key = self.evaluate(target.slice).const if isinstance(target, ast.Subscript) else target.attr
                self.record.mutate(
                    self.evaluate(target.value), Value(kind="none"), key=key if isinstance(key, str) else None
                )

    # ------------------------------------------------------------ control flow

    def do_expr(self, statement: ast.Expr) -> None:
        self.discarded = statement.value
        try:
            self.evaluate(statement.value)
        finally:
            self.discarded = None

    def do_return(self, statement: ast.Return) -> None:
        self.scope.returns.append(self.evaluate(statement.value))

    def do_if(self, statement: ast.If) -> None:
        test = self.evaluate(statement.test)
        if test.known() and not test.alike:  # label=None: the branch that this call takes
            self.run_body(statement.body if test.const else statement.orelse)
            return
        self._branches([statement.body, statement.orelse])

    def _branches(self, bodies: list[list[ast.stmt]]) -> None:
        before = dict(self.scope.names)
        after = []
        self.record.branching += 1
        try:
            for body in bodies:
                self.scope.names = dict(before)
                self.run_body(body)
                after.append(self.scope.names)
        finally:
            self.record.branching -= 1
        self.scope.names = merge(before, after)

    def do_for(self, statement: ast.For) -> None:
        over = self.evaluate(statement.iter)
        before = dict(self.scope.names)
        self.record.branching += 1
        try:
            items = over.items if over.kind in ("list", "tuple") and 0 < len(over.items) <= 30 and not over.axis else []
            for element in items or [self.element_of(over)] * PASSES:
                if element.tick < 0:
                    self.record.link(element, over)
                self.bind(statement.target, element)
                self.run_body(statement.body)
            self.run_body(statement.orelse)
        finally:
            self.record.branching -= 1
        self.scope.names = merge(before, [self.scope.names])

    do_asyncfor = do_for

    def do_while(self, statement: ast.While) -> None:
        self.record.branching += 1
        try:
            for _ in range(PASSES):
                self.evaluate(statement.test)
                self.run_body(statement.body)
        finally:
            self.record.branching -= 1

    def do_try(self, statement: ast.Try) -> None:
        bodies = [statement.body + statement.orelse]
        for handler in statement.handlers:
            if handler.name:
                self.bind_name(handler.name, Value())
            bodies.append(handler.body)
        self._branches(bodies)
        self.run_body(statement.finalbody)

    do_trystar = do_try

    def do_with(self, statement: ast.With) -> None:
        for item in statement.items:
            value = self.evaluate(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value)
        self.run_body(statement.body)

    do_asyncwith = do_with

    def do_global(self, statement: ast.Global) -> None:
        self.scope.declared_global.update(statement.names)

    def do_match(self, statement: ast.Match) -> None:
        self.evaluate(statement.subject)
        self._branches([case.body for case in statement.cases])

    # ------------------------------------------------------------ files

    def header(self, path: str | None, given: Arguments) -> tuple[Any, ...] | None:
        """The names of a CSV file's columns, read from its first line; None where they can't be known."""
        names = given.constant(None, "names")
        if isinstance(names, list) and all(isinstance(n, str) for n in names):
            return tuple(names)
        header = given.constant(None, "header", 0)
        if path is None or self.folder is None or header not in (0, None, "infer") or "://" in path:
            return None
        file = near(self.folder, path)
        if file is None or file.suffix.lower() not in (".csv", ".txt", ".data", ".tsv"):
            return None
        separator = given.constant(1, "sep", given.constant(None, "delimiter", ","))
        try:
            with file.open(encoding="utf-8", errors="replace", newline="") as f:
                line = f.readline(100_000)
        except (OSError, ValueError):
            return None
        if not isinstance(separator, str) or len(separator) != 1 or "\0" in line:
            return None  # bytes of another kind of file
        try:
            found: tuple[Any, ...] = tuple(next(csv.reader([line.lstrip("\ufeff")], delimiter=separator), []))
        except (csv.Error, TypeError, ValueError):
            return None
        if header is None:
            found = tuple(range(len(found)))
        return _kept(found, given)


def near(folder: Path, path: str) -> Path | None:
    """A file that a notebook in `folder` names, where it lies there or up to two folders above; None elsewhere."""
    try:
        file = (folder / path.replace("\\", "/")).resolve()
        top = folder.resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    above = [top, *top.parents][:3]
    return file if above[-1] in file.parents and file.is_file() else None


def _kept(names: tuple[Any, ...], given: Arguments) -> tuple[Any, ...] | None:
    """The columns that `usecols` and `index_col` leave."""
    if "usecols" in given.keywords:
        wanted = given.constant(None, "usecols")
        if not isinstance(wanted, list):
            return None
        names = tuple(n for place, n in enumerate(names) if n in wanted or place in wanted)
    if "index_col" in given.keywords:
        label = given.constant(None, "index_col")
        if isinstance(label, bool) or not isinstance(label, (int, str)):
            return names if label is None or label is False else None
        names = tuple(n for place, n in enumerate(names) if n != label and (place != label or isinstance(label, str)))
    return names


def _loaded(target: ast.expr) -> ast.expr:
    """The target of an augmented assignment, as it is read."""
    if isinstance(target, ast.Subscript):
        return ast.copy_location(ast.Subscript(target.value, target.slice, ast.Load()), target)
    if isinstance(target, ast.Attribute):
        return ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
    return target
