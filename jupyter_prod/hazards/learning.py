"""What is learned from which rows: fits, what they are judged on, and what reached the rows before."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.flow import ALL, Flow, Wanted
from jupyter_prod.program.events import Fit, Metric, Predict
from jupyter_prod.program.values import Value

ROWWISE = frozenset(
    """Normalizer FunctionTransformer Binarizer PolynomialFeatures HashingVectorizer FeatureHasher AdditiveChi2Sampler
        HashingEncoder SplineTransformerless
    """.split()
)
"""Transformers whose result for a row depends on that row alone."""

_STATISTICS = frozenset(
    """mean median mode std var min max sum quantile nanmean nanmedian nanstd percentile nanpercentile average agg
        aggregate transform ptp mad sem
    """.split()
)
_LEARNED_COLUMNS = frozenset(
    {"group", "zscore", "scale", "qcut", "cut", "rank", "boxcox", "fit_transform", "fit_predict"}
)


@dataclass(frozen=True, eq=False)
class Learned:
    """Something that was learned from rows: `node` is the call, `rows` the rows at `tick`, `value` what came of it."""

    node: ast.expr
    what: str
    rows: Value
    tick: int
    value: Value
    estimator: Value | None = None


@dataclass(frozen=True, eq=False)
class Judged:
    """Rows for which a fitted estimator answers, and its last fit before; `scored`: the answers are judged."""

    node: ast.expr
    estimator: Value
    x: Value
    tick: int
    fit: Fit
    fit_tick: int
    scored: bool


class Learning:
    """The learning of one notebook, found once for all rules that ask."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.flow: Flow = facts.flow
        self.fits: list[Fit] = facts.program.of(Fit)
        self._fits_of: dict[int, list[Fit]] = {}
        for fit in self.fits:
            self._fits_of.setdefault(id(fit.estimator), []).append(fit)
        self.judged: list[Judged] = list(self._judged())

    def fits_of(self, estimator: Value) -> list[Fit]:
        """The fits of an estimator, or of what it may be."""
        found = list(self._fits_of.get(id(estimator), ()))
        for other in estimator.alike:
            found += self.fits_of(other)
        return found

    def _judged(self) -> Iterator[Judged]:
        for event in self.facts.program.record.events:
            if isinstance(event, Predict):
                yield from self._answers(event.node, event.estimator, event.x, self.flow.at(event), scored=False)
            elif isinstance(event, Metric) and event.name in ("score", "evaluate") and event.values:
                for estimator in event.estimators:
                    yield from self._answers(event.node, estimator, event.values[0], self.flow.at(event), scored=True)

    def _answers(self, node: ast.expr, estimator: Value, x: Value, tick: int, scored: bool) -> Iterator[Judged]:
        fits = [f for f in self.fits_of(estimator) if f.x is not None and self.flow.at(f) <= tick]
        if fits:
            yield Judged(node, estimator, x, tick, fits[-1], self.flow.at(fits[-1]), scored)

    def held_out(self) -> Iterator[Judged]:
        """Rows that were parted from the fitted ones before they were answered for."""
        for judged in self.judged:
            assert judged.fit.x is not None
            if self.is_apart(judged.x, judged.tick, judged.fit):
                yield judged

    def is_apart(self, x: Value, tick: int, fit: Fit) -> bool:
        """Whether rows are of the fitted rows' inputs, and others than those."""
        if fit.x is None or not (x.part == "test" or self.flow.apart(x, tick, fit.x, self.flow.at(fit))):
            return False
        if x.part == "test" and fit.x.part == "test" and x.content is fit.x.content:
            return False
        return bool(x.axis & fit.x.axis) or not (x.axis or fit.x.axis)

    def folds(self) -> Iterator[tuple[ast.expr, Value, int]]:
        """(call, rows, when) of what is judged in folds; searches over a training part are none."""
        for event in self.facts.program.record.events:
            x: Value | None = None
            if isinstance(event, Metric) and event.part == "folds":
                x = event.values[1] if len(event.values) > 1 else self._keyword(event.node, "X")
            elif isinstance(event, Fit) and role(event.estimator) == "search":
                x = event.x
            if x is not None and not x.part:
                yield event.node, x, self.flow.at(event)

    def _keyword(self, node: ast.expr, name: str) -> Value | None:
        if not isinstance(node, ast.Call):
            return None
        return next((self.facts.value(k.value) for k in node.keywords if k.arg == name), None)

    def wanted(self, fit: Fit) -> Wanted:
        """The columns that may be features: all but the target's."""
        column = fit.y.column if fit.y is not None else None
        return Wanted(None, frozenset({column})) if isinstance(column, str) else ALL

    def reached(self, x: Value, tick: int, wanted: Wanted = ALL) -> Iterator[Learned]:
        """What was learned from rows on the way to these rows: by estimators and as statistics."""

        def enough(value: Value) -> bool:
            return value.learned and bool(x.axis)  # what a statistic was taken of was there before the rows

        for step in self.flow.back(x, tick, wanted, stop=enough):
            value = step.value
            if value.through is not None:
                yield from self._by_estimator(value, step.tick)
            elif isinstance(value.made, ast.Call):
                yield from self._as_statistic(value, value.made, step.tick)

    def _by_estimator(self, value: Value, tick: int) -> Iterator[Learned]:
        assert value.through is not None
        for estimator in alternatives(value.through):
            if role(estimator) in ("resampler", "predictor") or is_rowwise(estimator):
                continue
            fits = [f for f in self.fits_of(estimator) if f.x is not None and self.flow.at(f) <= max(tick, value.tick)]
            same = [f for f in fits if f.node is value.made]
            for fit in (same or fits)[-1:]:
                assert fit.x is not None
                yield Learned(fit.node, f"`{short(estimator)}`", fit.x, self.flow.at(fit), value, estimator)

    def _as_statistic(self, value: Value, made: ast.Call, tick: int) -> Iterator[Learned]:
        note = self.facts.program.note(made)
        learn = note.learn if note is not None else ""
        name = self.facts.qualified(made.func).rsplit(".", 1)[-1]
        if value.axis and learn in _LEARNED_COLUMNS and value.kind in ("series", "array", "frame"):
            rows = next((s.value for s in value.sources if s.value.axis), None)
            if rows is not None and not (learn == "cut" and not value.origin):
                yield Learned(made, f"`{_text(made)}`", rows, value.tick, value)
        elif value.learned and name in _STATISTICS and value.kind in ("scalar", "series", "frame", "array"):
            rows = self._rows_behind(value)
            if rows is not None and not _is_truth(rows):
                yield Learned(made, f"`{_text(made)}`", rows, value.tick, value)

    def _rows_behind(self, value: Value) -> Value | None:
        """The rows that a statistic was taken of."""
        for step in self.flow.back(value, value.tick):
            if step.value is not value and step.value.axis and step.value.kind in ("frame", "series", "array"):
                return step.value
        return None

    def only_target(self, learned: Learned, fit: Fit) -> bool:
        """Whether what was learned is the target's encoding, which no feature is made of."""
        if fit.y is None or (
            learned.rows.kind not in ("series", "list", "unknown", "array") and learned.rows.column is None
        ):
            return False
        if learned.rows.kind == "array" and learned.rows.column is None:
            return False
        return any(step.value is learned.value for step in self.flow.back(fit.y, self.flow.at(fit)))


def alternatives(estimator: Value) -> list[Value]:
    """The estimator, or those that it may be after a branch."""
    if not estimator.alike:
        return [estimator]
    return [found for other in estimator.alike for found in alternatives(other)]


def _is_truth(rows: Value) -> bool:
    """Whether values are true or false: their sum is a count, no statistic that a feature is made of."""
    made = rows.made
    if isinstance(made, ast.UnaryOp):
        return isinstance(made.op, (ast.Invert, ast.Not))
    if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute):
        return made.func.attr in (
            "isnull",
            "isna",
            "notnull",
            "notna",
            "isin",
            "duplicated",
            "between",
            "eq",
            "ne",
            "gt",
            "lt",
        )
    return isinstance(made, ast.Compare)


def is_rowwise(estimator: Value) -> bool:
    """Whether its result for a row depends on that row alone: by its class, or because what it would learn is given."""
    if short(estimator) in ROWWISE:
        return True
    made = estimator.made
    for keyword in made.keywords if isinstance(made, ast.Call) else ():
        const = keyword.value.value if isinstance(keyword.value, ast.Constant) else ...
        if keyword.arg in ("categories", "vocabulary") and const not in ("auto", None):
            return True
        if keyword.arg == "strategy" and const == "constant":
            return True
    return False


def is_classifier(estimator: Value) -> bool:
    """Whether an estimator answers with classes: its name says so."""
    name = short(estimator)
    return (
        "Classif" in name
        or name in _CLASSIFIERS
        or any(is_classifier(i) for i in estimator.items if i.kind == "estimator")
    )


_CLASSIFIERS = frozenset(
    """LogisticRegression LogisticRegressionCV SVC NuSVC LinearSVC GaussianNB MultinomialNB BernoulliNB ComplementNB
        Perceptron
    """.split()
)


def learning(facts: Facts) -> Learning:
    """The learning of a notebook, found once."""
    kept = facts.kept.get("learning")
    if not isinstance(kept, Learning):
        kept = facts.kept["learning"] = Learning(facts)
    return kept


def short(estimator: Value) -> str:
    """The class of an estimator, without its module."""
    return estimator.type.rsplit(".", 1)[-1] or "estimator"


def role(estimator: Value) -> str:
    """transformer, predictor, clusterer, resampler, search, splitter; a pipeline has the role of its last step."""
    if estimator.name == "composite":
        last = _last_step(estimator)
        return role(last) if last is not None else "predictor"
    return estimator.name or "predictor"


def _last_step(estimator: Value) -> Value | None:
    held = estimator.items
    while held:
        if held[-1].kind == "estimator":
            return held[-1]
        held = held[-1].items
    return None


def holds(estimator: Value, name: str, seen: set[int] | None = None) -> bool:
    """Whether an estimator is of this class or holds one that is."""
    seen = set() if seen is None else seen
    if id(estimator) in seen:
        return False
    seen.add(id(estimator))
    return (estimator.kind == "estimator" and short(estimator) == name) or any(
        holds(i, name, seen) for i in estimator.items
    )


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else text[:59] + "…"
