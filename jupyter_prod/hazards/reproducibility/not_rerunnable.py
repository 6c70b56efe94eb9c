"""JPR05 not-rerunnable."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.idempotence import Again
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.hazards.spine import Op, names_in, path_text, reads, root, statements_of

_GROWS = frozenset({"append", "extend", "insert", "appendleft", "extendleft"})
_SHRINKS = frozenset({"pop", "popleft", "remove", "popitem"})
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow, ast.MatMult, ast.LShift, ast.RShift)
_LISTS = frozenset({"list", "dict", "tuple"})


class NotRerunnable(Rule):
    code = "JPR05"
    slug = "not-rerunnable"
    severity = "warning"
    step = 4
    title = "A cell that must not be run twice"
    what = """
    Finds cells that change what an earlier cell made in such a way that a second run of the cell changes it again or
    fails: a column dropped, a number added, rows appended, a category mapped to a number under its own name. Steps
    that give the same a second time are none: `fillna`, `astype`, `sort_values`, a filter. Told once a cell and name.
    """
    why = """
    Whoever runs the cell again, after a correction or by mistake, works with other numbers and isn't told. The result
    in the notebook may come from two runs of the cell, and then no pipeline gives it again.
    """
    bad = (
        """
        import pandas as pd
        stores = pd.read_csv("stores.csv")
        # %%
        stores = stores.drop("remark", axis=1)  # JPR05
        """,
        """
        import pandas as pd
        meters = pd.read_csv("meters.csv")
        # %%
        meters["kwh"] = meters["kwh"] / 1000  # JPR05
        # %%
        meters["phase"] = meters["phase"].map({"single": 1, "three": 3})  # JPR05
        """,
        """
        results = []
        # %%
        for size in (10, 20):
            results.append(size ** 2)  # JPR05
        """,
        """
        runs = 0
        # %%
        runs += 1  # JPR05
        """,
    )
    good = (
        """
        import pandas as pd
        # %%
        stores = pd.read_csv("stores.csv")
        stores = stores.drop("remark", axis=1)
        # %%
        stores = stores[stores["area"] > 100].sort_values("area").fillna(0)
        stores["opened"] = pd.to_datetime(stores["opened"])
        """,
        """
        import pandas as pd
        meters = pd.read_csv("meters.csv")
        # %%
        meters["mwh"] = meters["kwh"] / 1000
        meters["half"] = meters["mwh"].copy()
        meters["half"] /= 2
        meters = meters.drop(columns="remark", errors="ignore")
        """,
        """
        import pandas as pd
        load = pd.read_csv("load.csv")
        # %%
        load["mw"] = (load["mw"] - load["mw"].mean()) / load["mw"].std()
        results = []
        for size in (10, 20):
            results.append(size ** 2)
        """,
    )
    conversion = "resolved"
    conversion_note = """
    Each step of the project makes its result from its inputs, and each run starts from the source.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        earlier: set[str] = set()
        cells: dict[int, list[ast.stmt]] = {}
        for statement in facts.program.statements:
            cells.setdefault(statement.cell, []).append(statement.node)
        binds: dict[int, set[str]] = {}
        for statement in facts.program.statements:
            binds.setdefault(statement.cell, set()).update(statement.trace.binds)
        for number, body in cells.items():
            if earlier:
                yield from _Cell(facts, earlier, body).hits()
            earlier |= binds.get(number, set())


class _Cell:
    """One cell, followed line by line: which names are new in it, and which are changed as it found them."""

    def __init__(self, facts: Facts, earlier: set[str], body: list[ast.stmt]) -> None:
        self.facts = facts
        self.earlier = earlier
        self.body = body
        self.fresh: set[str] = set()
        self.of: dict[str, set[str]] = {}
        self.stands_for: dict[str, list[str]] = {}
        self.again = Again(facts, self.fresh, self.of)
        self.found: dict[str, tuple[ast.AST, str]] = {}

    def hits(self) -> Iterator[Hit]:
        for statement, above in statements_of(self.body):
            found = self._harm(statement)
            if found is not None:
                path, harm = found
                if not self._guarded(path, harm, above):
                    self.found.setdefault(path.split(".")[0].split("[")[0], (statement, f"`{path}`|{harm}"))
            self._follow(statement)
        for node, told in self.found.values():
            place = self.facts.place(node)
            path, _, harm = told.partition("|")
            if place is not None:
                yield Hit(
                    place, f"running this cell again {_said(harm, path)}; make it from what an earlier cell keeps"
                )

    # ------------------------------------------------------------ what is new

    def _follow(self, statement: ast.stmt) -> None:
        """Which names and columns the statement makes anew."""
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                for one in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
                    self._bind(one, statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._bind(statement.target, statement.value)
        elif isinstance(statement, (ast.For, ast.AsyncFor)):
            self._loop(statement)
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            for item in statement.items:
                if item.optional_vars is not None:
                    self._bind(item.optional_vars, item.context_expr)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            for alias in statement.names:
                self.of[alias.asname or alias.name.split(".")[0]] = set()
        elif isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            self.of[statement.name] = set()

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        path = path_text(target)
        if not path:
            return
        made_of: set[str] = set()
        for name in names_in(value):
            made_of |= self.of.get(name, {name})
        if isinstance(target, ast.Name):
            self.of[path] = made_of
            self.stands_for.pop(path, None)
            if path not in made_of:
                self.fresh.add(path)
        elif not reads(value, path):
            self.fresh.add(path)

    def _loop(self, loop: ast.For | ast.AsyncFor) -> None:
        """The loop's own names are new each time; one that goes over frames stands for them."""
        for name in names_in(loop.target):
            self.of[name] = set()
        if not isinstance(loop.target, ast.Name):
            return
        held = loop.iter
        if isinstance(held, ast.Name) and not self._is_old(held.id):
            return
        value = self.facts.value(held)
        if isinstance(held, (ast.List, ast.Tuple)):
            names = [n.id for n in held.elts if isinstance(n, ast.Name)]
        elif isinstance(held, ast.Name) and value is not None and value.kind in ("list", "tuple"):
            names = [held.id] if any(i.kind == "frame" for i in value.items) else []
        else:
            names = []
        if names and any(self._is_old(n) for n in names):
            self.stands_for[loop.target.id] = names

    def _is_old(self, name: str) -> bool:
        """Whether a name's value is, or is made of, what it held when the cell began."""
        return name in self.earlier and name in self.of.get(name, {name})

    # ------------------------------------------------------------ what is changed

    def _harm(self, statement: ast.stmt) -> tuple[str, str] | None:
        if isinstance(statement, ast.AugAssign):
            path = self._mine(statement.target)
            if not path or not isinstance(statement.op, _ARITHMETIC) or self.again.depends(statement.value, path):
                return None
            return path, "changes it once more"
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            return self._assigned(statement.targets[0], statement.value)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return self._called(statement.value)
        if isinstance(statement, ast.Delete):
            for target in statement.targets:
                if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                    owner = self._mine(target.value)
                    if owner and path_text(target) not in self.fresh:
                        return owner, "fails: the column is gone"
        return None

    def _assigned(self, target: ast.expr, value: ast.expr) -> tuple[str, str] | None:
        if isinstance(target, (ast.Tuple, ast.List)):
            if isinstance(value, ast.Tuple):
                return None
            for one in target.elts:
                if isinstance(one, ast.Name) and (found := self._assigned(one, value)):
                    return found
            return None
        if (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Attribute)
            and value.func.attr == "pop"
            and (found := self._called(value)) is not None
        ):
            return found
        path = self._mine(target, rebound=isinstance(target, ast.Name))
        if not path:
            return None
        if isinstance(target, ast.Subscript) and _is_next_row(target):
            owner = self._mine(target.value.value) if isinstance(target.value, ast.Attribute) else ""
            return (owner, "adds the row again") if owner else None
        harm = self.again.harm(value, path) if reads(value, path) else ""
        return (path, harm) if harm else None

    def _called(self, call: ast.Call) -> tuple[str, str] | None:
        if not isinstance(call.func, ast.Attribute):
            return None
        method, owner = call.func.attr, call.func.value
        path = self._mine(owner)
        if not path:
            return None
        if any(
            k.arg == "inplace" and isinstance(k.value, ast.Constant) and k.value.value is True for k in call.keywords
        ):
            harm = self.again.harm_of([Op("method", method, call)], path)
            return (path, harm) if harm else None
        value = self.facts.value(owner)
        kind = value.kind if value is not None else ""
        if kind == "frame":
            if method == "insert" and not any(k.arg == "allow_duplicates" for k in call.keywords):
                named = call.args[1] if len(call.args) > 1 else None
                known = isinstance(named, ast.Constant) and f"{path}.{named.value!s}" in self.fresh
                return None if known else (path, "fails: the column is there already")
            return (path, "fails: the column is gone") if method == "pop" else None
        if method == "add" and self.facts.qualified(call.func).endswith("Sequential.add"):
            return path, "adds the layer again"
        held = self.facts.value(_base(owner))
        if kind not in _LISTS and (held is None or held.kind not in _LISTS):
            return None
        if method in _GROWS:
            return path, "adds to it again"
        if method in _SHRINKS and not (method == "pop" and len(call.args) > 1):
            return path, "takes something away again, or fails"
        return None

    def _mine(self, node: ast.expr, rebound: bool = False) -> str:
        """The path of something that the cell found; empty where it made it itself."""
        path = path_text(node)
        name = root(node)
        if not path or name in self.facts.naming.imports:
            return ""
        if name in self.stands_for and not rebound:
            return path
        parts = path.split(".")
        if any(".".join(parts[: n + 1]) in self.fresh for n in range(1, len(parts))) or not self._is_old(name):
            return ""
        return path

    def _guarded(self, path: str, harm: str, above: tuple[ast.stmt, ...]) -> bool:
        """`if "a" in df.columns:`, `try:`, the body of `if __name__ …`: the cell looks before it changes."""
        name = path.split(".")[0].split("[")[0]
        for block in above:
            if isinstance(block, (ast.If, ast.While)) and name in names_in(block.test) and harm.startswith("fails"):
                return True
            if isinstance(block, ast.Try) and harm.startswith("fails"):
                return True
            if isinstance(block, ast.If) and any(
                isinstance(n, ast.Compare) and isinstance(n.ops[0], (ast.In, ast.NotIn)) and name in names_in(n)
                for n in ast.walk(block.test)
            ):
                return True
        return False


def _base(node: ast.expr) -> ast.expr:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node


def _is_next_row(target: ast.Subscript) -> bool:
    """`df.loc[len(df)] = …`."""
    key = target.slice
    return (
        isinstance(target.value, ast.Attribute)
        and target.value.attr == "loc"
        and (ast.unparse(key).startswith("len(") or ast.unparse(key).endswith(".shape[0]"))
    )


def _said(harm: str, path: str) -> str:
    verb, _, rest = harm.partition(" ")
    if harm.startswith("fails"):
        return f"fails on {path}{harm.removeprefix('fails')}"
    if harm.startswith(("is ", "tests", "maps", "finds", "splits", "joins", "draws", "samples", "wraps")):
        return f"changes {path}: it {harm}"
    return f"changes {path}: it {verb} {rest}".rstrip()
