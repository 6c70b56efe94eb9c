"""JPM05 no-holdout."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.learning import Learning, learning, role, short
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.knowledge import knowledge
from jupyter_prod.program.events import Fit, Metric
from jupyter_prod.program.values import Value

_IN_FIT = frozenset({"validation_split", "validation_data", "eval_set", "eval_X", "valid_sets", "evals"})


class NoHoldout(Rule):
    code = "JPM05"
    slug = "no-holdout"
    severity = "error"
    step = 4
    title = "A model that is never judged on rows it hasn't seen"
    what = """
    Finds fitted models that no score, no comparison and no cross-validation judges on held-out rows. Clusterings
    are none, nor is the last fit on all rows of a model whose kind was judged on held-out rows before, nor a
    baseline.
    """
    why = """
    Nobody knows whether the model works: a score on the rows it was fitted on is met by any model that remembers
    them. There is nothing to gate a release with and nothing to compare the next version to.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestClassifier
        rows = pd.read_csv("rows.csv")
        model = RandomForestClassifier(random_state=1)
        model.fit(rows[["a", "b"]], rows["y"])  # JPM05
        print(model.score(rows[["a", "b"]], rows["y"]))
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.model_selection import cross_val_score
        rows = pd.read_csv("rows.csv")
        model = RandomForestClassifier(random_state=1)
        print(cross_val_score(model, rows[["a", "b"]], rows["y"]))
        model.fit(rows[["a", "b"]], rows["y"])
        """,
        """
        import pandas as pd
        from sklearn.metrics import mean_absolute_error
        from sklearn.tree import DecisionTreeRegressor
        rows = pd.read_csv("rows.csv")
        before, after = rows[rows["year"] < 2024], rows[rows["year"] >= 2024]
        tree = DecisionTreeRegressor().fit(before[["a"]], before["y"])
        print(mean_absolute_error(after["y"], tree.predict(after[["a"]])))
        """,
        """
        import pandas as pd
        from sklearn.cluster import KMeans
        rows = pd.read_csv("rows.csv")
        rows["segment"] = KMeans(5, random_state=1).fit_predict(rows[["a", "b"]])
        """,
    )
    conversion = "yours"
    conversion_note = """
    The generated release gate compares a new version on held-out rows; without any it says so in the model card and
    can't stop a bad version.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        known = learning(facts)
        judged = _judged_sites(known)
        kinds = {short(f.estimator) for f in known.fits if _site(f.estimator) in judged} | _cross_validated_kinds(known)
        told: set[object] = set()
        for fit in known.fits:
            site = _site(fit.estimator)
            if site in told or site in judged or not _must_be_judged(fit, facts):
                continue
            if short(fit.estimator) in kinds and not _on_a_part(fit):
                continue
            place = facts.place(fit.node)
            if place is not None:
                told.add(site)
                yield Hit(place, f"`{short(fit.estimator)}` is fitted and never judged on rows that it hasn't seen")


def _site(estimator: Value) -> object:
    """Where an estimator is made: those of a loop are one."""
    return id(estimator.made) if estimator.made is not None else id(estimator)


def _must_be_judged(fit: Fit, facts: Facts) -> bool:
    if role(fit.estimator) not in ("predictor", "search") or fit.estimator.name in ("formula", "matrix"):
        return False
    if fit.y is None or short(fit.estimator).startswith("Dummy") or not _is_known(fit.estimator):
        return False
    return not any(k.arg in _IN_FIT for k in fit.node.keywords) and not _says_out_of_bag(fit.estimator)


def _is_known(estimator: Value) -> bool:
    """Whether it is an estimator beyond doubt: a library's that is known, or the notebook's own class."""
    return knowledge().klass(estimator.type) is not None or isinstance(estimator.node, ast.ClassDef)


def _says_out_of_bag(estimator: Value) -> bool:
    made = estimator.made
    return isinstance(made, ast.Call) and any(
        k.arg == "oob_score" and not (isinstance(k.value, ast.Constant) and k.value.value is False)
        for k in made.keywords
    )


def _on_a_part(fit: Fit) -> bool:
    """Fitted on a training part: then the rest was there to judge it."""
    return fit.x is not None and fit.x.part == "train"


def _cross_validated_kinds(known: Learning) -> set[str]:
    """The kinds of models that are judged in folds, also inside a search or a pipeline."""
    found: set[str] = set()
    for event in known.facts.program.of(Metric):
        if event.part == "folds":
            for estimator in event.estimators:
                found |= _kinds(estimator)
    for fit in known.fits:
        if role(fit.estimator) == "search":
            found |= _kinds(fit.estimator)
    return found


def _kinds(estimator: Value, seen: set[int] | None = None) -> set[str]:
    seen = set() if seen is None else seen
    if id(estimator) in seen:
        return set()
    seen.add(id(estimator))
    found = {short(estimator)} if estimator.kind == "estimator" else set()
    for held in (*estimator.items, *estimator.alike, *([estimator.element] if estimator.element is not None else ())):
        found |= _kinds(held, seen)
    return found


def _judged_sites(known: Learning) -> set[object]:
    """The estimators judged on held-out rows: by a score, a prediction, folds, or a call that has both."""
    found: set[object] = set()
    for judged in known.held_out():
        found |= _sites(judged.estimator)
    for fit in known.fits:
        if role(fit.estimator) == "search":
            found |= _sites(fit.estimator)
    for event in known.facts.program.of(Metric):
        if event.part == "folds" or any(
            _is_unseen(v, known.flow.at(event), e, known) for e in event.estimators for v in event.values
        ):
            for estimator in event.estimators:
                found |= _sites(estimator)
    for call in known.facts.calls_of("sklearn.model_selection.cross_val_predict"):
        judged_in_folds = known.facts.value(call.args[0]) if call.args else None
        found |= _sites(judged_in_folds) if judged_in_folds is not None else set()
    for call in known.facts.calls:
        found |= _judged_by_call(call, known)
    return found


def _sites(estimator: Value, seen: set[int] | None = None) -> set[object]:
    seen = set() if seen is None else seen
    if id(estimator) in seen:
        return set()
    seen.add(id(estimator))
    found = {_site(estimator)} if estimator.kind == "estimator" else set()
    for held in (*estimator.items, *estimator.alike):
        found |= _sites(held, seen)
    return found


def _is_unseen(value: Value, tick: int, estimator: Value, known: Learning) -> bool:
    if value.part == "test":
        return True
    fits = known.fits_of(estimator)
    return (bool(fits) and any(known.is_apart(value, tick, f) for f in fits)) or (
        bool(fits)
        and bool(value.axis)
        and all(f.x is not None and f.x.axis and not f.x.axis & value.axis for f in fits)
    )


def _judged_by_call(call: ast.Call, known: Learning) -> set[object]:
    """A call that has both an estimator and held-out rows judges it: `plot_roc_curve(model, X_test, y_test)`."""
    values = [known.facts.value(a) for a in [*call.args, *(k.value for k in call.keywords)]]
    estimators = [v for v in values if v is not None and v.kind == "estimator" and role(v) in ("predictor", "search")]
    if not estimators or not any(v is not None and v.part == "test" for v in values):
        return set()
    return set().union(*(_sites(e) for e in estimators))
