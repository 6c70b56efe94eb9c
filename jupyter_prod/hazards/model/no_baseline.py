"""JPM11 no-baseline."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.holdout import must_be_judged, scored
from jupyter_prod.hazards.learning import Learning, holds, learning, role
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy
from jupyter_prod.program.events import Metric

_SAID = lazy(r"baseline|naive|dummy|persistence|majority|most[_ ]frequent|no[_ ]skill|null[_ ]model", re.I)
_COMPARED = frozenset({"score", "evaluate"})


class NoBaseline(Rule):
    code = "JPM11"
    slug = "no-baseline"
    severity = "info"
    step = 4
    title = "Nothing to hold the score against"
    what = """
    Finds notebooks that score a model and never score anything simple beside it: a `DummyClassifier`, the mean, the
    last value, the rule that is used today. The share of the most frequent class counts as one.
    """
    why = """
    An accuracy of 0.96 is bad where 97 of 100 rows are of one class. Without the number of today's solution nobody can
    say what the model is worth, and whether it should be shipped.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.model_selection import train_test_split
        from sklearn.svm import SVR
        flats = pd.read_csv("flats.csv")
        a, b, ya, yb = train_test_split(flats[["area"]], flats["rent"], random_state=1)
        print(SVR().fit(a, ya).score(b, yb))  # JPM11
        """,
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import cross_val_score
        flats = pd.read_csv("flats.csv")
        print(cross_val_score(Ridge(), flats[["area"]], flats["rent"]).mean())  # JPM11
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.dummy import DummyRegressor
        from sklearn.model_selection import train_test_split
        from sklearn.svm import SVR
        flats = pd.read_csv("flats.csv")
        a, b, ya, yb = train_test_split(flats[["area"]], flats["rent"], random_state=1)
        print(SVR().fit(a, ya).score(b, yb), DummyRegressor().fit(a, ya).score(b, yb))
        """,
        """
        import pandas as pd
        from sklearn.metrics import mean_absolute_error
        from sklearn.model_selection import train_test_split
        from sklearn.svm import SVR
        load = pd.read_csv("load.csv")
        train, test = train_test_split(load, shuffle=False)
        model = SVR().fit(train[["hour"]], train["mw"])
        print(mean_absolute_error(test["mw"], model.predict(test[["hour"]])))
        print(mean_absolute_error(test["mw"], test["mw_yesterday"]))
        """,
    )
    conversion = "yours"
    conversion_note = """
    The model card has a place for the baseline, and the release gate compares with the version in production.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        known = learning(facts)
        if not known.fits and not any(e.part == "folds" for e in facts.program.of(Metric)):
            return
        first = _first_score(known)
        if first is None or _has_baseline(known):
            return
        place = facts.place(first)
        if place is not None:
            yield Hit(place, "the score is held against nothing: score a trivial or today's solution on the same rows")


def _first_score(known: Learning) -> ast.expr | None:
    """The first number of a model on rows that it hasn't seen."""
    found: list[tuple[int, ast.expr]] = []
    for one in scored(known):
        judged = role(one.estimator) in ("predictor", "search") and must_be_judged(one.fit)
        if judged and known.is_apart(one.x, one.tick, one.fit):
            found.append((one.tick, one.node))
    for event in known.facts.program.of(Metric):
        if event.part == "folds":
            found.append((known.flow.at(event), event.node))
    return min(found, key=lambda f: f[0])[1] if found else None


def _has_baseline(known: Learning) -> bool:
    facts = known.facts
    if any(_SAID.search(c.source) for c in facts.notebook.cells):
        return True
    if any(holds(f.estimator, name) for f in known.fits for name in ("DummyClassifier", "DummyRegressor")):
        return True
    for event in facts.program.of(Metric):
        if event.name not in _COMPARED and event.part != "folds" and not event.estimators and len(event.values) > 1:
            return True
    return any(
        any(k.arg == "normalize" and isinstance(k.value, ast.Constant) and k.value.value is True for k in call.keywords)
        for call in facts.methods("value_counts")
    )
