"""What Python's own functions and the methods of its own types do."""

from __future__ import annotations

import ast
import contextlib
from typing import TYPE_CHECKING

from jupyter_prod.program.events import Written
from jupyter_prod.program.expressions import Expressions
from jupyter_prod.program.values import JUDGING, Value, join

if TYPE_CHECKING:
    from jupyter_prod.program.calls import Arguments

GROWING = frozenset(
    {
        "append",
        "extend",
        "insert",
        "update",
        "add",
        "setdefault",
        "remove",
        "pop",
        "popitem",
        "clear",
        "sort",
        "reverse",
        "discard",
        "appendleft",
        "subtract",
    }
)


class BuiltinCalls(Expressions):
    """Mixed into the interpreter."""

    if TYPE_CHECKING:

        def callback(self, function: Value, *values: Value) -> Value: ...

    if TYPE_CHECKING:

        def unknown(self, node: ast.Call | None, given: Arguments) -> Value: ...

    def call_builtin(self, node: ast.Call, name: str, given: Arguments) -> Value:
        """Calls a builtin by its name."""
        first = given.positional[0] if given.positional else Value()
        handler = getattr(self, "builtin_" + name, None)
        if handler is not None:
            value: Value = handler(node, given, first)
            return value
        if name in (
            "int",
            "float",
            "str",
            "bool",
            "abs",
            "round",
            "complex",
            "ord",
            "chr",
            "repr",
            "divmod",
            "pow",
            "hash",
            "format",
        ):
            value = self.derive(*given.positional)
            if (
                first.known()
                and name in ("int", "float", "str")
                and len(given.positional) == 1
                and isinstance(first.const, (str, int, float))
            ):
                with contextlib.suppress(ValueError, OverflowError):
                    value.const = {"int": int, "float": float, "str": str}[name](first.const)
            return value
        if name in ("sum", "max", "min", "any", "all"):
            if first.axis and first.kind in ("series", "array", "list", "frame"):
                judges = first.metric or (name in JUDGING and first.prediction is not None)
                return Value(kind="scalar", origin=first.origin | first.axis, metric=judges)
            return self.derive(*given.positional, kind="scalar")
        return self.unknown(node, given)

    def builtin_print(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        for value in given.all():
            self.record.use(value)
        return Value(kind="none", const=None)

    builtin_display = builtin_print

    def builtin_len(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        if first.items and first.kind in ("list", "tuple", "dict"):
            return Value(kind="scalar", const=len(first.items))
        if first.axis and first.kind in ("frame", "series", "array", "index", "list", "unknown"):
            return Value(kind="shape", origin=first.origin | first.axis, parent=first)
        return self.derive(first, kind="scalar")

    def builtin_range(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        counts = [a for a in given.positional if a.kind == "shape"]
        if counts:  # range(len(df)): positions of rows
            self.lives(node)
            base = counts[-1].parent
            axis = base.axis if base is not None else frozenset()
            return Value(kind="index", axis=axis, origin=axis)
        return Value(
            kind="list", element=Value(kind="scalar"), origin=frozenset().union(*(a.origin for a in given.positional))
        )

    def lives(self, node: ast.Call) -> None:
        """The arguments tell how many rows there are, for something as long as they."""
        for argument in (*node.args, *(k.value for k in node.keywords)):
            for part in ast.walk(argument):
                note = self.notes.get(id(part))
                if note is not None and note.value.kind == "shape":
                    note.live = True

    def builtin_list(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        if first.kind in ("columns", "frame"):
            return Value(
                kind="columns",
                origin=first.origin if first.kind == "columns" else frozenset(),
                parent=first,
                columns=first.columns,
            )
        if first.axis:
            value = self.derive(first, kind="list")
            value.content = first.content
            return value
        return Value(
            kind="list",
            items=first.items,
            element=first.element or (self.element_of(first) if given.positional else None),
            const=list(first.const) if isinstance(first.const, (list, tuple)) else first.const,
            origin=first.origin,
            metric=first.metric,
        )

    builtin_tuple = builtin_list

    def builtin_sorted(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        if first.axis:
            return Value(kind="list", origin=first.origin | first.axis)
        return Value(kind="list", items=first.items, element=self.element_of(first), origin=first.origin)

    def builtin_set(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        return Value(
            kind="columns" if first.kind in ("columns", "frame") else "list",
            items=first.items,
            origin=(first.origin | first.axis) if first.kind != "frame" else frozenset(),
        )

    builtin_frozenset = builtin_set

    def builtin_dict(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        if given.keywords:
            return Value(
                kind="dict",
                items=list(given.keywords.values()),
                keys=list(given.keywords),
                origin=frozenset().union(*(a.origin for a in given.all() if not a.axis)),
            )
        if first.kind == "dict":
            return Value(kind="dict", items=first.items, keys=first.keys, origin=first.origin)
        return Value(
            kind="dict",
            origin=frozenset().union(*(a.origin | a.axis for a in given.positional)),
            items=list(given.positional),
        )

    def builtin_zip(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        elements = [self.element_of(a) for a in given.positional]
        pairs = Value(kind="tuple", items=elements)
        axis = (
            frozenset().union(*(a.axis for a in given.positional))
            if all(a.axis for a in given.positional)
            else frozenset()
        )
        length = {len(a.items) for a in given.positional if a.items}
        rows = []
        if len(length) == 1 and all(a.items for a in given.positional):
            rows = [Value(kind="tuple", items=[a.items[i] for a in given.positional]) for i in range(length.pop())]
        if axis:
            pairs.axis = axis
        return Value(
            kind="list",
            items=rows,
            element=pairs,
            axis=axis,
            origin=frozenset().union(*(a.origin for a in given.positional)),
        )

    def builtin_enumerate(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        return Value(
            kind="list",
            element=Value(kind="tuple", items=[Value(kind="scalar"), self.element_of(first)]),
            axis=first.axis,
            origin=first.origin,
        )

    def builtin_map(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        over = given.positional[1:] or [Value()]
        element = self.callback(first, *[self.element_of(o) for o in over])
        axis = over[0].axis
        return Value(kind="list", element=None if axis else element, axis=axis, origin=element.origin | over[0].origin)

    def builtin_filter(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        over = given.positional[1] if len(given.positional) > 1 else Value()
        if first.kind == "function":
            self.callback(first, self.element_of(over))
        return Value(kind="list", items=over.items, element=self.element_of(over), origin=over.origin)

    def builtin_reversed(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        return first

    builtin_iter = builtin_reversed

    def builtin_next(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        return self.element_of(first)

    def builtin_isinstance(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        value = self.derive(first, kind="scalar")
        if first.kind in ("frame", "series", "array") and first.axis:
            return Value(kind="scalar")
        return value

    builtin_type = builtin_isinstance

    def builtin_open(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        mode = given.constant(1, "mode", "r")
        value = Value(kind="file", type=str(mode), const=first.const)
        if isinstance(mode, str) and any(c in mode for c in "wax"):
            value.name = "written"
        return value

    def builtin_input(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        self.record.trace.interactive = True
        return Value(kind="text")

    def builtin_getattr(self, node: ast.Call, given: Arguments, first: Value) -> Value:
        return Value(origin=first.origin)

    def call_plain_method(self, node: ast.Call, base: Value, name: str, given: Arguments) -> Value:
        """A method of a list, dict, text, row or of something unknown."""
        if base.kind == "figure":
            return base
        if base.kind == "file":
            if name in ("write", "writelines"):
                for value in given.all():
                    self.record.use(value)
                self.record.emit(Written(self.record.now, node, base.const if isinstance(base.const, str) else None))
            return Value(kind="text")
        if base.kind in ("list", "dict", "tuple", "columns", "unknown", "set", "scalar") and name in GROWING:
            return self._grow(base, name, given)
        if base.kind == "dict" and name in ("items", "values", "keys"):
            texts = [Value(kind="text", const=k) for k in base.keys]
            made = {
                "items": [Value(kind="tuple", items=[k, v]) for k, v in zip(texts, base.items, strict=False)]
                or [Value(kind="tuple", items=[Value(), v]) for v in base.items],
                "values": base.items,
                "keys": texts,
            }[name]
            return Value(kind="list", items=list(made), origin=base.origin, element=base.element)
        if base.kind == "dict" and name == "get" and given.positional:
            key = given.positional[0]
            if key.known() and key.const in base.keys:
                return base.items[base.keys.index(key.const)]
            value = self.derive(base, *given.positional)
            value.kind = "unknown"
            return value
        if base.kind == "text" and name == "join" and given.positional:
            return self.derive(base, given.positional[0], kind="text")
        if base.kind == "text" and name == "format":
            return self.derive(base, *given.all(), kind="text", metric=False)
        if base.kind == "columns":
            return Value(
                kind="columns",
                origin=base.origin | frozenset().union(*(a.origin | a.axis for a in given.all())),
                parent=base.parent,
            )
        for argument in given.all():
            self.record.use(argument)
            if argument.kind == "function":
                self.callback(argument, self.element_of(base))
        value = self.derive(base, *given.all())
        if base.kind in ("unknown",) and node is self.discarded:
            self.record.mutate(base)
        if base.kind in ("row", "scalar", "text"):
            value.kind = "scalar"
        value.metric = base.metric
        return value

    discarded: ast.AST | None = None

    def _grow(self, base: Value, name: str, given: Arguments) -> Value:
        self.record.mutate(base)
        for argument in given.all():
            self.record.use(argument)
            held = self.element_of(argument) if name in ("extend", "update") else argument
            if name in ("append", "add", "insert", "extend", "appendleft", "update", "setdefault"):
                base.element = held if base.element is None else join(base.element, held)
                base.metric |= argument.metric
                if not argument.axis or argument.kind == "scalar":
                    base.origin |= argument.origin
                base.const = _grown(base.const, name, argument)
                if name == "append" and argument.axis and argument.kind in ("scalar", "text", "row"):
                    base.axis |= argument.axis  # one of each row: a list of rows
                if base.items and name in ("append",) and base.kind == "list":
                    base.items = [*base.items, argument]
        return self.element_of(base) if name in ("pop", "setdefault", "popitem") else Value(kind="none", const=None)


def _grown(const: object, name: str, argument: Value) -> object:
    from jupyter_prod.program.values import MISSING

    if name == "append" and isinstance(const, list) and argument.known():
        return [*const, argument.const]
    return MISSING
