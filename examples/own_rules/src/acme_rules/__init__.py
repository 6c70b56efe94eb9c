"""Rules of Acme: named by the entry point in pyproject.toml."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards import Facts, Hit, Rule
from jupyter_prod.program.events import Fit

FEWEST = 2


class FewFeatures(Rule):
    """Acme's risk policy asks for a word with the risk team where a model sees fewer than two columns."""

    code = "ACME03"
    slug = "few-features"
    severity = "info"
    step = 3
    title = "A model sees very few columns"
    what = "Finds fits on rows that have fewer than two columns, as far as the columns are known."
    why = "Such models stand in for a rule, and rules go through the risk team."
    bad = (
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        rows = pd.read_csv("rows.csv")
        model = LinearRegression().fit(rows[["age"]], rows["price"])  # ACME03
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        rows = pd.read_csv("rows.csv")
        model = LinearRegression().fit(rows[["age", "size"]], rows["price"])
        """,
    )
    conversion = "yours"
    conversion_note = "Nothing: it is a question for people."

    def check(self, facts: Facts) -> Iterator[Hit]:
        for fit in facts.program.of(Fit):
            columns = fit.x.columns if fit.x is not None else None
            place = facts.place(fit.node)
            if columns is not None and len(columns) < FEWEST and place is not None:
                yield Hit(place, f"the model sees {len(columns)} column: talk to the risk team")


def rules() -> list[Rule]:
    """What the entry point gives to jupyter-prod."""
    return [FewFeatures()]
