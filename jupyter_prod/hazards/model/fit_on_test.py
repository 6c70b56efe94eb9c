"""JPM07 fit-on-test."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.learning import Learning, is_rowwise, learning, role, short
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.events import Fit


class FitOnTest(Rule):
    code = "JPM07"
    slug = "fit-on-test"
    severity = "error"
    step = 4
    title = "Something is fitted on the test rows"
    what = """
    Finds `fit` and `fit_transform` on rows that were parted off as test rows, for a model as well as for a scaler
    or an encoder.
    """
    why = """
    A model that was fitted on the test rows is not tested any more. A scaler fitted on them gives the same
    measurement another number than in training; and in production there is one row, of which no mean can be taken.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import train_test_split
        from sklearn.preprocessing import StandardScaler
        rows = pd.read_csv("rows.csv")
        train, test = train_test_split(rows, random_state=1)
        scaler = StandardScaler()
        model = Ridge().fit(scaler.fit_transform(train[["a", "b"]]), train["y"])
        print(model.score(scaler.fit_transform(test[["a", "b"]]), test["y"]))  # JPM07
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import train_test_split
        from sklearn.preprocessing import StandardScaler
        rows = pd.read_csv("rows.csv")
        train, test = train_test_split(rows, random_state=1)
        scaler = StandardScaler()
        model = Ridge().fit(scaler.fit_transform(train[["a", "b"]]), train["y"])
        print(model.score(scaler.transform(test[["a", "b"]]), test["y"]))
        """,
    )
    conversion = "yours"
    conversion_note = """
    The default reproduces the notebook's numbers; what serving applies is what training learned.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        known = learning(facts)
        told: set[int] = set()
        for fit, estimator in _on_test(known):
            place = facts.place(fit.node)
            if id(fit.node) not in told and place is not None:
                told.add(id(fit.node))
                yield Hit(
                    place,
                    f"`{estimator}` is fitted on the test rows: fit on the training rows, {_instead(fit)} here",
                )


def _instead(fit: Fit) -> str:
    return "transform" if role(fit.estimator) == "transformer" else "predict"


def _on_test(known: Learning) -> Iterator[tuple[Fit, str]]:
    for fit in known.fits:
        if (
            fit.x is not None
            and fit.x.part == "test"
            and not is_rowwise(fit.estimator)
            and role(fit.estimator) != "clusterer"
        ):
            yield fit, short(fit.estimator)
    for judged in known.held_out():
        for learned in known.reached(judged.x, judged.tick, known.wanted(judged.fit)):
            fitted = judged.fit.x
            if learned.estimator is None or fitted is None or learned.rows.axis != fitted.axis:
                continue
            if known.flow.apart(learned.rows, learned.tick, fitted, judged.fit_tick) and not known.only_target(
                learned, judged.fit
            ):
                yield from ((f, short(f.estimator)) for f in known.fits_of(learned.estimator) if f.node is learned.node)
