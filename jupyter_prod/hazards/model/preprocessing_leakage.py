"""JPM01 preprocessing-leakage."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.flow import ALL
from jupyter_prod.hazards.learning import Learned, Learning, learning
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.values import Value


class PreprocessingLeakage(Rule):
    code = "JPM01"
    slug = "preprocessing-leakage"
    severity = "error"
    step = 4
    title = "Preprocessing that has seen the test rows"
    what = """
    Finds encoders, scalers, imputers, selectors, vectorisers and statistics (a median that fills gaps, a group's
    mean) that are learned from rows of which some later serve as test rows or as held-out folds. Learning them on
    the training part, or inside a pipeline that is fitted in each fold, is none, nor is an encoding that doesn't
    depend on other rows.
    """
    why = """
    The score is too good: part of what was to be foreseen is in the features. In production the future rows are not
    there to learn from, and the model does worse than the pilot promised.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import train_test_split
        from sklearn.preprocessing import StandardScaler
        rows = pd.read_csv("rows.csv")
        X = StandardScaler().fit_transform(rows[["a", "b"]])  # JPM01
        X_train, X_test, y_train, y_test = train_test_split(X, rows["y"], random_state=1)
        print(Ridge().fit(X_train, y_train).score(X_test, y_test))
        """,
        """
        import pandas as pd
        from sklearn.model_selection import cross_val_score
        from sklearn.tree import DecisionTreeRegressor
        rows = pd.read_csv("rows.csv")
        rows["age"] = rows["age"].fillna(rows["age"].median())  # JPM01
        cross_val_score(DecisionTreeRegressor(), rows[["age", "b"]], rows["y"])
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import train_test_split
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        rows = pd.read_csv("rows.csv")
        X_train, X_test, y_train, y_test = train_test_split(rows[["a", "b"]], rows["y"], random_state=1)
        model = make_pipeline(StandardScaler(), Ridge()).fit(X_train, y_train)
        print(model.score(X_test, y_test))
        """,
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
    conversion = "resolved"
    conversion_note = """
    The default reproduces the notebook's numbers, leak included; `--fix-leakage` learns on training rows only and
    reports both numbers.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        known = learning(facts)
        told: set[tuple[int | None, int]] = set()
        for learned in _leaks(known):
            place = facts.place(learned.node)
            if (
                place is not None and (place.cell, place.row) not in told
            ):  # the mean and the deviation of one line are one
                told.add((place.cell, place.row))
                yield Hit(
                    place,
                    f"{learned.what} learns from rows that later serve as test rows: learn from the training rows",
                )


def _leaks(known: Learning) -> Iterator[Learned]:
    for judged in known.held_out():
        for learned in known.reached(judged.x, judged.tick, known.wanted(judged.fit)):
            if _saw(learned, judged.x, judged.tick, known) and not known.only_target(learned, judged.fit):
                yield learned
    for _, x, tick in known.folds():
        for learned in known.reached(x, tick, ALL):
            if _saw(learned, x, tick, known):
                yield learned


def _saw(learned: Learned, x: Value, tick: int, known: Learning) -> bool:
    """Whether the rows that were learned from hold the rows that are judged, and more."""
    aggregated = not x.axis and not learned.rows.axis  # rows made by grouping have lost their inputs
    if not learned.rows.axis & x.axis and not (aggregated and learned.estimator is not None):
        return False
    if learned.rows.part:
        return False
    return known.flow.rows(learned.rows, learned.tick) <= known.flow.rows(x, tick)
