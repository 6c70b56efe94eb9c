"""JPM14 ambiguous-final-model."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.holdout import must_be_judged, scored, site
from jupyter_prod.hazards.learning import Learning, learning, role, short
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.events import Fit, Metric, Saved

_CHOOSERS = ("max", "min", "sorted", "argmax", "argmin", "idxmax", "idxmin", "nlargest", "nsmallest", "sort_values")
_MOST_STEPS = 400


class AmbiguousFinalModel(Rule):
    code = "JPM14"
    slug = "ambiguous-final-model"
    severity = "info"
    step = 4
    title = "Several models, and none is the one to ship"
    what = """
    Finds notebooks that fit several models for the same target, where none is saved, none alone answers for new rows,
    and no comparison chooses. Baselines and the models inside a search are none. Told at the second model.
    """
    why = """
    Whoever brings the notebook into production has to guess which model is meant. The guess may be the one that was
    only tried out.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.svm import SVR
        flats = pd.read_csv("flats.csv")
        ridge = Ridge().fit(flats[["area"]], flats["rent"])
        svr = SVR().fit(flats[["area"]], flats["rent"])  # JPM14
        """,
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import train_test_split
        loans = pd.read_csv("loans.csv")
        a, b, ya, yb = train_test_split(loans[["income"]], loans["paid"], random_state=1)
        logit = LogisticRegression().fit(a, ya)
        print(logit.score(b, yb))
        forest = RandomForestClassifier(random_state=1)
        forest.fit(a, ya)  # JPM14
        print(forest.score(b, yb))
        """,
    )
    good = (
        """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import train_test_split
        from sklearn.svm import SVR
        flats = pd.read_csv("flats.csv")
        a, b, ya, yb = train_test_split(flats[["area"]], flats["rent"], random_state=1)
        ridge = Ridge().fit(a, ya)
        svr = SVR().fit(a, ya)
        print(ridge.score(b, yb), svr.score(b, yb))
        joblib.dump(svr, "rent.joblib")
        """,
        """
        import pandas as pd
        from sklearn.dummy import DummyRegressor
        from sklearn.linear_model import Ridge
        flats = pd.read_csv("flats.csv")
        ridge = Ridge().fit(flats[["area"]], flats["rent"])
        mean = DummyRegressor().fit(flats[["area"]], flats["rent"])
        other = Ridge().fit(flats[["area"]], flats["costs"])
        """,
    )
    conversion = "yours"
    conversion_note = """
    Conversion takes the model that is saved, else the one that answers for new rows, else the best by the notebook's
    comparison; `--model NAME` says otherwise.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        known = learning(facts)
        by_target: dict[object, list[Fit]] = {}
        for fit in known.fits:
            if role(fit.estimator) in ("predictor", "search") and must_be_judged(fit):
                by_target.setdefault(_target(fit), []).append(fit)
        for fits in by_target.values():
            first_of: dict[object, Fit] = {}
            for fit in fits:
                first_of.setdefault(site(fit.estimator), fit)
            if len(first_of) < 2 or _is_settled(set(first_of), fits, known):
                continue
            second = list(first_of.values())[1]
            place = facts.place(second.node)
            if place is not None:
                message = f"`{short(second.estimator)}` is another model for the same target, and none is chosen"
                yield Hit(place, f"{message}: save the one to ship, or choose by a score")
                return


def _target(fit: Fit) -> object:
    """What tells models of one target: the column, else the rows' inputs."""
    assert fit.y is not None
    return fit.y.column if isinstance(fit.y.column, str) else fit.y.axis or fit.y.origin


def _is_settled(sites: set[object], fits: list[Fit], known: Learning) -> bool:
    facts = known.facts
    judged = {site(s.estimator) for s in scored(known) if known.is_apart(s.x, s.tick, s.fit)}
    saved = {
        site(step.value)
        for event in facts.program.of(Saved)
        for step in islice(known.flow.back(event.what, known.flow.at(event)), _MOST_STEPS)
        if step.value.kind == "estimator"
    } & sites
    if len(saved) == 1 and (sites - saved <= judged or site(fits[-1].estimator) in saved):
        return True
    asked = {
        site(j.estimator)
        for j in known.judged
        if not j.scored and not j.x.part and j.x.axis and j.fit.x is not None and not j.x.axis & j.fit.x.axis
    } & sites
    return len(asked) == 1 or _is_compared(sites, known)


def _is_compared(sites: set[object], known: Learning) -> bool:
    """Whether the scores of two or more of the models come together where the best is taken."""
    facts = known.facts
    numbers: dict[int, set[object]] = {}
    for event in facts.program.of(Metric):
        value = facts.value(event.node)
        if value is not None:
            numbers.setdefault(id(value), set()).update(site(e) for e in event.estimators)
    for call in facts.methods(*_CHOOSERS):
        given = [*call.args, *([call.func.value] if hasattr(call.func, "value") else [])]
        found: set[object] = set()
        for node in given[:6]:
            value = facts.value(node)
            for step in islice(known.flow.back(value), _MOST_STEPS) if value is not None else ():
                found |= numbers.get(id(step.value), set())
        if len(found & sites) > 1:
            return True
    return False
