"""JPM09 train-serve-skew."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.columns import Columns
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.learning import Judged, Learned, Learning, is_classifier, learning, short
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.events import Fit, Metric, Predict, Written
from jupyter_prod.program.values import Value

_LOGS = frozenset("log log1p log2 log10 sqrt cbrt boxcox yeojohnson".split())
_BACK = frozenset("exp expm1 exp2 power square inv_boxcox inverse_transform inv_boxcox1p".split())
_TARGET_SCALERS = frozenset(
    "StandardScaler MinMaxScaler RobustScaler MaxAbsScaler PowerTransformer QuantileTransformer".split()
)
_CHANGES = frozenset("log log1p log2 log10 sqrt cbrt exp expm1 square power clip map replace round where".split())


_SEVERAL = frozenset({"assign", "pipe", "apply", "transform", "applymap", "map", "replace", "eval", "agg"})
"""Methods of frames that change several columns at once."""


class TrainServeSkew(Rule):
    code = "JPM09"
    slug = "train-serve-skew"
    severity = "error"
    step = 4
    title = "Prediction prepares its rows otherwise than training"
    what = """
    Compares what was done to the rows before `fit` with what was done before `predict`: a scaler, encoder or
    vectoriser that is missing, is another, or is fitted anew on the rows to predict; a column that is changed on
    one side only; a statistic of the rows to predict instead of the training rows'; and a target that was
    transformed for training while the predictions are not transformed back.
    """
    why = """
    Nothing fails: the numbers have the right shape and are wrong. It is the most common reason why a model that was
    good in the notebook is bad in production.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.preprocessing import StandardScaler
        rows, new = pd.read_csv("rows.csv"), pd.read_csv("new.csv")
        model = Ridge().fit(StandardScaler().fit_transform(rows[["a", "b"]]), rows["y"])
        new["y"] = model.predict(new[["a", "b"]])  # JPM09
        """,
        """
        import numpy as np
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.metrics import mean_absolute_error
        from sklearn.model_selection import train_test_split
        train, test = train_test_split(pd.read_csv("rows.csv"), random_state=1)
        model = Ridge().fit(train[["a"]], np.log1p(train["y"]))
        guess = model.predict(test[["a"]])  # JPM09
        print(mean_absolute_error(test["y"], guess))
        """,
    )
    good = (
        """
        import numpy as np
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.preprocessing import StandardScaler
        rows, new = pd.read_csv("rows.csv"), pd.read_csv("new.csv")
        scaler = StandardScaler()
        model = Ridge().fit(scaler.fit_transform(rows[["a", "b"]]), np.log1p(rows["y"]))
        new["y"] = np.expm1(model.predict(scaler.transform(new[["a", "b"]])))
        new.to_csv("predicted.csv")
        """,
    )
    conversion = "resolved"
    conversion_note = """
    Training and serving share one feature function, in which each learned value is recorded at training and
    answered at serving. Where the notebook itself predicts otherwise than it trained, verification shows the
    difference.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        known = learning(facts)
        told: set[int] = set()
        for node, message in [*_rows_differ(known), *_target_stays(known)]:
            place = facts.place(node)
            if id(node) not in told and place is not None:
                told.add(id(node))
                yield Hit(place, message)


# ------------------------------------------------------------ the rows


def _rows_differ(known: Learning) -> Iterator[tuple[ast.expr, str]]:
    for judged in known.judged:
        if known.facts.statement(judged.node) is None and known.facts.place(judged.node) is None:
            continue
        found = _difference(judged, known)
        if found:
            yield judged.node, found


def _difference(judged: Judged, known: Learning) -> str:
    fit = judged.fit
    assert fit.x is not None
    if fit.x is judged.x or not _is_followed(judged.x, judged.tick, known):
        return ""
    wanted = known.wanted(fit)
    trained = [t for t in known.reached(fit.x, judged.fit_tick, wanted) if not known.only_target(t, fit)]
    served = list(known.reached(judged.x, judged.tick, wanted))
    missing = _not_applied(trained, served, judged)
    if missing is not None:
        return f"{missing.what} was applied before `fit` and isn't here: the model sees other numbers than in training"
    anew = _learned_anew(served, fit, judged, known)
    if anew is not None:
        return f"{anew.what} is learned from the rows to predict, in training it was learned from the training rows"
    order = _other_order(judged, known)
    if order:
        return order
    changed = _changed_columns(judged, known)
    if changed:
        return f"{changed} differently from training before it is predicted with"
    return ""


def _is_followed(x: Value, tick: int, known: Learning) -> bool:
    """Whether the way to these rows is known: from an input, or typed in; no grid, no argument of a function."""
    for step in known.flow.back(x, tick):
        value, made = step.value, step.value.made
        if isinstance(made, ast.Call) and not value.axis:
            name = known.facts.qualified(made.func).rsplit(".", 1)[-1]
            if value.kind == "unknown" or (not x.axis and name not in _TYPED_IN):
                return False
        if made is None and not value.sources and not value.alike and value.kind == "unknown":
            return False
        if not x.axis and isinstance(made, ast.Subscript) and "_" in ast.unparse(made.value)[-2:]:
            return False  # np.c_[…] of a grid
    return True


_TYPED_IN = frozenset(
    """array asarray DataFrame Series reshape expand_dims float int input transform fit_transform from_dict list dict
        astype to_numpy
    """.split()
)
_SCALERS = frozenset(
    "StandardScaler MinMaxScaler RobustScaler MaxAbsScaler PowerTransformer QuantileTransformer PCA".split()
)


def _not_applied(trained: list[Learned], served: list[Learned], judged: Judged) -> Learned | None:
    here = {_site(s.estimator) for s in served if s.estimator is not None}
    kinds = {short(s.estimator) for s in served if s.estimator is not None}
    for learned in trained:
        if learned.estimator is None or _site(learned.estimator) in here:
            continue
        by_hand = not judged.x.axis and not here  # a row that is typed in may be encoded by hand; nobody scales by hand
        if (by_hand and short(learned.estimator) not in _SCALERS) or (
            not judged.x.axis and short(learned.estimator) in kinds
        ):
            continue
        return learned
    return None


def _site(estimator: Value) -> object:
    return id(estimator.made) if estimator.made is not None else id(estimator)


def _learned_anew(served: list[Learned], fit: Fit, judged: Judged, known: Learning) -> Learned | None:
    """What is learned from rows of other inputs than those that were fitted."""
    assert fit.x is not None
    if not judged.x.axis or not fit.x.axis:
        return None
    if judged.x.axis & fit.x.axis:  # test rows: what an estimator learns from them is fit-on-test
        statistics = [s for s in served if s.estimator is None and s.rows.axis == fit.x.axis]
        return next((s for s in statistics if known.flow.apart(s.rows, s.tick, fit.x, judged.fit_tick)), None)
    of_these = (s for s in served if s.rows.axis and not s.rows.axis & fit.x.axis and s.rows.axis <= judged.x.axis)
    return next(of_these, None) or _categories_anew(judged, known)


def _categories_anew(judged: Judged, known: Learning) -> Learned | None:
    """Categories found anew in the rows to predict: other columns, other codes; `reindex` puts columns right."""
    found: Learned | None = None
    for step in known.flow.back(judged.x, judged.tick):
        made = step.value.made
        if not isinstance(made, ast.Call):
            continue
        if known.facts.qualified(made.func).rsplit(".", 1)[-1] in ("reindex", "align", "reindex_like"):
            return None
        note = known.facts.program.note(made)
        if note is not None and note.learn in ("get_dummies", "factorize", "categories", "str_dummies"):
            found = found or Learned(made, f"`{ast.unparse(made)[:50]}`", step.value, step.tick, step.value)
    return found


def _other_order(judged: Judged, known: Learning) -> str:
    """The same columns in another order: an array has no names, so that each number stands for another column."""
    fit = judged.fit
    assert fit.x is not None
    columns = Columns(known.flow)
    before, here = columns.of(fit.x, judged.fit_tick), columns.of(judged.x, judged.tick)
    if before.whole or here.whole or before.names == here.names or set(before.names) != set(here.names):
        return ""
    return f"the columns stand in another order than in training: {', '.join(here.names[:4])} …"


def _changed_columns(judged: Judged, known: Learning) -> str:
    """A column that one side computes from itself and the other leaves as it is, where both come from files."""
    fit = judged.fit
    assert fit.x is not None
    if not judged.x.axis or not fit.x.axis or judged.x.axis & fit.x.axis:
        return ""
    before, here = _self_changes(fit.x, judged.fit_tick, known), _self_changes(judged.x, judged.tick, known)
    if before is None or here is None:
        return ""
    for column in sorted(before.keys() | here.keys()):
        if before.get(column, frozenset()) != here.get(column, frozenset()):
            return f"{column!r} is changed"
    return ""


def _self_changes(x: Value, tick: int, known: Learning) -> dict[str, frozenset[str]] | None:
    """Columns that are replaced by something computed from themselves → what was done; None where it can't be seen."""
    found: dict[str, frozenset[str]] = {}
    for step in known.flow.back(x, tick):
        if step.value.kind != "frame":
            continue
        made = step.value.made
        if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) and made.func.attr in _SEVERAL:
            for keyword in made.keywords if made.func.attr == "assign" else ():
                value = known.facts.value(keyword.value)
                if keyword.arg is None or value is None or value.kind == "function":
                    return None
                done = _done_to_itself(value, keyword.arg, known)
                if done:
                    found[keyword.arg] = found.get(keyword.arg, frozenset()) | done
            if made.func.attr != "assign":
                return None
        for source in step.value.sources:
            if source.tick <= step.tick and isinstance(source.key, str) and source.key in step.wanted:
                done = _done_to_itself(source.value, source.key, known)
                if done:
                    found[source.key] = found.get(source.key, frozenset()) | done
    return found


def _done_to_itself(value: Value, column: str, known: Learning) -> frozenset[str]:
    done: set[str] = set()
    itself = False
    waiting = [value]
    for _ in range(100):
        if not waiting:
            break
        now = waiting.pop()
        if isinstance(now.made, ast.BinOp):
            done.add(type(now.made.op).__name__)
        elif isinstance(now.made, ast.Call):
            name = known.facts.qualified(now.made.func).rsplit(".", 1)[-1]
            if name in _CHANGES:
                done.add(name)
        if now.kind == "series" and now.column == column and isinstance(now.made, (ast.Subscript, ast.Attribute)):
            itself = True
            continue
        waiting += [
            s.value
            for s in now.sources
            if s.tick <= max(now.tick, 0) + 1 and s.value.kind in ("series", "array", "bound", "scalar")
        ]
    return frozenset(done) if itself else frozenset()


# ------------------------------------------------------------ the target


def _target_stays(known: Learning) -> Iterator[tuple[ast.expr, str]]:
    """Predictions of a transformed target that are compared or written without being transformed back."""
    facts = known.facts
    for event in facts.program.of(Predict):
        if event.method not in ("predict", "forecast") or is_classifier(event.estimator):
            continue
        fits = [f for f in known.fits_of(event.estimator) if known.flow.at(f) <= known.flow.at(event)]
        how = _transformed(fits[-1], known) if fits and fits[-1].y is not None else ""
        if how and _used_untransformed(event.value, how, known):
            yield (
                event.node,
                f"the target was transformed by {how} for training and the prediction is never transformed back",
            )


def _transformed(fit: Fit, known: Learning) -> str:
    """What the target went through before it was fitted."""
    assert fit.y is not None
    return _transformation(fit.y, known.flow.at(fit), known)


def _transformation(value: Value, tick: int, known: Learning) -> str:
    for step in known.flow.back(value, tick, stop=lambda v: not v.axis):
        made = step.value.made
        if not step.value.axis or not isinstance(made, ast.Call):
            continue
        name = known.facts.qualified(made.func).rsplit(".", 1)[-1]
        if name in _LOGS:
            return f"`{name}`"
        if step.value.through is not None and short(step.value.through) in _TARGET_SCALERS:
            return f"`{short(step.value.through)}`"
    return ""


def _used_untransformed(prediction: Value, how: str, known: Learning) -> bool:
    def undone(value: Value) -> bool:
        made = value.made
        if isinstance(made, ast.Call) and known.facts.qualified(made.func).rsplit(".", 1)[-1] in _BACK:
            return True
        return isinstance(made, ast.BinOp) and isinstance(made.op, ast.Pow)

    for event in known.facts.program.record.events:
        if isinstance(event, Metric) and len(event.values) > 1 and event.name not in ("score", "evaluate"):
            sides = event.values[:2]
            raw = [
                any(s.value is prediction for s in known.flow.back(v, known.flow.at(event), stop=undone)) for v in sides
            ]
            others = [v for v, mine in zip(sides, raw, strict=True) if not mine]
            if any(raw) and others and not any(_transformation(o, known.flow.at(event), known) for o in others):
                return True
        elif isinstance(event, Written) and isinstance(event.node.func, ast.Attribute):
            written = known.facts.value(event.node.func.value)
            if written is not None and any(
                s.value is prediction for s in known.flow.back(written, known.flow.at(event), stop=undone)
            ):
                return True
    return False
