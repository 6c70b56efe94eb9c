"""Whether doing something to a value a second time changes or breaks it."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.repeating import ARITHMETIC, CHANGING, DT, KIND_OF, OTHER_KIND, OTHER_KIND_ATTRIBUTES, PLAIN
from jupyter_prod.hazards.spine import Op, names_in, paths_in, spine

_TESTS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}


class Again:
    """Asks for one cell: `fresh` are paths that the cell writes anew, `of` the names that a name was made of in it."""

    def __init__(self, facts: Facts, fresh: set[str], of: dict[str, set[str]]) -> None:
        self.facts = facts
        self.fresh = fresh
        self.of = of

    def harm(self, value: ast.expr, path: str) -> str:
        """What is wrong with putting an expression back under the path that it reads; empty where nothing is."""
        ops = spine(value, path)
        return self.harm_of(ops, path) if ops else ""

    def harm_of(self, ops: list[Op], path: str) -> str:
        """The same for steps that are known already, the last one first."""
        wrapped = False
        for at, op in enumerate(ops):
            found = self._op(op, ops[:at], ops[at + 1 :], path, wrapped)
            if found is not None:
                return found
            wrapped = wrapped or op.kind == "function"
        return ""

    def _op(self, op: Op, later: list[Op], earlier: list[Op], path: str, wrapped: bool) -> str | None:
        """What a step does the second time; empty where it settles that all is well, None where it says nothing."""
        if op.kind == "operator":
            if op.name in ("USub", "Not", "Invert"):
                return "turns it round again"
            if op.name not in ARITHMETIC:
                return None
            assert op.side is not None
            return "" if self.depends(op.side, path) else "is computed on what the first run left"
        if op.kind == "method":
            assert isinstance(op.node, ast.Call)
            return self._method(op.name, op.node, later, earlier, path, wrapped)
        if op.kind == "function":
            return self._function(op, path)
        if op.kind == "attribute":
            if op.name == "T":
                return "turns it back"
            if op.name == "date" and any(o.kind == "function" for o in earlier):
                return None  # `pd.to_datetime(…).dt.date` reads its own dates again
            if op.name in DT and earlier and earlier[0].name == "dt":
                return "fails: no date is left there"
            return "fails: it is of another kind then" if self._kind_changes(op, path, wrapped) else None
        if op.kind == "index":
            return self._index(op, earlier, path)
        if op.kind == "stack":
            return "adds to it again"
        if op.kind == "wrap":
            return "wraps it once more"
        if op.kind == "test" and not later:
            return self._test(op.node, path)
        if op.kind == "each":
            assert isinstance(op.node, (ast.ListComp, ast.GeneratorExp))
            target = op.node.generators[0].target
            return self.harm(op.node.elt, target.id) or None if isinstance(target, ast.Name) else None
        return None

    # ------------------------------------------------------------ methods

    def _method(
        self, name: str, call: ast.Call, later: list[Op], earlier: list[Op], path: str, wrapped: bool
    ) -> str | None:
        before = {o.name for o in earlier}
        accessor = earlier[0].name if earlier and earlier[0].kind == "attribute" else ""
        if accessor == "str":
            return self._text_method(name, later)
        if accessor == "dt":
            return "fails: no date is left there" if name in DT else None
        if name == "drop":
            return self._drop(call, earlier, path)
        if name == "set_index":
            undone = any(o.name == "reset_index" for o in later) or self._says(call, "drop", False)
            named = bool(call.args or call.keywords) and self._names_columns(call)
            return None if undone or not named or self._is_new(call, path) else "fails: the column is the index already"
        if name == "reset_index":
            plain = all(o.kind == "index" or o.name in PLAIN for o in earlier)
            return "adds another index column" if plain and not self._says(call, "drop", True) else None
        if name in ("map", "apply", "applymap", "transform"):
            return self._mapped(name, call)
        if name == "replace":
            held = self._dict(call.args[0]) if call.args else None
            return "replaces what the first run put there" if held is not None and _chained(held) else None
        if name == "rename":
            held = self._dict(next((k.value for k in call.keywords if k.arg == "columns"), None))
            return "renames what the first run renamed" if held is not None and _chained(held) else None
        if name == "astype" and earlier and "str" in before and _is_number(call):
            return "fails: the column holds numbers by then"
        if name in ("append", "extend", "merge", "join", "sample"):
            return self._adding(name, call)
        if name in ("count", "size", "nunique") and "groupby" not in before and not wrapped:
            return None
        if name in CHANGING:
            return None if self._argument_depends(call, path) else "changes it once more"
        if name in OTHER_KIND and self._kind_changes(Op("method", name, call), path, wrapped):
            return "fails: it is of another kind then"
        return None

    def _adding(self, name: str, call: ast.Call) -> str | None:
        if name == "join" and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant):
            return None
        if name == "sample":
            return "samples the sample" if call.args or call.keywords else None
        return "joins the other table once more" if name in ("merge", "join") else "adds the same rows again"

    def _kind_changes(self, op: Op, path: str, wrapped: bool) -> bool:
        """Whether the name holds something else afterwards: a column keeps being one."""
        if wrapped or "." in path or "[" in path:
            return False
        return op.name in (OTHER_KIND if op.kind == "method" else OTHER_KIND_ATTRIBUTES)

    def _text_method(self, name: str, later: list[Op]) -> str | None:
        if name == "split" and not later:
            return "splits lists and leaves nothing"
        if name in ("len", "get_dummies", "count") and not later:
            return "fails: no text is left there"
        return None

    def _drop(self, call: ast.Call, earlier: list[Op], path: str) -> str | None:
        if self._says(call, "errors", "ignore") or not all(o.kind == "index" or o.name in PLAIN for o in earlier):
            return None
        named = {k.arg: k.value for k in call.keywords if k.arg}
        across = named.get("columns")
        axis = named.get("axis", call.args[1] if len(call.args) > 1 else None)
        if across is None and axis is not None and ast.unparse(axis).strip("'\"") in ("1", "columns"):
            across = named.get("labels", call.args[0] if call.args else None)
        label = across or named.get("index") or named.get("labels") or (call.args[0] if call.args else None)
        if label is None or isinstance(label, (ast.ListComp, ast.GeneratorExp)):
            return None
        if across is None:
            if not _is_literal(label):
                return None
            return "fails: the row is gone"
        if self.depends(label, path) or self._is_new(call, path):
            return None
        return "fails: the column is gone"

    def _names_columns(self, call: ast.Call) -> bool:
        """Whether `set_index` is given columns by name, and no index that was made elsewhere."""
        given = next((k.value for k in call.keywords if k.arg == "keys"), call.args[0] if call.args else None)
        value = self.facts.value(given)
        if value is not None and value.known():
            held = value.const if isinstance(value.const, (list, tuple)) else [value.const]
            return all(isinstance(c, str) for c in held)
        return given is not None and _is_literal(given)

    def _is_new(self, call: ast.Call, path: str) -> bool:
        """Whether a column that a call names was written by this cell before."""
        given = [*call.args[:1], *(k.value for k in call.keywords if k.arg in ("columns", "labels", "keys"))]
        names = {
            n.value for g in given for n in ast.walk(g) if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
        return bool(names) and all(f"{path}.{n}" in self.fresh for n in names)

    def _mapped(self, name: str, call: ast.Call) -> str | None:
        given = call.args[0] if call.args else None
        if given is None:
            return None
        if isinstance(given, ast.Lambda) and len(given.args.args) == 1:
            return self.harm(given.body, given.args.args[0].arg) or self._choice(given.body, given.args.args[0].arg)
        held = self._dict(given)
        if held is not None and name == "map":
            keys, values = set(map(repr, held)), set(map(repr, held.values()))
            return "maps what is mapped, and leaves nothing" if held and not keys & values else None
        known = self.facts.qualified(given) if isinstance(given, (ast.Name, ast.Attribute)) else ""
        return "fails: it is done already" if KIND_OF.get(known) == "breaks" else None

    # ------------------------------------------------------------ functions, indices, tests

    def _function(self, op: Op, path: str) -> str | None:
        assert isinstance(op.node, ast.Call)
        name = self.facts.qualified(op.node.func)
        if name == "pandas.get_dummies":
            return "fails: the columns are gone" if any(k.arg == "columns" for k in op.node.keywords) else None
        if name == "pandas.to_numeric" and op.node.args:
            inner = spine(op.node.args[0], path) or []
            return "fails: the column holds numbers by then" if any(o.name == "str" for o in inner) else None
        if name == "numpy.where" and len(op.node.args) == 3:
            return self._where(op.node.args[0], op.node.args[1], op.node.args[2], path) or None
        kind = KIND_OF.get(name)
        if kind is None or (kind in ("grows", "joins") and self._only_parts_of_itself(op, path)):
            return None
        return {
            "grows": "adds the same again",
            "joins": "joins once more",
            "shrinks": "takes more away",
            "breaks": "fails: it is done already",
            "draws": "draws from what was drawn",
        }.get(kind, "is computed on what the first run left")

    def _only_parts_of_itself(self, op: Op, path: str) -> bool:
        """`df = pd.concat([df[a], df[b]])`: nothing is added that isn't of the value itself."""
        held = op.side.elts if isinstance(op.side, (ast.List, ast.Tuple)) else []
        return len(held) == 1 or (
            len(held) > 1 and all(self.depends(e, path) for e in held) and not any(_same(e, path) for e in held)
        )

    def _index(self, op: Op, earlier: list[Op], path: str) -> str | None:
        assert op.side is not None
        accessor = earlier[0].name if earlier and earlier[0].kind == "attribute" else ""
        key = op.side
        if accessor == "str":
            if isinstance(key, ast.Slice):
                return "cuts off more" if self._cuts(key) else None
            split = len(earlier) > 1 and earlier[1].name == "split"
            return "finds no such part" if split and not _is_zero(key) else None
        if "." in path or "[" in path:
            return None
        for part in key.elts if isinstance(key, ast.Tuple) else [key]:
            if isinstance(part, ast.Slice) and self._cuts(part):
                return "cuts off more"
            if (isinstance(part, ast.Constant) and part.value is None) or ast.unparse(part).endswith(".newaxis"):
                return "adds an axis once more"
        if isinstance(key, ast.Constant) and isinstance(key.value, (str, int)) and not earlier:
            return "fails or goes one level deeper"
        return None

    def _test(self, node: ast.expr, path: str) -> str | None:
        if isinstance(node, ast.Compare):
            return self._where(node, ast.Constant(True), ast.Constant(False), path) or None
        return self._choice(node, path)

    def _choice(self, node: ast.expr, path: str) -> str | None:
        if isinstance(node, ast.IfExp):
            return self._where(node.test, node.body, node.orelse, path) or None
        return None

    def _where(self, test: ast.expr, yes: ast.expr, no: ast.expr, path: str) -> str:
        """`1 if x == "yes" else 0`, asked of its own answers."""
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or _path_differs(test.left, path):
            return ""
        try:
            bound, first, second = (ast.literal_eval(n) for n in (test.comparators[0], yes, no))
            asked = _TESTS[type(test.ops[0])]
            same = asked(first, bound) is True and asked(second, bound) is False
        except TypeError:
            same = False
        except (ValueError, KeyError, SyntaxError, MemoryError, RecursionError):
            return ""
        return "" if same else "tests its own answers"

    # ------------------------------------------------------------ helpers

    def depends(self, node: ast.expr, path: str) -> bool:
        """Whether an expression is made of what the path hangs on, in this cell: then it changes with it."""
        own = path.split(".")[0].split("[")[0]
        if any(n != own and own in self.of.get(n, ()) for n in names_in(node)):
            return True
        return any(_touches(text, path) for text in paths_in(node) if text.split(".")[0].split("[")[0] == own)

    def _argument_depends(self, call: ast.Call, path: str) -> bool:
        return any(self.depends(a, path) for a in call.args)

    def _dict(self, node: ast.expr | None) -> dict[Any, Any] | None:
        if node is None:
            return None
        try:
            held = ast.literal_eval(node)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            value = self.facts.value(node)
            held = value.const if value is not None and value.known() else None
        return held if isinstance(held, dict) else None

    def _says(self, call: ast.Call, keyword: str, const: object) -> bool:
        return any(
            k.arg == keyword and isinstance(k.value, ast.Constant) and k.value.value == const for k in call.keywords
        )

    def _cuts(self, key: ast.Slice) -> bool:
        """Whether a slice takes something away each time: `[1:]`, `[:-1]`, `[::2]`."""
        lower, upper, step = key.lower, key.upper, key.step
        if step is not None and ast.unparse(step) != "1":
            return True
        if isinstance(upper, ast.UnaryOp) and isinstance(upper.op, ast.USub):
            return True
        if lower is None or isinstance(lower, ast.UnaryOp):
            return False
        value = self.facts.value(lower)
        const = lower.value if isinstance(lower, ast.Constant) else value.const if value is not None else None
        return isinstance(const, int) and const > 0


def _touches(text: str, path: str) -> bool:
    """Whether one path is the other, or a part of it."""
    return text == path or path.startswith((f"{text}.", f"{text}[")) or text.startswith((f"{path}.", f"{path}["))


def _same(node: ast.expr, path: str) -> bool:
    return ast.unparse(node) == path


def _path_differs(node: ast.expr, path: str) -> bool:
    return bool(spine(node, path)) or spine(node, path) is None


def _chained(held: dict[Any, Any]) -> bool:
    """Whether a value that is put in is itself replaced by another one."""
    return any(
        repr(v) in {repr(k) for k in held if repr(k) != repr(v)} and repr(held.get(v)) != repr(v)
        for v in held.values()
        if _hashes(v)
    )


def _hashes(value: object) -> bool:
    return isinstance(value, (str, int, float, bool, bytes, type(None)))


def _is_literal(node: ast.expr) -> bool:
    return all(
        isinstance(n, (ast.Constant, ast.List, ast.Tuple, ast.UnaryOp, ast.USub, ast.Load)) for n in ast.walk(node)
    )


def _is_zero(node: ast.expr) -> bool:
    return (isinstance(node, ast.Constant) and node.value == 0) or ast.unparse(node) == "-1"


def _is_number(call: ast.Call) -> bool:
    given = [*call.args, *(k.value for k in call.keywords)]
    return bool(given) and any(w in ast.unparse(given[0]) for w in ("int", "float"))
