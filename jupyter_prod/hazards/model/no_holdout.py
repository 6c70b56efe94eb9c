"""JPM05 no-holdout."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.holdout import cross_validated_kinds, judged_sites, must_be_judged, on_a_part, site
from jupyter_prod.hazards.learning import learning, short
from jupyter_prod.hazards.rule import Hit, Rule


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
        judged = judged_sites(known)
        kinds = {short(f.estimator) for f in known.fits if site(f.estimator) in judged} | cross_validated_kinds(known)
        told: set[object] = set()
        for fit in known.fits:
            where = site(fit.estimator)
            if where in told or where in judged or not must_be_judged(fit):
                continue
            if short(fit.estimator) in kinds and not on_a_part(fit):
                continue
            place = facts.place(fit.node)
            if place is not None:
                told.add(where)
                yield Hit(place, f"`{short(fit.estimator)}` is fitted and never judged on rows that it hasn't seen")
