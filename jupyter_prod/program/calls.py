"""Evaluates calls: the notebook's own functions by running them, those of libraries by what is known of them."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_prod.program.builtin_calls import BuiltinCalls
from jupyter_prod.program.estimator_calls import EstimatorCalls
from jupyter_prod.program.events import Metric, Read, Saved, Split, Written
from jupyter_prod.program.scope import Scope
from jupyter_prod.program.table_calls import TableCalls
from jupyter_prod.program.values import JUDGING, MISSING, Value

DEPTH = 12
"""How deep calls of the notebook's own functions are followed."""


class Arguments:
    """The evaluated arguments of a call."""

    def __init__(
        self,
        positional: list[Value],
        keywords: dict[str, Value],
        nodes: list[ast.expr],
        keyword_nodes: dict[str, ast.expr],
    ) -> None:
        self.positional, self.keywords, self.nodes, self.keyword_nodes = positional, keywords, nodes, keyword_nodes

    def get(self, place: int | None, name: str = "") -> Value | None:
        """The value given by name or at a place."""
        if name and name in self.keywords:
            return self.keywords[name]
        return self.positional[place] if place is not None and place < len(self.positional) else None

    def node(self, place: int | None, name: str = "") -> ast.expr | None:
        """The expression given by name or at a place."""
        if name and name in self.keyword_nodes:
            return self.keyword_nodes[name]
        return self.nodes[place] if place is not None and place < len(self.nodes) else None

    def constant(self, place: int | None, name: str, default: Any = None) -> Any:
        """The constant given, or the default."""
        value = self.get(place, name)
        return value.const if value is not None and value.known() else default

    def all(self) -> list[Value]:
        """Every value given."""
        return [*self.positional, *self.keywords.values()]


class _Given(ast.NodeTransformer):
    """Puts constants in place of parameters."""

    def __init__(self, given: dict[str, ast.Constant]) -> None:
        self.given = given

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.given.get(node.id, node)


def last_name(qualified: str) -> str:
    """`mean` of `numpy.mean`."""
    return qualified.rsplit(".", 1)[-1]


class Calls(TableCalls, EstimatorCalls, BuiltinCalls):
    """Mixed into the interpreter: `call` any call."""

    depth = 0
    running: set[int]

    def arguments(self, node: ast.Call) -> Arguments:
        """Evaluates the arguments, in order."""
        positional, nodes = [], []
        for argument in node.args:
            value = self.evaluate(argument)
            if isinstance(argument, ast.Starred):
                positional += value.items or [self.element_of(value)]
                nodes += [argument.value] * (len(value.items) or 1)
            else:
                positional.append(value)
                nodes.append(argument)
        keywords: dict[str, Value] = {}
        keyword_nodes: dict[str, ast.expr] = {}
        for keyword in node.keywords:
            value = self.evaluate(keyword.value)
            given = (
                {keyword.arg: value}
                if keyword.arg
                else {"**": value, **dict(zip(value.keys, value.items, strict=False))}
            )
            for name, what in given.items():  # f(**{"seed": 1}) gives seed as f(seed=1) does
                if isinstance(name, str):
                    keywords[name], keyword_nodes[name] = what, keyword.value
        return Arguments(positional, keywords, nodes, keyword_nodes)

    def eval_call(self, node: ast.Call) -> Value:
        function = self.evaluate(node.func)
        given = self.arguments(node)
        return self.apply_value(node, function, given)

    def apply_value(self, node: ast.Call, function: Value, given: Arguments) -> Value:
        """Calls a value."""
        if function.kind == "function" and function.node is not None:
            return self.call_own(node, function, given)
        if function.kind == "class":
            return self.construct(node, function, given)
        if function.kind == "bound" and function.parent is not None:
            return self.call_method(node, function.parent, function.type, given)
        if function.kind in ("callable", "module") and function.type:
            return self.call_known(node, function.type, given)
        if function.kind == "figure":
            return Value(kind="figure")
        if function.kind == "selector":
            return Value(kind="columns", origin=frozenset().union(*(a.origin | a.axis for a in given.all())))
        if function.kind == "groupby":
            return Value(kind="unknown", origin=function.origin | function.axis)
        return self.unknown(node, given)

    # ------------------------------------------------------------ the notebook's own functions

    def call_own(self, node: ast.Call | None, function: Value, given: Arguments, itself: Value | None = None) -> Value:
        """Runs the body of a function of the notebook with these arguments."""
        definition = function.node
        assert isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        if self.depth >= DEPTH or id(definition) in self.running:
            return self.unknown(node, given)
        outer, self.scope = self.scope, Scope(outer=function.closure, function=definition)
        self.record.trace.calls.add(id(definition))
        self.depth += 1
        self.running.add(id(definition))
        branching, self.record.branching = self.record.branching, self.record.branching
        before = len(self.record.events)
        try:
            self.bind_parameters(definition.args, given, itself)
            parameters = dict(self.scope.names)
            if isinstance(definition, ast.Lambda):
                value = self.evaluate(definition.body)
            else:
                self.run_body(definition.body)
                value = self.join_all(self.scope.returns) if self.scope.returns else Value(kind="none", const=None)
        finally:
            self.record.branching = branching
            self.running.discard(id(definition))
            self.depth -= 1
            self.scope = outer
        if node is not None and len(self.record.events) == before + 1:
            self._only_reads(node, definition, parameters)
        if node is not None:
            self.note_selection(node, given, value)
        return value

    def _only_reads(self, node: ast.Call, definition: ast.AST, parameters: dict[str, Value]) -> None:
        """`load(path)` that does nothing but read: the call of it is what reads."""
        event = self.record.events[-1]
        body = getattr(definition, "body", None)
        last = body if isinstance(body, ast.expr) else body[-1].value if body and hasattr(body[-1], "value") else None
        plain = [s for s in body if not isinstance(s, ast.Expr)] if isinstance(body, list) else []
        if not isinstance(event, Read) or last is not event.node or len(plain) > 1:
            return
        given = {n: ast.Constant(v.const) for n, v in parameters.items() if v.known()}
        call = _Given(given).visit(ast.parse(ast.unparse(event.node), mode="eval").body)
        nested = self.depth > 0 or self.record.branching > 0
        at = self.record.at.pop(id(event))
        self.record.events[-1] = replace(event, node=node, call=call, nested=nested)
        self.record.at[id(self.record.events[-1])] = at

    def note_selection(self, node: ast.Call, given: Arguments, value: Value) -> None:
        """A function that only leaves rows out is a row filter itself."""
        for argument, expression in zip(given.positional, given.nodes, strict=False):
            if (
                argument.kind == "frame"
                and argument.axis
                and value.content is argument.content
                and value.selected
                and value is not argument
                and argument.writers[-1:] != [self.record.now]
            ):
                self.note(node, value, select="call", base=expression)

    def bind_parameters(self, parameters: ast.arguments, given: Arguments, itself: Value | None) -> None:
        """Binds a function's parameters to what the call gives."""
        names = [a.arg for a in (*parameters.posonlyargs, *parameters.args)]
        values = ([itself] if itself is not None else []) + given.positional
        defaults = dict(zip(reversed(names), reversed(parameters.defaults), strict=False))
        for place, name in enumerate(names):
            if place < len(values):
                value = values[place]
            elif name in given.keywords:
                value = given.keywords[name]
            else:
                value = self.evaluate(defaults[name]) if name in defaults else Value()
            self.scope.names[name] = value
        if parameters.vararg:
            self.scope.names[parameters.vararg.arg] = Value(kind="tuple", items=values[len(names) :])
        for argument, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
            self.scope.names[argument.arg] = given.keywords.get(argument.arg) or self.evaluate(default)
        if parameters.kwarg:
            more = {k: v for k, v in given.keywords.items() if k not in names}
            self.scope.names[parameters.kwarg.arg] = Value(kind="dict", items=list(more.values()), keys=list(more))

    def handed(self, items: list[Value]) -> None:
        """Functions that a container holds will be called by somebody: what they read is read."""
        functions = [i for i in items if i.kind == "function" and i.node is not None]
        if functions:
            self.unknown(None, Arguments(functions, {}, [], {}))

    def callback(self, function: Value, *values: Value) -> Value:
        """What a function that was handed to a library answers for these values."""
        given = Arguments(list(values), {}, [], {})
        if function.kind == "function" and function.node is not None:
            return self.call_own(None, function, given)
        if function.kind in ("callable", "class") and function.type:
            facts = self.know.function(function.type)
            aggregates = bool(facts) and facts is not None and facts["rows"] == "aggregates"
            if aggregates and values and values[0].kind in ("series", "frame", "array"):
                return Value(kind="scalar", origin=values[0].origin | values[0].axis)
        return self.derive(*values)

    def construct(self, node: ast.Call, function: Value, given: Arguments) -> Value:
        """Makes an instance of a class, of the notebook or of a library."""
        if isinstance(function.node, ast.ClassDef):
            return self.construct_own(node, function, given)
        facts = self.know.klass(function.type) if self.know.function(function.type) is None else None
        if facts is not None:
            return self.construct_estimator(node, function.type, facts, given)
        if self.know.draws(function.type):
            return Value(kind="figure")
        if function.type in ("pathlib.Path", "pathlib.PurePath") and all(
            isinstance(a.const, str) for a in given.positional
        ):
            return Value(kind="text", const="/".join(str(a.const) for a in given.positional) or ".")
        if self.know.function(function.type) is not None:
            return self.call_known(node, function.type, given)
        value = self.derive(*given.all(), kind="unknown")
        value.type = function.type
        return value

    def construct_own(self, node: ast.Call, function: Value, given: Arguments) -> Value:
        definition = function.node
        assert isinstance(definition, ast.ClassDef)
        methods = {m.name: m for m in definition.body if isinstance(m, (ast.FunctionDef, ast.AsyncFunctionDef))}
        learner = "fit" in methods and ("transform" in methods or "predict" in methods)
        value = Value(
            kind="estimator" if learner else "instance", type=definition.name, node=definition, closure=function.closure
        )
        value.name = "transformer" if "transform" in methods else "predictor"
        value.element = function.element
        if "__init__" in methods and not learner:
            self.call_own(
                None, Value(kind="function", node=methods["__init__"], closure=function.closure), given, itself=value
            )
        for argument in given.all():
            value.origin |= argument.origin | argument.axis
        if learner:
            for method in methods.values():
                self.record.globals_of.setdefault(id(definition), set()).update(
                    self.record.globals_of.get(id(method), ())
                )
        return value

    # ------------------------------------------------------------ functions of libraries

    def call_known(self, node: ast.Call, qualified: str, given: Arguments) -> Value:
        """Calls a function of a library by its qualified name."""
        if qualified.startswith("builtins."):
            return self.call_builtin(node, qualified[9:], given)
        if self.know.draws(qualified):
            for argument in given.all():
                if argument.kind == "function":
                    self.callback(argument, Value())
            return Value(kind="figure", origin=frozenset())
        facts = self.know.function(qualified)
        if facts is None:
            return self.unlisted(node, qualified, given)
        effect = facts["rows"]
        if facts.get("random") and given.get(None, "random_state") is None and not facts.get("fits"):
            self.record.draw()
        handler = getattr(self, "known_" + effect, None)
        if handler is not None:
            value: Value = handler(node, qualified, facts, given)
            return value
        return self.derive(*given.all())

    def unlisted(self, node: ast.Call, qualified: str, given: Arguments) -> Value:
        """A function that no knowledge file names."""
        if qualified in ("os.path.join", "posixpath.join", "ntpath.join") and all(
            isinstance(a.const, str) for a in given.positional
        ):
            return Value(kind="text", const="/".join(str(a.const).rstrip("/") for a in given.positional))
        last = qualified.rsplit(".", 1)[-1]
        if last == "load_data" and ".datasets." in qualified:
            return self.known_reads(node, qualified, {"reads": "dataset", "returns": "parts"}, given)
        if last in ("load_dataset", "fetch") or last.startswith(("load_", "fetch_")):
            return self.known_reads(node, qualified, {"reads": "dataset", "returns": "frame"}, given)
        return self.unknown(node, given)

    def unknown(self, node: ast.Call | None, given: Arguments) -> Value:
        """An unknown call may read all that it is given; it changes that where its result is thrown away."""
        for argument in given.all():
            self.record.use(argument)
            if argument.kind == "function" and id(argument.node) not in self.running and self.depth < DEPTH:
                self.callback(argument, Value())
        if node is not None and node is self.discarded:
            for argument in given.all():
                if (
                    argument.kind in ("frame", "series", "array", "list", "dict", "estimator", "instance")
                    and not argument.known()
                ):
                    self.record.mutate(argument)
        rowful = [a for a in given.all() if a.axis]
        value = self.derive(*(rowful or given.all()), kind="unknown" if not rowful else "")
        if not rowful:
            value.origin = frozenset().union(*(a.origin for a in given.all()), frozenset())
        value.metric = False
        return value

    def known_reads(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        first = (
            given.get(0, "filepath_or_buffer")
            or given.get(0, "io")
            or given.get(0, "path")
            or given.get(0, "path_or_buf")
        )
        path = first.const if first is not None and isinstance(first.const, str) else None
        if first is not None and path is None and first.kind == "file" and isinstance(first.const, str):
            path = first.const
        if qualified == "json.load" and (first is None or first.kind != "file"):
            return Value(kind="list")
        name = f"input{sum(isinstance(e, Read) for e in self.record.events)}"
        returns = facts.get("returns", "frame")
        axis = frozenset({name})
        if returns == "bunch" and given.constant(None, "return_X_y") is True:
            returns = "rows"
        framed = given.constant(None, "as_frame", qualified.endswith("fetch_openml")) in (True, "auto")
        if returns == "rows":
            x = Value(kind="frame" if framed else "array", axis=axis, origin=axis)
            y = Value(kind="series", axis=axis, origin=axis, column="target")
            value = Value(kind="tuple", items=[x, y], origin=axis)
        elif returns == "parts":  # (x_train, y_train), (x_test, y_test), as Keras' data sets come
            parts = []
            for part in ("train", "test"):
                held = [Value(kind="array", axis=axis, origin=axis, part=part, chosen=(node, part)) for _ in "xy"]
                parts.append(Value(kind="tuple", items=held, origin=axis))
            value = Value(kind="tuple", items=parts, origin=axis)
        elif returns == "bunch":
            value = Value(kind="bunch", type=qualified, origin=axis, name="as_frame" if framed else "")
        else:
            value = Value(kind=returns, type=qualified, axis=axis, origin=axis)
            value.columns = self.header(path, given)
        self.record.emit(
            Read(
                self.record.now,
                node,
                name,
                qualified,
                facts["reads"],
                path,
                value,
                self.depth > 0 or self.record.branching > 0,
                value.columns,
            )
        )
        return value

    if TYPE_CHECKING:

        def header(self, path: str | None, given: Arguments) -> tuple[str, ...] | None: ...

    def known_splits(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        items: list[Value] = []
        result = Value(kind="tuple", items=items, splits=True)
        parts = ["train", "test"]
        if facts.get("first"):  # numpy.split(rows, [n, m]): one argument, in as many parts as there are bounds and one
            bounds = given.positional[1].items if len(given.positional) > 1 else []
            parts += ["test"] * (len(bounds) - 1)
        for argument in given.positional[: 1 if facts.get("first") else None]:
            for part in parts:
                value = self.derive(argument, kind=argument.kind)
                value.selected, value.splits, value.chosen = True, True, (result, part)
                value.part = "test" if argument.part == "test" else part  # test rows parted again stay unseen
                value.content, value.column, value.columns = argument.content, argument.column, argument.columns
                items.append(value)
        self.record.emit(Split(self.record.now, node, self.depth > 0))
        return self.note(node, result, select="split", base=None)

    def known_redraws(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        """Rows put in another order or drawn again, those of several arguments in the same way."""
        items = []
        for argument in given.positional:
            value = self.derive(argument, kind=argument.kind)
            value.selected, value.content = True, argument.content
            value.part, value.splits = argument.part, argument.splits
            value.column, value.columns = argument.column, argument.columns
            items.append(value)
        if len(items) == 1:
            items[0].chosen = items[0]
            return self.note(node, items[0], select="call", base=given.nodes[0])
        return self.note(node, Value(kind="tuple", items=items), select="pair")

    def known_sized(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        """An array made by its size: as long as rows where its size is theirs."""
        sizes = [v for a in given.all() for v in (a, *a.items) if v.kind == "shape" and v.parent is not None]
        value = self.derive(*given.all(), kind="array")
        if sizes:
            self.lives(node)
            value.axis = frozenset().union(*(s.parent.axis for s in sizes if s.parent is not None))
        return value

    def known_others(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        """Each element of the result depends on its neighbours."""
        value = self.derive(*given.all(), column=None)
        return self.note(node, value, others=True) if value.axis else value

    def known_folds(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        """`reduce(step, items, start)`: the step is called with what it gave before and each item in turn."""
        if len(given.positional) < 2:
            return self.unknown(node, given)
        step, over = given.positional[:2]
        items = over.items or [self.element_of(over)]
        value = given.positional[2] if len(given.positional) > 2 else items[0]
        for item in items if len(given.positional) > 2 else items[1:]:
            value = self.callback(step, value, item)
        return value

    def known_each(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        return self.known_table_function(node, qualified, facts, given)

    def known_aggregates(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        axis = given.constant(1, "axis", given.constant(None, "axis"))
        if (
            axis in (1, -1, "columns")
            and qualified.startswith("numpy")
            and given.positional
            and given.positional[0].axis
        ):
            return self.derive(given.positional[0], kind="series")
        if facts.get("fits"):
            return self.cross_validated(node, qualified, facts, given)
        origin: frozenset[str] = frozenset().union(*(a.origin | a.axis for a in given.all()))
        local = [a for a in given.all() if a.axis]
        if local and all(a.kind in ("scalar", "row", "text") for a in local):
            return self.derive(*given.all())
        value = Value(kind=facts.get("returns", "scalar"), origin=origin)
        verdict = next((a for a in local if self.verdict(a, last_name(qualified))), None)
        if verdict is not None:
            return self.judged(node, verdict, last_name(qualified))
        if facts.get("metric"):
            judged = list(dict.fromkeys(a.prediction for a in given.all() if a.prediction))
            part = next((a.part for a in given.all() if a.part), "")
            value.metric, value.better = True, facts.get("better", "")
            value.type = facts.get("text", "")
            self.record.emit(
                Metric(
                    self.record.now,
                    node,
                    qualified.rsplit(".", 1)[-1],
                    tuple(judged),
                    value.better,
                    part,
                    self.depth > 0,
                    tuple(given.nodes),
                    tuple(given.positional),
                )
            )
        else:
            judges = qualified.rsplit(".", 1)[-1] in JUDGING and any(a.axis and a.prediction for a in given.all())
            value.metric = judges or any(a.metric for a in given.all())
        return value

    def verdict(self, rows: Value, name: str) -> bool:
        """Whether a statistic of these rows judges: a mean of hits or of residuals."""
        return rows.prediction is not None and bool(rows.better) and name in ("mean", "sum", "average", "median")

    def judged(self, node: ast.expr, rows: Value, name: str) -> Value:
        """The number that comes of predictions and truth, compared row by row."""
        estimators = (rows.prediction,) if rows.prediction is not None else ()
        self.record.emit(Metric(self.record.now, node, name, estimators, rows.better, rows.part, self.depth > 0))
        return Value(kind="scalar", origin=rows.origin | rows.axis, metric=True, better=rows.better)

    def cross_validated(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        estimator = given.get(0, "estimator")
        x = given.get(1, "X")
        value = Value(kind="array", origin=x.origin | x.axis if x is not None else frozenset())
        self.drawn_by(estimator)
        if facts.get("metric"):
            value.metric, value.better = True, "higher"
            self.record.emit(
                Metric(
                    self.record.now,
                    node,
                    qualified.rsplit(".", 1)[-1],
                    (estimator,) if estimator else (),
                    "higher",
                    "folds",
                    self.depth > 0,
                    tuple(given.nodes),
                    tuple(given.positional),
                )
            )
        return value

    def known_shows(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        return Value(kind="figure")

    def known_seeds(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        which = qualified.split(".")[0]
        self.record.seed(which if which in self.record.generators else "numpy")
        return Value(kind="none", const=None)

    def known_draws(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        self.record.draw("random" if qualified.startswith("random.") else "numpy")
        if facts.get("mutates") and given.positional:
            self.record.mutate(given.positional[0])
        sized = [a for a in given.all() if a.kind == "shape" or a.axis]
        value = Value(kind="array", origin=frozenset().union(*(a.origin | a.axis for a in given.all())))
        if sized:  # np.random.rand(len(df)): one number a row
            value.axis = frozenset().union(*(a.origin | a.axis for a in sized))
        value.splits = True
        return value

    def known_composes(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        if facts["returns"] == "selector":
            return Value(kind="selector")
        return self.construct_estimator(node, facts["returns"], self.know.klass(facts["returns"]) or {}, given)

    def known_saves(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        what, what_node = given.get(facts["what"]), given.node(facts["what"])
        if what is not None and what_node is not None:
            self.record.use(what)
            self.record.emit(Saved(self.record.now, node, what, what_node))
        return Value(kind="none", const=None)

    def known_loads(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        return Value(kind="unknown")

    def known_writes(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        path = next((a.const for a in given.all() if a.kind in ("file", "text") and isinstance(a.const, str)), None)
        for argument in given.all():
            self.record.use(argument)
        self.record.emit(Written(self.record.now, node, path))
        return Value(kind="none", const=None)

    def known_fits_formula(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        data = given.get(1, "data")
        value = Value(kind="estimator", type=qualified, origin=data.origin | data.axis if data else frozenset())
        value.items = [data] if data else []
        value.const, value.name = given.constant(0, "formula", MISSING), "formula"
        value.node = given.node(1, "data")
        return value

    def known_fits_matrix(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        y, x = given.get(0, "endog"), given.get(1, "exog")
        value = Value(kind="estimator", type=qualified, name="matrix")
        value.items = [v for v in (x, y) if v is not None]
        value.node = given.node(1, "exog")
        value.origin = frozenset().union(*(v.origin | v.axis for v in value.items))
        return value

    def known_trains(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        data = given.get(facts["data"], "dtrain") or given.get(facts["data"], "train_set")
        value = Value(
            kind="estimator", type=qualified, name="predictor", origin=data.origin | data.axis if data else frozenset()
        )
        self.fitted(
            node,
            value,
            data,
            data.items[0] if data is not None and data.items else None,
            given.node(facts["data"], "dtrain") or given.node(facts["data"], "train_set"),
            data.node if data is not None and isinstance(data.node, ast.expr) else None,
            data.created if data is not None else -1,
        )
        return value
