"""JPS11 sensitive-feature."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.features import features
from jupyter_prod.hazards.rule import Hit, Place, Rule
from jupyter_prod.patterns import lazy

_SENSITIVE = lazy(
    r"(?:^|_)(?:gender|sex|is_?(?:fe)?male|female|race|racial|ethnic\w*|religion|religious|faith|nationality|native_country|country_of_birth"
    r"|birth_?(?:date|day|year|place)|date_of_birth|dob|age|age_?(?:group|band|bracket|years)|disab\w+|handicap\w*|pregnan\w+|health\w*|diagnos\w+"
    r"|chronic\w*|smoker|hiv\w*|mental\w*|marital\w*|married|single_parent|sexual\w*|orientation|politic\w*|party_member\w*|union_member\w*|skin_?colou?r"
    r"|immigra\w+|citizen\w*|veteran\w*|mother_tongue|criminal\w*|caste)(?:$|_)"
)
_SOMETHING_ELSE = lazy(
    r"(?:car|house|building|home|property|account|vehicle|machine|engine|equipment|company|asset|loan|tree|wine|roof|pump)_?age|age_of_(?!person|customer)|_age_days$"
)


class SensitiveFeature(Rule):
    code = "JPS11"
    slug = "sensitive-feature"
    severity = "info"
    step = 3
    title = "A sensitive trait is a feature of the model"
    what = """
    Finds gender, age, origin, religion, health, marital state and their like among the columns that reach `fit`, by the
    columns' names. The age of a house or a machine is none.
    """
    why = """
    Where the answer is about people, the law may forbid deciding by such a trait, or ask for a reason and a test of
    fairness. Somebody who may decide it has to decide it, before the model does.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        people = pd.read_csv("people.csv")
        X = people[["age", "religion", "salary"]]  # JPS11
        model = LogisticRegression().fit(X, people["left"])
        """,
        """
        import pandas as pd
        from sklearn.tree import DecisionTreeClassifier
        loans = pd.read_csv("loans.csv")
        tree = DecisionTreeClassifier(random_state=1)
        tree.fit(loans[["Gender", "Income"]], loans["Status"])  # JPS11
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        houses = pd.read_csv("houses.csv")
        model = LinearRegression().fit(houses[["house_age", "rooms", "usage"]], houses["price"])
        """,
        """
        import pandas as pd
        people = pd.read_csv("people.csv")
        print(people.groupby("gender")["salary"].median())
        """,
    )
    conversion = "yours"
    conversion_note = """
    The model card that the project gets names these columns and asks for the decision; the score by group is a test
    that you add.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        found: dict[tuple[int | None, int], tuple[Place, list[str]]] = {}
        for feature in features(facts):
            if is_sensitive(feature.name):
                place = facts.place(feature.node)
                if place is not None:
                    found.setdefault((place.cell, place.row), (place, []))[1].append(feature.name)
        for place, names in found.values():
            shown = ", ".join(f"'{n}'" for n in dict.fromkeys(names))
            verb = "decide" if len(names) > 1 else "decides"
            yield Hit(place, f"{shown[:80]} {verb} what the model answers: is that allowed, and who has said so?")


def is_sensitive(column: str) -> bool:
    """Whether a column's name says a trait by which people may not be treated differently without a reason."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column.strip()).lower()
    words = re.sub(r"[\s.\-#]+", "_", words)
    return _SENSITIVE.search(words) is not None and _SOMETHING_ELSE.search(words) is None
