"""What estimators do: learn, transform, predict, score, resample, fold."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from jupyter_prod.program.builtin_calls import BuiltinCalls
from jupyter_prod.program.events import Fit, Metric, Predict, Saved
from jupyter_prod.program.values import Value

if TYPE_CHECKING:
    from jupyter_prod.program.calls import Arguments

STEADY = frozenset(
    {
        "LinearRegression",
        "Ridge",
        "GaussianNB",
        "MultinomialNB",
        "BernoulliNB",
        "ComplementNB",
        "KNeighborsClassifier",
        "KNeighborsRegressor",
        "SVR",
        "StandardScaler",
        "MinMaxScaler",
        "RobustScaler",
        "LabelEncoder",
        "OneHotEncoder",
        "OrdinalEncoder",
        "SimpleImputer",
        "LinearDiscriminantAnalysis",
        "QuadraticDiscriminantAnalysis",
        "XGBClassifier",
        "XGBRegressor",
        "LGBMClassifier",
        "LGBMRegressor",
        "MaxAbsScaler",
        "Normalizer",
        "PolynomialFeatures",
        "CountVectorizer",
        "TfidfVectorizer",
        "LabelBinarizer",
        "KNNImputer",
        "ElasticNet",
        "BayesianRidge",
        "HuberRegressor",
        "VarianceThreshold",
        "PowerTransformer",
        "Binarizer",
        "ColumnTransformer",
        "FeatureUnion",
    }
)
"""Estimators that draw no random number in `fit` with their defaults."""


class EstimatorCalls(BuiltinCalls):
    """Mixed into the interpreter."""

    depth: int

    def construct_estimator(self, node: ast.Call, qualified: str, facts: Any, given: Arguments) -> Value:
        """A new, unfitted estimator."""
        held = [a for a in given.all() if a.kind in ("estimator", "list", "tuple")]
        value = Value(kind="estimator", type=qualified, items=held, name=facts.get("role", ""))
        value.origin = frozenset().union(*(a.origin for a in given.all() if a.kind not in ("frame", "series", "array")))
        value.splits = given.get(None, "random_state") is not None
        if given.constant(None, "random_state", 0) is None:
            value.splits = False
        return value

    def role(self, estimator: Value) -> str:
        """Whether it is a transformer, predictor, clusterer, resampler, search, composite or splitter."""
        if estimator.name and estimator.name not in ("formula", "matrix"):
            if estimator.name == "composite":
                last = self._last_step(estimator)
                return self.role(last) if last is not None else "predictor"
            return estimator.name
        return str((self.know.klass(estimator.type) or {}).get("role", "predictor"))

    def _last_step(self, estimator: Value) -> Value | None:
        held = estimator.items
        while held:
            last = held[-1]
            if last.kind == "estimator":
                return last
            held = last.items
        return None

    def drawn_by(self, estimator: Value | None) -> None:
        """Fitting this estimator may draw from numpy's global generator: unless it is seeded or needs none."""
        if estimator is None or estimator.kind != "estimator" or estimator.splits:
            return
        short = estimator.type.rsplit(".", 1)[-1]
        held = [v for v in _estimators(estimator) if v is not estimator]
        if held:
            for inner in held:
                self.drawn_by(inner)
        elif short not in STEADY:
            self.record.draw()

    def call_estimator(self, node: ast.Call, base: Value, name: str, given: Arguments) -> Value:
        """Calls a method of an estimator."""
        self.record.use(base)
        role = self.role(base)
        if role == "resampler" and name in ("fit_resample", "fit_sample"):
            return self._resampled(node, base, given)
        if role == "splitter" and name == "split":
            return self.note(node, self._folds(given), select="folds")
        kind = "transformer" if role == "transformer" else "predictor"
        facts = self.know.method(kind, name) or self.know.method("predictor", name)
        if facts is None:
            return Value(
                kind="unknown",
                origin=base.origin | frozenset().union(*(a.origin | a.axis for a in given.all())),
                parent=base,
            )
        effect = facts["rows"]
        if effect == "fits":
            return self._fit(node, base, given)
        if effect == "learns":
            return self._fit_transform(node, base, name, facts, given)
        if effect == "predicts":
            return self._predict(node, base, name, given)
        if effect == "aggregates":
            return self._score(node, base, name, facts, given)
        if effect == "saves":
            receiver = node.func.value if isinstance(node.func, ast.Attribute) else node
            self.record.emit(Saved(self.record.now, node, base, receiver))
            return Value(kind="none", const=None)
        if facts.get("mutates"):
            self.record.mutate(base)
            return base
        if effect == "each":
            return self._transform(base, name, given)
        return Value(kind="columns" if "feature_names" in name else "scalar", origin=base.origin)

    def _fit(self, node: ast.Call, base: Value, given: Arguments) -> Value:
        x, y = given.get(0, "X"), given.get(1, "y")
        x_node, y_node = given.node(0, "X"), given.node(1, "y")
        if base.name in ("formula", "matrix") and x is None:
            x = base.items[0] if base.items else None
            y = base.items[1] if len(base.items) > 1 else None
            x_node = base.node if isinstance(base.node, ast.expr) else None
        if x is None:
            x, x_node = given.get(0, "x"), given.node(0, "x")
        self.note(node, base, learn="fit", base=x_node)
        return self.fitted(node, base, x, y, x_node, y_node)

    def fitted(
        self,
        node: ast.Call,
        estimator: Value,
        x: Value | None,
        y: Value | None,
        x_node: ast.expr | None,
        y_node: ast.expr | None,
        y_at: int = -1,
    ) -> Value:
        """The estimator learns: it changes, and depends on the rows from now on."""
        for held in _estimators(estimator):
            held.origin = held.origin | frozenset().union(*(v.origin | v.axis for v in (x, y) if v is not None))
        self.drawn_by(estimator)
        self.record.mutate(estimator)
        estimator.fitted.append(self.record.now)
        self.record.emit(
            Fit(self.record.now, node, estimator, x, y, x_node, y_node, self.record.branching > 0, self.depth > 0, y_at)
        )
        return estimator

    def _fit_transform(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        x = given.get(0, "X")
        self.fitted(node, base, x, given.get(1, "y"), given.node(0, "X"), given.node(1, "y"))
        value = self._transform(base, name, given)
        if name == "fit_predict":
            value.prediction = base
            if x is not None and given.node(0, "X") is not None:
                self.record.emit(Predict(self.record.now, node, base, name, x, given.nodes[0], value, self.depth > 0))
        return self.note(node, value, learn=facts["how"], base=given.node(0, "X"))

    def _transform(self, base: Value, name: str, given: Arguments) -> Value:
        x = given.get(0, "X")
        if x is None:
            return Value(kind="array", origin=base.origin)
        value = self.derive(x, kind="array")
        value.origin |= base.origin
        value.through = base
        value.column, value.selected, value.part, value.splits = x.column, x.selected, x.part, x.splits
        value.prediction = x.prediction
        return value

    def _predict(self, node: ast.Call, base: Value, name: str, given: Arguments) -> Value:
        x = given.get(0, "X") or given.get(0, "x") or given.get(0, "exog") or Value()
        x_node = given.node(0, "X") or given.node(0, "x") or given.node(0, "exog")
        value = self.derive(x, kind="array")
        value.origin |= base.origin
        value.prediction, value.column = base, None
        value.type = name
        if x_node is not None:
            self.record.emit(Predict(self.record.now, node, base, name, x, x_node, value, self.depth > 0))
        return value

    def _score(self, node: ast.Call, base: Value, name: str, facts: Any, given: Arguments) -> Value:
        x = given.get(0, "X")
        self.record.emit(
            Metric(
                self.record.now,
                node,
                name,
                (base,),
                facts.get("better", ""),
                x.part if x is not None else "",
                self.depth > 0,
                tuple(given.nodes),
                tuple(given.positional),
            )
        )
        return Value(
            kind="scalar",
            origin=base.origin | frozenset().union(*(a.origin | a.axis for a in given.all())),
            metric=True,
            better=facts.get("better", ""),
        )

    def _resampled(self, node: ast.Call, base: Value, given: Arguments) -> Value:
        self.record.mutate(base)
        if not base.splits:
            self.record.draw()
        items = []
        for argument in given.positional:
            value = self.derive(argument, kind=argument.kind)
            value.selected, value.content, value.column, value.columns, value.part = (
                True,
                argument.content,
                argument.column,
                argument.columns,
                argument.part,
            )
            value.through = base
            items.append(value)
        return self.note(node, Value(kind="tuple", items=items), select="pair")

    def _folds(self, given: Arguments) -> Value:
        rows: frozenset[str] = frozenset().union(*(a.axis for a in given.all()))
        parts = [Value(kind="array", origin=rows, splits=True, part=p) for p in ("train", "test")]
        return Value(kind="list", element=Value(kind="tuple", items=parts), origin=rows)

    def call_instance(self, node: ast.Call, base: Value, name: str, given: Arguments) -> Value:
        """Calls a method of an instance of the notebook's own class."""
        definition = base.node
        if isinstance(definition, ast.ClassDef):
            for method in definition.body:
                if isinstance(method, ast.FunctionDef) and method.name == name:
                    self.record.use(base)
                    self.record.mutate(base)
                    return self.call_own(
                        node, Value(kind="function", node=method, closure=base.closure), given, itself=base
                    )
        return self.unknown(node, given)

    if TYPE_CHECKING:

        def call_own(
            self, node: ast.Call | None, function: Value, given: Arguments, itself: Value | None = None
        ) -> Value: ...


def _estimators(value: Value, seen: set[int] | None = None) -> list[Value]:
    """The estimator and those that it holds."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return []
    seen.add(id(value))
    found = [value] if value.kind == "estimator" else []
    for held in value.items:
        found += _estimators(held, seen)
    return found
