"""JPM04 train-score."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.holdout import Scored, cross_validated_kinds, must_be_judged, on_fitted_rows, scored, site
from jupyter_prod.hazards.learning import Learning, learning, role, short
from jupyter_prod.hazards.rule import Hit, Rule

_ALIKE = (
    frozenset({"score", "accuracy_score", "r2_score", "balanced_accuracy_score", "evaluate"}),
    frozenset(
        """classification_report f1_score precision_score recall_score roc_auc_score accuracy_score score log_loss
            confusion_matrix precision_recall_fscore_support average_precision_score fbeta_score auc roc_curve
            balanced_accuracy_score mean matthews_corrcoef cohen_kappa_score
        """.split()
    ),
    frozenset({"mean_squared_error", "root_mean_squared_error", "sqrt", "rmse", "mean_squared_log_error"}),
)
"""Numbers that say the same of a model, near enough to be held against each other."""


class TrainScore(Rule):
    code = "JPM04"
    slug = "train-score"
    severity = "warning"
    step = 4
    title = "The score is of the rows that were fitted"
    what = """
    Finds scores and metrics on the very rows that the model was fitted on, where the same number of the same model
    on held-out rows stands nowhere beside it.
    """
    why = """
    A model knows the rows it was fitted on; a large tree or forest knows them by heart. The number is the best that
    the model will ever reach, and new rows bring less, nobody knows how much.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        rents = pd.read_csv("rents.csv")
        X, y = rents[["area", "rooms"]], rents["rent"]
        forest = RandomForestRegressor(random_state=1).fit(X, y)
        print(forest.score(X, y))  # JPM04
        """,
        """
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import accuracy_score
        from sklearn.model_selection import train_test_split
        loans = pd.read_csv("loans.csv")
        train, test = train_test_split(loans, random_state=1)
        model = LogisticRegression().fit(train[["income"]], train["paid"])
        paid = model.predict(train[["income"]])
        accuracy_score(train["paid"], paid)  # JPM04
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.model_selection import train_test_split
        rents = pd.read_csv("rents.csv")
        a, b, ya, yb = train_test_split(rents[["area", "rooms"]], rents["rent"], random_state=1)
        forest = RandomForestRegressor(random_state=1).fit(a, ya)
        print("overfitted?", forest.score(a, ya), forest.score(b, yb))
        """,
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import cross_val_score
        rents = pd.read_csv("rents.csv")
        X, y = rents[["area", "rooms"]], rents["rent"]
        print(cross_val_score(Ridge(), X, y).mean())
        model = Ridge().fit(X, y)
        print(model.score(X, y))
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The project scores on held-out rows where the notebook has any, and its report says of each number what it is of.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        known = learning(facts)
        if not known.fits:
            return
        numbers = scored(known)
        fitted = [s for s in numbers if on_fitted_rows(known, s)]
        if not fitted:
            return
        others = [s for s in numbers if s not in fitted]
        in_folds = cross_validated_kinds(known)
        told: set[int] = set()
        for one in fitted:
            if id(one.fit.node) in told or not _counts(one) or short(one.estimator) in in_folds:
                continue
            if any(_same_model(one, o, known) and _alike(one.name, o.name) for o in others):
                continue
            place = facts.place(one.node)
            if place is not None:
                told.add(id(one.fit.node))
                message = (
                    f"`{one.name}` of `{short(one.estimator)}` is on the rows it was fitted on: score held-out rows"
                )
                yield Hit(place, message)


def _counts(one: Scored) -> bool:
    return role(one.estimator) == "predictor" and must_be_judged(one.fit)


def _same_model(one: Scored, other: Scored, known: Learning) -> bool:
    if site(one.estimator) == site(other.estimator):
        return True
    on_all = one.fit.x is not None and not one.fit.x.part
    return on_all and short(one.estimator) == short(other.estimator)


def _alike(first: str, second: str) -> bool:
    return first == second or any(first in group and second in group for group in _ALIKE)
