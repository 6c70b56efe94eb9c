"""Evaluates expressions to values: the abstract interpretation's half that knows Python, not libraries."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from jupyter_prod.knowledge import Knowledge
from jupyter_prod.program.events import Fit, Note
from jupyter_prod.program.scope import BUILTINS, Scope
from jupyter_prod.program.values import MISSING, Value, join

if TYPE_CHECKING:
    from jupyter_prod.program.record import Record

TABLES = ("frame", "series", "array")


_METHODS: dict[type[ast.expr], str] = {}
"""The class of a syntax node → the method that evaluates it."""


class Expressions:
    """Mixed into the interpreter: `evaluate` any expression in the present scope."""

    know: Knowledge
    scope: Scope
    notes: dict[int, Note]
    record: Record

    if TYPE_CHECKING:

        def call(self, node: ast.Call) -> Value: ...

    if TYPE_CHECKING:

        def run_body(self, body: list[ast.stmt]) -> None: ...

    # ------------------------------------------------------------ the dispatch

    def evaluate(self, node: ast.expr | None) -> Value:
        """The value of an expression; noted under the node."""
        if node is None:
            return Value(kind="none", const=None)
        name = _METHODS.get(type(node))
        if name is None:
            name = _METHODS[type(node)] = "eval_" + type(node).__name__.lower()
        method = getattr(self, name, None)
        frames = self.record.frames
        frames.append([])
        try:
            value: Value = method(node) if method else self.eval_other(node)
        finally:
            parts = frames.pop()
        self.record.made(value, node, parts)
        if frames:
            frames[-1].append(value)
        if value.created < 0:
            value.created = self.record.now
        note = self.notes.get(id(node))
        if note is None:
            self.notes[id(node)] = Note(value)
        elif note.value is not value and not note.inplace:
            note.value = join(note.value, value)
        return value

    def note(self, node: ast.expr, value: Value, **facts: Any) -> Value:
        """Writes down what is special about an expression."""
        known = self.notes.get(id(node))
        if known is None:
            known = self.notes[id(node)] = Note(value)
        for name, fact in facts.items():
            setattr(known, name, fact)
        return value

    def derive(self, *sources: Value, kind: str = "", **more: Any) -> Value:
        """A new value made row by row from others: rows where any of them is, dependent on all of them."""
        flat = [s for s in sources if s is not None]
        axis: frozenset[str] = frozenset()
        origin: frozenset[str] = frozenset()
        for source in flat:
            axis = axis | source.axis if axis else source.axis
            origin = origin | source.origin if origin else source.origin
        origin = origin | axis if origin else axis
        if not kind:
            kinds = [s.kind for s in flat if s.axis]
            one = not axis or all(k in ("scalar", "text", "row") for k in kinds)
            kind = next((k for k in (*TABLES, "list", "scalar") if k in kinds), "scalar" if one else "unknown")
        value = Value(kind=kind, axis=axis, origin=origin, selected=any(s.selected for s in flat if s.axis))
        self.record.link(value, *flat)
        parts = {s.part for s in flat if s.axis and s.part}
        value.part = parts.pop() if len(parts) == 1 else ""
        value.prediction = next((s.prediction for s in flat if s.prediction), None)
        value.metric = any(s.metric for s in flat)
        value.better = next((s.better for s in flat if s.better), "")
        value.splits = any(s.splits for s in flat)
        columns = {s.column for s in flat if s.axis}
        value.column = columns.pop() if len(columns) == 1 else None
        for name, what in more.items():
            setattr(value, name, what)
        return value

    def element_of(self, value: Value) -> Value:
        """What a loop over the value yields."""
        if value.kind == "list" and value.axis and value.element is not None and value.element.items:
            return value.element
        if value.kind in ("series", "list", "array", "index", "rowiter") and value.axis:
            kind = "row" if value.kind in ("array", "rowiter") else "scalar"
            found = Value(
                kind=kind,
                axis=value.axis,
                origin=value.origin,
                selected=value.selected,
                column=value.column,
                part=value.part,
            )
            if value.kind == "rowiter":
                return Value(
                    kind="tuple",
                    items=[Value(kind="scalar", axis=value.axis, origin=value.origin), found],
                    axis=value.axis,
                    origin=value.origin,
                )
            return found
        if value.kind in ("scalar", "text", "row") and value.axis:  # the words or figures of one row
            return Value(kind="scalar", axis=value.axis, origin=value.origin, prediction=value.prediction)
        if value.kind == "groupby":
            base = value.parent or value
            group = Value(
                kind="frame", axis=value.axis, origin=value.origin, selected=True, parent=None, content=base.content
            )
            return Value(kind="tuple", items=[Value(kind="scalar", origin=value.origin), group])
        if value.kind == "columniter":
            series = Value(kind="series", axis=value.axis, origin=value.origin, parent=value.parent)
            return Value(kind="tuple", items=[Value(kind="text"), series])
        if value.kind in ("columns", "frame"):
            return Value(kind="text", origin=value.origin if value.kind == "columns" else frozenset())
        if value.kind == "dict":
            return (
                self.join_all([Value(kind="text", const=k) for k in value.keys])
                if value.keys
                else Value(origin=value.origin)
            )
        if value.items:
            return self.join_all(value.items)
        if value.element is not None:
            return value.element
        return Value(origin=value.origin, metric=value.metric, prediction=value.prediction)

    if TYPE_CHECKING:

        def handed(self, items: list[Value]) -> None: ...

    def join_all(self, values: Iterable[Value]) -> Value:
        """One value that may be any of these."""
        found: Value | None = None
        for value in values:
            found = value if found is None else join(found, value)
        return found if found is not None else Value()

    # ------------------------------------------------------------ atoms and containers

    def eval_constant(self, node: ast.Constant) -> Value:
        kind = "text" if isinstance(node.value, str) else "none" if node.value is None else "scalar"
        return Value(kind=kind, const=node.value)

    def eval_name(self, node: ast.Name) -> Value:
        found = self.scope.find(node.id)
        if found is None:
            for module in reversed(self.scope.top().stars):
                qualified = self.know.canonical(f"{module}.{node.id}")
                if self.know.function(qualified) or self.know.klass(qualified):
                    return Value(kind="class" if self.know.klass(qualified) else "callable", type=qualified)
            if node.id in BUILTINS:
                return Value(kind="callable", type="builtins." + node.id)
            self.record.undefined(node.id)
            return Value()
        value, scope = found
        if scope.outer is None:
            self.record.read(node.id, self.scope)
            self.record.use(value, node.id)
        else:
            self.record.use(value)
        return value

    def eval_list(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        items: list[Value] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                items.append(self.element_of(self.evaluate(element.value)))
            else:
                items.append(self.evaluate(element))
        self.handed(items)
        kind = "tuple" if isinstance(node, ast.Tuple) else "list"
        const = [i.const for i in items] if all(i.known() for i in items) else MISSING
        local = [i for i in items if i.axis and i.kind in ("scalar", "row")]
        axis: frozenset[str] = (
            frozenset().union(*(i.axis for i in local))
            if local and len(local) == len([i for i in items if i.axis])
            else frozenset()
        )
        origin: frozenset[str] = frozenset().union(
            *(i.origin for i in items if not i.axis or i.kind in ("scalar", "row"))
        )
        return Value(
            kind=kind,
            items=items,
            const=const,
            axis=axis,
            origin=origin,
            metric=any(i.metric for i in items),
            prediction=next((i.prediction for i in local if i.prediction), None),
        )

    eval_tuple = eval_list
    eval_set = eval_list

    def eval_dict(self, node: ast.Dict) -> Value:
        items, keys = [], []
        for key, element in zip(node.keys, node.values, strict=True):
            value = self.evaluate(element)
            if key is None:
                items += value.items
                keys += value.keys
                continue
            items.append(value)
            keys.append(self.evaluate(key).const)
        self.handed(items)
        const = (
            dict(zip(keys, [i.const for i in items], strict=True))
            if all(i.known() for i in items) and all(isinstance(k, (str, int, float, bool)) for k in keys)
            else MISSING
        )
        origin: frozenset[str] = frozenset().union(*(i.origin for i in items if not i.axis))
        return Value(
            kind="dict", items=items, keys=keys, const=const, origin=origin, metric=any(i.metric for i in items)
        )

    def eval_joinedstr(self, node: ast.JoinedStr) -> Value:
        parts = [self.evaluate(v.value if isinstance(v, ast.FormattedValue) else v) for v in node.values]
        value = self.derive(*parts, kind="text") if parts else Value(kind="text", const="")
        if parts and all(p.known() for p in parts):
            value.const = "".join(str(p.const) for p in parts)
        return value

    def eval_lambda(self, node: ast.Lambda) -> Value:
        return Value(kind="function", node=node, closure=self.scope)

    def eval_starred(self, node: ast.Starred) -> Value:
        return self.evaluate(node.value)

    def eval_namedexpr(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        self.bind(node.target, value)
        return value

    if TYPE_CHECKING:

        def bind(self, target: ast.expr, value: Value) -> None: ...

    # ------------------------------------------------------------ operators

    def eval_binop(self, node: ast.BinOp) -> Value:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        value = self.derive(left, right)
        if isinstance(node.op, ast.Sub) and judges(left, right):
            value.better = "lower"
        if left.kind == right.kind == "list" and isinstance(node.op, ast.Add):
            value = Value(
                kind="list",
                items=left.items + right.items,
                axis=left.axis | right.axis,
                origin=left.origin | right.origin,
            )
        elif "columns" in (left.kind, right.kind) and not value.axis and {left.kind, right.kind} <= {"columns", "list"}:
            value.kind = "columns"
        elif "text" in (left.kind, right.kind) and not value.axis:
            value.kind = "text"
        elif isinstance(node.op, ast.Mult) and left.kind == "list" and not left.axis:
            value = Value(kind="list", items=left.items, origin=left.origin | right.origin)
        if left.known() and right.known():
            value.const = fold(node.op, left.const, right.const)
        if not value.axis and value.origin:
            value.kind = next((s.kind for s in (left, right) if s.kind in (*TABLES, "columns")), value.kind)
        return value

    def eval_boolop(self, node: ast.BoolOp) -> Value:
        return self.derive(*[self.evaluate(v) for v in node.values])

    def eval_unaryop(self, node: ast.UnaryOp) -> Value:
        operand = self.evaluate(node.operand)
        value = self.derive(operand)
        if isinstance(node.op, ast.USub) and operand.known() and isinstance(operand.const, (int, float)):
            value.const = -operand.const
        return value

    def eval_compare(self, node: ast.Compare) -> Value:
        parts = [self.evaluate(node.left), *[self.evaluate(c) for c in node.comparators]]
        value = self.derive(*parts)
        value.metric = False
        if len(parts) == 2 and judges(*parts):
            value.better = "higher" if isinstance(node.ops[0], ast.Eq) else "lower"
        return value

    def eval_ifexp(self, node: ast.IfExp) -> Value:
        test = self.evaluate(node.test)
        value = join(self.evaluate(node.body), self.evaluate(node.orelse))
        if test.axis and not value.axis:
            value = self.derive(test, value)
        return value

    # ------------------------------------------------------------ comprehensions

    def eval_listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        return self._comprehension(node.generators, [node.elt], "list")

    eval_setcomp = eval_listcomp
    eval_generatorexp = eval_listcomp

    def eval_dictcomp(self, node: ast.DictComp) -> Value:
        return self._comprehension(node.generators, [node.value, node.key], "dict")

    def _comprehension(self, generators: list[ast.comprehension], elements: list[ast.expr], kind: str) -> Value:
        outer = self.scope
        self.scope = Scope(outer=outer, function=outer.function)
        try:
            axis: frozenset[str] = frozenset()
            origin: frozenset[str] = frozenset()
            within: frozenset[str] = frozenset()
            selected = False
            for generator in generators:
                over = self.evaluate(generator.iter)
                within |= over.axis if over.kind in ("scalar", "text", "row") else frozenset()
                axis |= over.axis if over.kind in ("series", "list", "array", "rowiter", "index") else frozenset()
                origin |= over.origin if over.kind not in TABLES else frozenset()
                selected |= over.selected
                element = self.element_of(over)
                if element.tick < 0:
                    self.record.link(element, over)
                self.bind(generator.target, element)
                for test in generator.ifs:
                    value = self.evaluate(test)
                    selected |= bool(value.axis)
                    origin |= value.origin
            found = [self.evaluate(e) for e in elements]
        finally:
            self.scope = outer
        element = found[0]
        if within and not axis:  # made of one row, for that row
            return Value(kind="scalar", axis=within, origin=origin | within)
        if element.axis and element.kind in ("scalar", "row", "text", "list") and axis:
            return Value(
                kind=kind,
                axis=axis,
                origin=origin | axis | element.origin,
                selected=selected,
                column=element.column,
                prediction=element.prediction,
            )
        if axis and kind == "list":
            return Value(kind=kind, axis=axis, origin=origin | axis, selected=selected)
        return Value(
            kind=kind,
            element=element,
            origin=origin | (element.origin if not element.axis or element.kind == "scalar" else frozenset()),
            metric=element.metric,
        )

    def eval_other(self, node: ast.expr) -> Value:
        parts = [self.evaluate(c) for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)]
        return self.derive(*parts) if parts else Value()

    # ------------------------------------------------------------ attributes and subscripts

    def eval_attribute(self, node: ast.Attribute) -> Value:
        base = self.evaluate(node.value)
        name = node.attr
        if base.kind in ("instance", "class"):
            held = _own_attribute(base, name)
            if held is not None:
                return held
        if base.kind in ("module", "class", "callable") and base.type:
            return self._member(base, name)
        if base.kind in ("frame", "series", "array", "accessor"):
            return self._table_attribute(base, name)
        if base.kind == "groupby":
            if self.know.method("groupby", name):
                return Value(kind="bound", type=name, parent=base, axis=base.axis, origin=base.origin)
            return Value(kind="groupby", axis=base.axis, origin=base.origin, parent=base.parent, column=name)
        if base.kind == "estimator":
            value = self._estimator_attribute(base, name)
            return self.note(node, value, learn="labels") if name == "labels_" and value.axis else value
        if base.kind == "bunch":
            return self._bunch_attribute(base, name)
        if base.kind == "index" and base.axis and self.know.attribute("index", name) is not None:
            return self.derive(base, kind="array")
        if base.kind in ("row", "scalar", "text") and base.axis:
            return Value(kind="bound", type=name, parent=base, axis=base.axis, origin=base.origin)
        return Value(
            kind="bound", type=name, parent=base, origin=base.origin, metric=base.metric, prediction=base.prediction
        )

    def _member(self, base: Value, name: str) -> Value:
        qualified = self.know.canonical(f"{base.type}.{name}")
        if base.kind == "class" and self.know.klass(base.type) is not None:
            return Value(kind="callable", type=f"{base.type}.{name}")
        if self.know.klass(qualified) is not None:
            return Value(kind="class", type=qualified)
        if self.know.function(qualified) is None and name[:1].isupper() and base.kind == "module":
            return Value(kind="class", type=qualified)
        return Value(
            kind="module" if self.know.function(qualified) is None and name.islower() else "callable", type=qualified
        )

    def _table_attribute(self, base: Value, name: str) -> Value:
        kind = base.kind
        facts = self.know.attribute(kind, name)
        if facts is not None:
            return self.attribute_value(base, name, facts)
        if self.know.method(kind, name) is not None:
            return Value(kind="bound", type=name, parent=base, axis=base.axis, origin=base.origin)
        if kind == "frame" and name.isidentifier() and not name.startswith("_"):
            return self.column(base, name)
        column = base.column if kind == "accessor" else None
        return Value(kind="bound", type=name, parent=base, axis=base.axis, origin=base.origin, column=column)

    def attribute_value(self, base: Value, name: str, facts: Any) -> Value:
        """The value of an attribute that knowledge describes."""
        returns = facts.get("returns", "")
        effect = facts["rows"]
        if effect == "structure":
            kind = returns or "columns"
            axis = base.axis if kind == "index" else frozenset()
            origin = (
                axis
                if kind == "index"
                else base.axis
                if base.type == "chosen by dtype"
                else base.origin
                if not base.axis
                else frozenset()
            )
            return Value(kind=kind, axis=axis, origin=origin, parent=base, columns=base.columns, selected=base.selected)
        if effect == "each":
            value = self.derive(base, kind=returns or base.kind)
            value.parent, value.columns, value.content = base, base.columns, base.content
            value.column = base.column
            if returns == "accessor":
                value.type = name
            return value
        if effect == "shows":
            return Value(kind="figure", origin=base.origin)
        return Value(
            kind=returns or "scalar",
            type=name,
            origin=base.origin | base.axis,
            parent=base if returns == "shape" else None,
        )

    def column(self, base: Value, name: Any) -> Value:
        """A column of a frame: a view of it."""
        if base.columns is None and base.column is not None:
            name = base.column  # one column, spread over several
        return Value(
            kind="series",
            axis=base.axis,
            origin=base.origin,
            selected=base.selected,
            part=base.part,
            parent=base,
            column=name if isinstance(name, (str, int)) else None,
            splits=base.splits,
            prediction=base.prediction if not base.axis else None,
            metric=base.metric,
        )

    def _estimator_attribute(self, base: Value, name: str) -> Value:
        fit = next((e for e in reversed(self.record.events) if isinstance(e, Fit) and e.estimator is base), None)
        if name == "labels_" and fit is not None and fit.x is not None and fit.x.axis:
            value = self.derive(fit.x, kind="array", column=None, prediction=base)
            value.origin |= base.origin
            return value
        role = (self.know.klass(base.type) or {}).get("role", "predictor")
        kind = "transformer" if role == "transformer" else "predictor"
        facts = self.know.attribute("predictor", name)
        if facts is not None:
            if facts["rows"] == "metric":
                return Value(
                    kind="scalar",
                    origin=base.origin,
                    metric=True,
                    better="lower" if name == "inertia_" else "higher",
                    parent=base,
                )
            if facts.get("returns") == "same":
                return base
            return Value(kind="scalar", origin=base.origin, parent=base)
        if self.know.method(kind, name) is not None or self.know.method("predictor", name) is not None:
            return Value(kind="bound", type=name, parent=base, origin=base.origin)
        return Value(kind="array" if name.endswith("_") else "bound", type=name, origin=base.origin, parent=base)

    def _bunch_attribute(self, base: Value, name: str) -> Value:
        if name in ("data", "target", "frame"):
            data = "frame" if base.name == "as_frame" else "array"
            kind = {"data": data, "target": "series", "frame": "frame"}[name]
            return Value(
                kind=kind,
                axis=base.origin,
                origin=base.origin,
                parent=base,
                column="target" if name == "target" else None,
            )
        return Value(kind="list", parent=base)

    def eval_subscript(self, node: ast.Subscript) -> Value:
        base = self.evaluate(node.value)
        key = node.slice
        if base.kind == "indexer":
            return self._located(node, base, key)
        if base.kind in TABLES or (base.kind == "unknown" and base.axis):
            return self._from_table(node, base, key)
        index = self.evaluate(key)
        if base.kind == "accessor" and base.axis:  # df["name"].str[0]
            return self.derive(base, kind="series")
        if base.kind == "groupby":
            named = index.const if isinstance(index.const, str) else None
            return Value(kind="groupby", axis=base.axis, origin=base.origin, parent=base.parent, column=named)
        if base.kind in ("row", "scalar", "text") and base.axis:
            return Value(
                kind="scalar",
                axis=base.axis,
                origin=base.origin,
                prediction=base.prediction,
                column=index.const if isinstance(index.const, str) else None,
            )
        if base.kind == "bunch" and isinstance(index.const, str):
            return self._bunch_attribute(base, index.const)
        if base.kind == "shape" and index.const == 0:
            return Value(kind="shape", parent=base.parent, origin=base.origin)
        if base.kind == "columns":
            return Value(
                kind="columns" if isinstance(key, ast.Slice) or index.kind in ("list", "series", "array") else "text",
                origin=base.origin | index.origin | index.axis,
            )
        if base.kind == "callable" and base.type == "numpy.c_":
            return self.derive(*(index.items or [index]), kind="array")
        return self._from_container(base, index, key)

    def _from_container(self, base: Value, index: Value, key: ast.expr) -> Value:
        if base.axis and base.kind in ("list", "index"):
            if isinstance(key, ast.Slice) or index.axis:
                return self.derive(base, kind=base.kind, selected=True)
            return Value(kind="scalar", origin=base.origin)
        if base.kind == "dict" and index.known() and index.const in base.keys:
            return base.items[base.keys.index(index.const)]
        if (
            isinstance(index.const, int)
            and base.items
            and base.kind in ("list", "tuple")
            and -len(base.items) <= index.const < len(base.items)
        ):
            return base.items[index.const]
        if base.kind in ("dict", "list", "tuple"):
            if isinstance(key, ast.Slice):
                return Value(
                    kind=base.kind, items=base.items, element=base.element, origin=base.origin, metric=base.metric
                )
            found = self.join_all(base.items) if base.items else (base.element or Value(origin=base.origin))
            return found
        value = self.derive(base, index)
        value.parent = base
        value.metric = base.metric
        return value

    def _from_table(self, node: ast.Subscript, base: Value, key: ast.expr) -> Value:
        if base.kind == "frame":
            return self._from_frame(node, base, key)
        if isinstance(key, ast.Tuple) and base.kind in ("array", "unknown"):
            return self._located(node, base, key)
        index = self.evaluate(key)
        if not base.axis:  # a statistic: value_counts()["x"], mode()[0]
            value = self.derive(base, index)
            value.kind = base.kind if isinstance(key, ast.Slice) or index.kind in ("series", "array") else "scalar"
            value.metric, value.better = base.metric, base.better
            return value
        if index.axis and index.kind == "scalar" and base.kind in ("series", "array"):  # the row that a loop is at
            return Value(
                kind="row" if base.kind == "array" else "scalar",
                axis=base.axis,
                origin=base.origin,
                prediction=base.prediction,
            )
        if (
            isinstance(key, ast.Slice)
            or index.axis
            or index.kind in ("list", "array", "index", "tuple", "rowiter", "unknown")
            or index.splits
        ):
            return self._select(node, base, "subscript", index, isinstance(key, ast.Slice))
        return Value(kind="row" if base.kind == "array" else "scalar", origin=base.origin, prediction=base.prediction)

    def _select(self, node: ast.Subscript, base: Value, how: str, index: Value, sliced: bool) -> Value:
        value = self.derive(base, kind=base.kind if base.kind != "indexer" else "frame")
        value.selected, value.content, value.column = True, base.content, base.column
        value.columns, value.splits = base.columns, base.splits or index.splits or sliced
        value.origin |= index.origin
        value.part = base.part or index.part
        value.chosen = ast.unparse(node.slice) if sliced else index
        return self.note(node, value, select=how, base=node.value)

    def _from_frame(self, node: ast.Subscript, base: Value, key: ast.expr) -> Value:
        index = self.evaluate(key)
        if isinstance(key, ast.Slice) or (index.axis and index.kind not in ("text",)):
            if not base.axis:
                return self.derive(base, index, kind="frame")
            if index.axis and index.kind == "scalar":
                return self.column(base, None)
            return self._select(node, base, "subscript", index, isinstance(key, ast.Slice))
        listed = (
            index.kind in ("list", "columns", "tuple")
            or (index.kind in TABLES and not index.axis)
            or isinstance(index.const, list)
        )
        if listed:
            value = self.derive(base, kind="frame")
            value.content, value.part, value.parent = object(), base.part, None
            value.columns = tuple(index.const) if isinstance(index.const, list) else None
            if value.columns and len(value.columns) == 1:
                value.column = value.columns[0]
            return value
        return self.column(base, index.const if index.known() else None)

    def _located(self, node: ast.Subscript, base: Value, key: ast.expr) -> Value:
        table = base.parent if base.kind == "indexer" and base.parent is not None else base
        rows_key = key.elts[0] if isinstance(key, ast.Tuple) and key.elts else key
        column_key = key.elts[1] if isinstance(key, ast.Tuple) and len(key.elts) > 1 else None
        whole = (
            isinstance(rows_key, ast.Slice)
            and rows_key.lower is None
            and rows_key.upper is None
            and rows_key.step is None
        )
        rows = self.evaluate(rows_key)
        columns = self.evaluate(column_key) if column_key is not None else None
        if not table.axis:
            return self.derive(table, rows, kind="scalar" if table.kind == "series" else table.kind)
        one_row = not isinstance(rows_key, ast.Slice) and rows.kind in ("scalar", "text") and not rows.splits
        if one_row and rows.axis:  # the row that a loop is at
            kind = "scalar" if column_key is not None or table.kind == "series" else "row"
            return Value(kind=kind, axis=table.axis, origin=table.origin, column=_text(columns))
        if one_row:
            return Value(kind="scalar" if column_key is not None else "row", origin=table.origin)
        value = self._part_of(table, column_key, columns)
        if not whole:
            value.selected, value.part = True, table.part or rows.part
            value.splits = table.splits or rows.splits or isinstance(rows_key, ast.Slice)
            value.parent = None
            value.chosen = ast.unparse(rows_key) if isinstance(rows_key, ast.Slice) else rows
            if column_key is None:
                value.content = table.content
            return self.note(node, value, select="loc" if column_key is not None else "subscript_loc", base=node.value)
        return value

    def _part_of(self, table: Value, column_key: ast.expr | None, columns: Value | None) -> Value:
        if column_key is None or columns is None:
            value = self.derive(table, kind=table.kind)
            value.columns, value.part, value.parent = table.columns, table.part, table
            value.column = table.column
            return value
        single = not isinstance(column_key, ast.Slice) and columns.kind in ("scalar", "text") and not columns.axis
        kind = table.kind if table.kind == "array" else ("series" if single else "frame")
        value = self.derive(table, kind=kind)
        value.parent, value.part = table, table.part
        value.column, value.columns = chosen(table.columns, column_key, columns)
        if table.kind == "frame" and table.columns is None and table.column is not None:
            value.column = table.column  # one column, spread over several
        if table.columns is None and table.leading and isinstance(columns.const, int):
            value.column = dict(enumerate(table.leading)).get(columns.const)
        return value

    def eval_slice(self, node: ast.Slice) -> Value:
        parts = [self.evaluate(p) for p in (node.lower, node.upper, node.step) if p is not None]
        value = self.derive(*parts) if parts else Value(kind="scalar")
        value.splits = bool(parts)
        return value


def _own_attribute(base: Value, name: str) -> Value | None:
    """What an instance of the notebook's own class holds under a name, else what its class holds."""
    holders = [base] if base.kind == "instance" else []
    for holder in [*holders, *([base.element] if base.element is not None else [])]:
        for held, key in zip(reversed(holder.items), reversed(holder.keys), strict=False):
            if key == name:
                return held
    return None


def _text(value: Value | None) -> str | None:
    return value.const if value is not None and isinstance(value.const, str) else None


def judges(left: Value, right: Value) -> bool:
    """Whether predictions meet the truth, row by row."""
    return bool(left.axis and right.axis) and (left.prediction is None) != (right.prediction is None)


def chosen(names: tuple[str, ...] | None, key: ast.expr, value: Value) -> tuple[str | None, tuple[str, ...] | None]:
    """(column, columns) that a positional or named column key takes, as far as the names are known."""
    if isinstance(key, ast.Slice):
        if names is None:
            return None, None
        bounds = []
        for bound in (key.lower, key.upper, key.step):
            try:
                bounds.append(None if bound is None else ast.literal_eval(bound))
            except ValueError:
                return None, None
        if any(b is not None and not isinstance(b, int) for b in bounds):
            return None, None
        taken = names[slice(*bounds)]
        return (taken[0] if len(taken) == 1 else None), taken
    if isinstance(value.const, str):
        return value.const, (value.const,)
    if isinstance(value.const, int) and names is not None and -len(names) <= value.const < len(names):
        return names[value.const], (names[value.const],)
    if isinstance(value.const, int) and names is None:
        return None, None
    if isinstance(value.const, list):
        if all(isinstance(c, str) for c in value.const):
            return (value.const[0] if len(value.const) == 1 else None), tuple(value.const)
        if names is not None and all(isinstance(c, int) and -len(names) <= c < len(names) for c in value.const):
            taken = tuple(names[c] for c in value.const)
            return (taken[0] if len(taken) == 1 else None), taken
    return None, None


def fold(op: ast.operator, left: Any, right: Any) -> Any:
    """The constant that + or % or / of two small constants makes; MISSING where it isn't worth knowing."""
    try:
        if isinstance(op, ast.Add) and type(left) is type(right) in (str, list) and len(left) + len(right) < 10_000:
            return left + right
        if isinstance(left, (int, float)) and isinstance(right, (int, float)) and abs(left) < 1e9 and abs(right) < 1e9:
            if isinstance(op, ast.Add):
                return left + right
            if isinstance(op, ast.Sub):
                return left - right
            if isinstance(op, ast.Mult):
                return left * right
            if isinstance(op, ast.Div):
                return left / right
        if isinstance(op, ast.Div) and isinstance(left, str) and isinstance(right, str):
            return left.rstrip("/") + "/" + right
    except (TypeError, ValueError, ZeroDivisionError):
        pass
    return MISSING
