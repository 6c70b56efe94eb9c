"""What the methods of frames, series, arrays and groups do to rows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from jupyter_prod.program.builtin_calls import BuiltinCalls
from jupyter_prod.program.events import Written
from jupyter_prod.program.values import JUDGING, MISSING, Value

if TYPE_CHECKING:
    from jupyter_prod.program.calls import Arguments

COLUMNWISE = (1, "columns", -1)


class TableCalls(BuiltinCalls):
    """Mixed into the interpreter."""

    def call_method(self, node: ast.Call, base: Value, name: str, given: Arguments) -> Value:
        """Calls a method of a value."""
        if base.kind == "estimator":
            return self.call_estimator(node, base, name, given)
        if base.kind == "instance":
            return self.call_instance(node, base, name, given)
        if (
            name in ("fit", "fit_transform", "fit_predict")
            and base.kind == "unknown"
            and base.type
            and not base.axis
            and any(a.axis for a in given.all())
        ):
            base.kind, base.name = "estimator", "transformer" if name == "fit_transform" else "predictor"
            return self.call_estimator(node, base, name, given)
        kind = (
            "series"
            if base.kind == "accessor" and base.parent is not None and base.parent.kind != "array"
            else base.kind
        )
        if base.kind == "accessor":
            return self._accessor(node, base, name, given)
        facts = self.know.method(kind, name)
        if facts is None or kind not in ("frame", "series", "array", "groupby"):
            if base.axis and base.kind in ("frame", "series", "array", "unknown", "index"):
                return self._unlisted_method(node, base, name, given)
            return self.call_plain_method(node, base, name, given)
        effect = self._refined(base, name, facts["rows"], given)
        handler = getattr(self, "table_" + effect)
        value: Value = handler(node, base, name, facts, given)
        return value

    if TYPE_CHECKING:

        def call_estimator(self, node: ast.Call, base: Value, name: str, given: Arguments) -> Value: ...

    if TYPE_CHECKING:

        def verdict(self, rows: Value, name: str) -> bool: ...

        def judged(self, node: ast.expr, rows: Value, name: str) -> Value: ...

    if TYPE_CHECKING:

        def call_instance(self, node: ast.Call, base: Value, name: str, given: Arguments) -> Value: ...

    def receiver(self, node: ast.Call) -> ast.expr | None:
        """The expression whose method is called."""
        return node.func.value if isinstance(node.func, ast.Attribute) else None

    def _refined(self, base: Value, name: str, effect: str, given: Arguments) -> str:
        """The effect of this very call: arguments decide whether rows or columns are meant."""
        axis = given.constant(None, "axis")
        if not base.axis:
            return effect if effect in ("writes", "shows", "groups") else "of_statistic"
        if effect == "aggregates" and base.kind in ("frame", "array"):
            place = given.constant(1 if name in ("agg", "aggregate", "apply", "quantile") else 0, "axis")
            if place in COLUMNWISE and not isinstance(place, bool):
                return "each"
        if name == "drop" and base.kind == "frame":
            by_name = "columns" in given.keywords or axis in COLUMNWISE or given.constant(1, "axis") in COLUMNWISE
            return "each" if by_name else "selects"
        if name == "drop" and base.kind == "series":
            return "selects"
        if name == "dropna" and base.kind == "frame" and (axis in COLUMNWISE or given.constant(0, "") in COLUMNWISE):
            return "learns"
        if name == "fillna" and given.constant(1, "method") in ("ffill", "bfill", "pad", "backfill"):
            return "others"
        if name == "append" and base.kind == "frame":
            return "appends"
        if name in ("sum", "mean", "any", "all") and base.kind == "array" and axis in COLUMNWISE:
            return "each"
        return effect

    # ------------------------------------------------------------ the effects

    def table_each(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        arguments = [a for a in given.all() if a.kind != "function"]
        for function in (a for a in given.all() if a.kind == "function"):
            arguments.append(self._callback(base, name, function, given))
        self._fitted_by_column(base, given)
        for argument in arguments:
            self.record.use(argument)
        if self._inplace(facts, given):
            self.record.mutate(base)
            if name == "drop" and base.columns is not None:
                base.columns = _without(base.columns, given)
            if not facts.get("returns"):
                self.note(node, base, inplace=True)
                return Value(kind="none", const=None)
        value = self.derive(
            base, *[a for a in arguments if a.kind not in ("frame",) or name in ("merge", "join", "map")]
        )
        value.axis = base.axis
        value.kind = facts.get("returns") or base.kind
        value.column, value.part = base.column, base.part
        value.splits = base.splits
        if name in (
            "sum",
            "mean",
            "max",
            "min",
            "any",
            "all",
            "count",
            "std",
            "median",
            "idxmax",
            "idxmin",
            "nunique",
            "agg",
            "mode",
        ):
            value.kind = "series" if base.kind == "frame" else "array"
        if facts.get("copies"):
            value.content, value.columns, value.writers = base.content, base.columns, []
        if name in ("pop", "get") and base.kind == "frame":
            value.column = given.constant(0, "item", given.constant(0, "key"))
        if name == "drop" and base.columns is not None:
            value.columns = _without(base.columns, given)
        if name == "apply" and base.kind == "frame" and given.constant(1, "axis") in COLUMNWISE:
            value.kind = "series"
        if name == "reset_index" and given.constant(None, "drop") is True:
            value.content = base.content
        if name == "merge" and base.kind == "frame" and _is_lookup(base, given.get(0, "right")):
            self.note(node, value, learn="merge", base=self.receiver(node))
        if name == "astype" and _mentions_category(given):
            self.note(node, value, learn="categories", base=self.receiver(node))
        return value

    def _callback(self, base: Value, name: str, function: Value, given: Arguments) -> Value:
        rowwise = given.constant(1, "axis") in COLUMNWISE
        if base.kind == "series" or name in ("applymap",) or (base.kind == "frame" and name == "map"):
            if name == "pipe":
                return self.callback(function, base)
            return self.callback(function, self.element_of(base))
        if base.kind == "frame" and rowwise:
            return self.callback(function, Value(kind="row", axis=base.axis, origin=base.origin))
        if base.kind == "frame" and name == "pipe":
            return self.callback(function, base)
        if base.kind == "frame" and name == "assign":
            return self.callback(function, base)
        return self.callback(function, Value(kind="series", axis=base.axis, origin=base.origin, parent=base))

    def _fitted_by_column(self, base: Value, given: Arguments) -> None:
        """`frame.apply(LabelEncoder().fit_transform)`: an estimator's method is handed over and learns by column."""
        for value, expression in zip(given.positional, given.nodes, strict=False):
            if value.kind == "bound" and value.parent is not None and value.parent.kind == "estimator":
                method = self.know.method("transformer", value.type)
                if method is not None and method["rows"] == "learns" and base.axis:
                    self.record.mutate(value.parent)
                    self.note(expression, value, learn="by_column")
            facts = self.know.function(value.type) if value.kind == "callable" else None
            if facts is not None and facts["rows"] == "learns" and base.axis:
                self.note(expression, value, learn="by_column", how=facts["how"])

    def _inplace(self, facts: Any, given: Arguments) -> bool:
        return bool(facts.get("mutates")) or (bool(facts.get("inplace")) and given.constant(None, "inplace") is True)

    def table_selects(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        if facts.get("random") and given.get(None, "random_state") is None:
            self.record.draw()
        self.note(node, base, select="call", base=self.receiver(node))
        if self._inplace(facts, given):
            content = base.content
            self.record.mutate(base)
            base.content, base.selected = content, True
            self.note(node, base, select="call", base=self.receiver(node), inplace=True)
            return Value(kind="none", const=None)
        if base.kind == "groupby" and base.parent is not None:  # whole groups, or some rows of each
            whole = self.receiver(node)
            while isinstance(whole, (ast.Attribute, ast.Subscript)):
                whole = whole.value
            groups = whole.func if isinstance(whole, ast.Call) else None
            grouped = groups.value if isinstance(groups, ast.Attribute) and groups.attr == "groupby" else None
            self.note(node, base, select="call" if grouped is not None else "", base=grouped)
            base = base.parent
        value = self.derive(base, kind=base.kind)
        value.selected, value.content, value.column, value.columns = True, base.content, base.column, base.columns
        value.part, value.splits = base.part, base.splits or name == "sample"
        value.chosen = value
        value.origin |= frozenset().union(*(a.origin | a.axis for a in given.all()))
        return value

    def table_appends(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        other = given.positional[0] if given.positional else Value()
        value = self.derive(base, *list(other.items or [other]), kind="frame")
        value.content = object()
        value.metric = base.metric or other.metric
        return value

    def table_aggregates(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        for function in (a for a in given.all() if a.kind == "function"):
            self.callback(function, Value(kind="series", axis=base.axis, origin=base.origin))
        if self.verdict(base, name):
            return self.judged(node, base, name)
        if base.kind == "groupby" and name == "apply" and base.column is not None and len(given.positional) == 1:
            rows = Value(kind="series", axis=base.axis, origin=base.origin, column=base.column)
            if self.callback(given.positional[0], rows).kind == "series":
                value = self.derive(base, kind="series", column=base.column)
                return self.note(node, value, learn="group", base=self.receiver(node))
        if base.kind == "groupby" and base.type == "window" and base.parent is not None:
            kind = "series" if base.parent.kind == "groupby" else base.parent.kind
            return self.note(node, self.derive(base.parent, kind=kind, column=None), others=True)
        kind = "scalar"
        if base.kind == "frame":
            kind = (
                "frame"
                if name in ("describe", "corr", "cov", "mode", "agg", "quantile", "pivot_table", "pivot", "unstack")
                else "series"
            )
        elif base.kind == "series" and name in ("value_counts", "mode", "describe"):
            kind = "series"
        elif base.kind == "series" and name == "unique":
            kind = "array"
        elif base.kind == "groupby":
            kind = "frame"
        value = Value(
            kind=kind, origin=base.origin | base.axis | frozenset().union(*(a.origin | a.axis for a in given.all()))
        )
        value.prediction = None
        value.metric = base.metric or (name in JUDGING and base.prediction is not None and base.kind != "frame")
        return value

    def table_learns(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        how = facts.get("how", "columns")
        for function in (a for a in given.all() if a.kind == "function"):
            self.callback(function, Value(kind="series", axis=base.axis, origin=base.origin))
        value = self.derive(base, kind=facts.get("returns") or base.kind)
        if base.kind == "groupby":
            value.kind = "series"
        if value.kind == "tuple":
            value = Value(
                kind="tuple",
                items=[self.derive(base, kind="array"), Value(kind="list", origin=base.origin)],
                axis=frozenset(),
                origin=base.origin,
            )
            value.axis = base.axis
        if name == "duplicated":
            value.splits = False
            return value
        if name in ("dropna",):
            how = "columns"
        if self._inplace(facts, given):
            self.record.mutate(base)
            self.note(node, base, learn=how, base=self.receiver(node), inplace=True)
            return Value(kind="none", const=None)
        if name == "select_dtypes":
            value.type = "chosen by dtype"
        return self.note(node, value, learn=how, base=self.receiver(node))

    def table_others(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        self.note(node, base, others=True)
        if self._inplace(facts, given):
            self.record.mutate(base)
            self.note(node, base, inplace=True)
            return Value(kind="none", const=None)
        window = name in ("rolling", "ewm", "expanding", "resample")
        value = self.derive(base, kind="groupby" if window else "series" if base.kind == "groupby" else base.kind)
        value.parent = base if value.kind == "groupby" else None
        value.type = "window" if window and name != "resample" else ""
        value.column = None
        return value

    def table_groups(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        return Value(
            kind="groupby", axis=base.axis, origin=base.origin, parent=base, selected=base.selected, column=base.column
        )

    def table_writes(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        first = given.get(0, "path_or_buf") or given.get(0, "excel_writer") or given.get(0, "path")
        if first is None:
            return self.derive(base, kind="text")
        self.record.use(base)
        self.record.emit(Written(self.record.now, node, first.const if isinstance(first.const, str) else None))
        return Value(kind="none", const=None)

    def table_shows(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        return Value(kind="figure")

    def table_of_statistic(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        """A method of a table that is itself a statistic, or holds no rows of an input."""
        for function in (a for a in given.all() if a.kind == "function"):
            self.callback(function, Value(origin=base.origin))
        if self._inplace(facts, given):
            self.record.mutate(base)
            return Value(kind="none", const=None)
        aligned = [a for a in given.all() if a.axis and a.kind != "frame"]
        value = self.derive(base, *aligned, kind=facts.get("returns") or base.kind)
        value.metric, value.better, value.prediction = base.metric, base.better, base.prediction
        value.column = base.column
        if facts["rows"] == "aggregates":
            value.kind = "series" if base.kind == "frame" else "scalar"
        return value

    def _accessor(self, node: ast.Call, base: Value, name: str, given: Arguments) -> Value:
        for argument in given.all():
            if argument.kind == "function":
                self.callback(argument, Value(kind="scalar", axis=base.axis, origin=base.origin))
        if base.type == "str" and name == "get_dummies":
            value = self.derive(base, kind="frame")
            return self.note(node, value, learn="str_dummies", base=self.receiver(node))
        frame = base.type == "str" and (given.constant(None, "expand") is True or name in ("extract", "partition"))
        value = self.derive(base, kind="frame" if frame else "series")
        value.column = base.column
        return value

    def _unlisted_method(self, node: ast.Call, base: Value, name: str, given: Arguments) -> Value:
        for argument in given.all():
            self.record.use(argument)
            if argument.kind == "function":
                self.callback(argument, self.element_of(base))
        if base.kind == "index" and name in ("drop", "difference", "intersection", "union", "isin"):
            return self.derive(base, kind="index")
        if node is self.discarded and base.kind != "index":
            self.record.mutate(base)
        value = self.derive(base, kind="unknown" if base.kind == "index" else base.kind)
        return value

    # ------------------------------------------------------------ functions that take tables

    def known_table_function(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        """A function whose result has the rows of what it is given."""
        last = qualified.rsplit(".", 1)[-1]
        first = given.positional[0] if given.positional else (given.all() or [Value()])[0]
        if qualified == "pandas.DataFrame":
            return self._new_frame(given)
        if (
            last in ("concatenate", "vstack", "append", "stack")
            and qualified.startswith("numpy")
            and (given.constant(1, "axis", 0) not in COLUMNWISE)
        ):
            return self.stacked(node, first if last != "append" else Value(kind="list", items=given.positional[:2]))
        if qualified in ("numpy.hstack", "numpy.column_stack", "numpy.concatenate", "scipy.sparse.hstack"):
            return self.derive(*(first.items or [first]), kind="array")
        if qualified == "pandas.merge" or last == "merge":
            value = self.derive(first, kind="frame")
            if qualified == "pandas.merge" and _is_lookup(first, given.get(1, "right")):
                self.note(node, value, learn="merge", base=given.node(0, "left"))
            return value
        if last in ("clone",):
            value = Value(
                kind="estimator",
                type=first.type,
                name=first.name,
                items=first.items,
                node=first.node,
                closure=first.closure,
            )
            return value
        if facts.get("returns") == "function":
            return first
        if facts.get("predicts"):
            x = given.get(1, "X")
            value = self.derive(x, kind="array") if x is not None else Value(kind="array")
            value.prediction = first
            self.drawn_by(first)
            return value
        returns = facts.get("returns", "like")
        tables = [a for a in given.all() if a.axis]
        kind = returns if returns not in ("like",) else next((a.kind for a in tables), "scalar")
        if returns == "array" and not tables:
            value = Value(
                kind="array",
                items=first.items,
                element=first.element,
                const=first.const if isinstance(first.const, list) else MISSING,
                origin=frozenset().union(*(a.origin for a in given.all())),
                metric=first.metric,
            )
            return value
        value = self.derive(*given.all(), kind=kind)
        if returns == "series" and not value.axis:
            value.kind = "series" if tables else "scalar"
        if returns == "array" and first.axis:
            value.content, value.column, value.columns, value.part, value.splits = (
                first.content,
                first.column,
                first.columns,
                first.part,
                first.splits,
            )
        if "label" in facts:  # rows and their truth in one object
            label = given.get(facts["label"], "label")
            value.items, value.element = ([label], None) if label is not None else ([], None)
            value.node, value.created = given.node(facts["label"], "label"), self.record.now
            value.prediction, value.splits = None, first.splits
        if all(a.kind in ("scalar", "row") for a in tables) and tables and returns != "frame":
            value.kind = "scalar"
        return value

    if TYPE_CHECKING:

        def drawn_by(self, estimator: Value | None) -> None: ...

    def _new_frame(self, given: Arguments) -> Value:
        data = given.get(0, "data")
        if data is None:
            return Value(kind="frame", content=EMPTY)
        parts = data.items if data.kind in ("dict", "list", "tuple") and data.items else [data]
        value = self.derive(*parts, kind="frame")
        if data.kind == "dict":
            value.origin = value.origin | data.origin
        value.metric = data.metric
        index = given.get(None, "index")
        if index is not None and not value.axis and index.axis:
            value.axis = index.axis
        if data.axis and data.kind in ("array", "frame", "series"):
            value.part, value.selected, value.splits = data.part, data.selected, data.splits
        return value

    def stacked(self, node: ast.Call, parts: Value) -> Value:
        """Rows put below rows."""
        items = [i for i in (parts.items or ([parts.element] if parts.element else [])) if i is not None]
        value = self.derive(*items, kind=next((i.kind for i in items if i.axis), "frame"))
        full = [i for i in items if i.content is not EMPTY]
        if full and all(i.content is full[0].content for i in full) and any(i.selected for i in full):
            value.content, value.selected = full[0].content, True
            self.note(node, value, select="stack", base=node.args[0] if node.args else None)
        if not value.axis:
            value.metric = any(i.metric for i in items)
        value.columns = full[0].columns if full else None
        return value

    def known_learns(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        first = given.positional[0] if given.positional else (given.all() or [Value()])[0]
        how = facts["how"]
        if not first.axis:
            return self.derive(*given.all())
        value = self.derive(first, kind=facts["returns"] if facts["returns"] != "like" else first.kind)
        value.column = first.column
        if facts["returns"] == "tuple":
            value = Value(
                kind="tuple",
                items=[self.derive(first, kind="array"), Value(kind="list", origin=first.origin | first.axis)],
                axis=first.axis,
                origin=first.origin,
            )
        if how in ("cut", "qcut"):
            bins = given.get(1, "bins") or given.get(1, "q")
            if (
                how == "cut"
                and bins is not None
                and not isinstance(bins.const, int)
                and not bins.origin
                and bins.kind != "scalar"
            ):
                return value  # edges are given: each row for itself
            if given.constant(None, "retbins") is True:
                value = Value(
                    kind="tuple",
                    items=[value, Value(kind="array", origin=first.origin | first.axis)],
                    axis=first.axis,
                    origin=first.origin,
                )
        encoded = given.constant(2, "columns")
        if how == "get_dummies" and first.columns is not None and isinstance(encoded, list):
            value.leading = tuple(c for c in first.columns if c not in encoded)
        if how == "rowwise" or (how == "categorical" and (given.get(1, "categories") or given.get(None, "dtype"))):
            return value
        return self.note(
            node, value, learn=how, base=given.nodes[0] if given.nodes else next(iter(given.keyword_nodes.values()))
        )

    def known_concats(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        """pandas.concat: below one another, or side by side."""
        parts = given.get(0, "objs") or Value()
        if given.constant(1, "axis", 0) in (1, "columns"):
            items = parts.items or ([parts.element] if parts.element else [])
            value = self.derive(*items, kind="frame")
            value.column = None
            value.columns, value.leading = _beside(items)
            return value
        return self.stacked(node, parts)


EMPTY = object()
"""The content of a frame that has no rows yet."""


def _beside(frames: list[Value]) -> tuple[tuple[Any, ...] | None, tuple[Any, ...]]:
    """(columns, the first of them) of frames put side by side, as far as they are known."""
    found: tuple[Any, ...] = ()
    for frame in frames:
        known = (frame.column,) if frame.kind == "series" and frame.column is not None else frame.columns
        if known is None:
            return None, found + frame.leading
        found += known
    return found, ()


def _without(columns: tuple[str, ...], given: Arguments) -> tuple[str, ...] | None:
    """The columns less the dropped ones; None where they aren't constant."""
    dropped = given.constant(0, "columns", given.constant(0, "labels"))
    if isinstance(dropped, str):
        dropped = [dropped]
    if not isinstance(dropped, list) or not all(isinstance(c, str) for c in dropped):
        return None
    return tuple(c for c in columns if c not in dropped)


def _is_lookup(rows: Value, table: Value | None) -> bool:
    """Whether rows are merged with a table that isn't made of the same rows."""
    return bool(rows.axis) and table is not None and not (table.axis & rows.axis)


def _mentions_category(given: Arguments) -> bool:
    dtype = given.get(0, "dtype")
    if dtype is None:
        return False
    return dtype.const == "category" or (isinstance(dtype.const, dict) and "category" in dtype.const.values())
