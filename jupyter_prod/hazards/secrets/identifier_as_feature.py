"""JPS10 identifier-as-feature."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.features import Feature, features
from jupyter_prod.hazards.rule import Hit, Place, Rule
from jupyter_prod.patterns import lazy

_PERSON = lazy(
    r"(?:^|_)(?:e_?mail(?:_?address)?|(?:home_|work_|cell_|mobile_|customer_|holder_|client_|user_)?phone_?(?:no|number)|mobile_?(?:no|number)|ssn|social_?security(?:_?n\w*)?|passport(?:_?n\w*)?|iban"
    r"|national_?id|tax_?id|ip_?address|mac_?address|license_?plate|vin|card_?(?:no|number)|cc_?num(?:ber)?|account_?(?:no|number))$"
)
_NAME = lazy(
    r"^(?:(?:home_|work_|cell_|mobile_|customer_|holder_|client_|user_)?(?:tele)?phone)$|^(?:full_?name|first_?name|last_?name|sur_?name|given_?name|family_?name|user_?name|name)$"
    r"|(?:^|_)(?:driver|customer|client|patient|employee|holder|owner|passenger|person|student|user|member|contact|author|buyer|seller|guest|doctor|nurse"
    r"|teacher|applicant|candidate)_?(?:full_?|first_?|last_?)?name$"
)
_KEY = lazy(
    r"^(?:id|uid|uuid|guid|index_?id|row_?(?:id|no|number)|record_?(?:id|no|number)|case_?(?:id|no|number)|serial_?(?:no|number)?)$"
    r"|(?:^|_)(?:customer|client|user|patient|passenger|employee|person|member|student|subscriber|applicant|borrower|holder|driver|claim|policy|order|invoice"
    r"|transaction|trans|txn|loan|account|ticket|session|receipt|booking|reservation|trip|ride|sample|subject|application|contract|message|tweet|contact"
    r"|visit|encounter|admission|case|listing|review|request|response|event|shipment|parcel|delivery|payment|record|lead|visitor|staff|worker|guest|cust"
    r"|emp|acct)_?(?:id|ids|no|nr|num|number|key|uuid|code)$"
)


class IdentifierAsFeature(Rule):
    code = "JPS10"
    slug = "identifier-as-feature"
    severity = "warning"
    step = 2
    title = "An identifier is a feature of the model"
    what = """
    Finds names, e-mail addresses, phone numbers and the numbers of customers, orders or records among the columns that
    reach `fit`. Identifiers that only join or group rows are none, and keys of kinds of things (`store_id`,
    `category_id`) are left to you.
    """
    why = """
    A model learns such a number by heart: the score of the pilot is too good, and a new customer gets a meaningless
    answer. Where it identifies a person, the model itself becomes personal data.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        data = pd.read_csv("receipts.csv")
        X = data[["customer_id", "flyer", "items"]]  # JPS10
        model = RandomForestRegressor(random_state=1).fit(X, data["value"])
        """,
        """
        import pandas as pd
        from sklearn.tree import DecisionTreeClassifier
        staff = pd.read_excel("staff.xlsx")
        wanted = ["email", "age", "salary"]  # JPS10
        tree = DecisionTreeClassifier(random_state=1)
        tree.fit(staff[wanted], staff["left"])
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        data = pd.read_csv("receipts.csv")
        data["visits"] = data.groupby("customer_id")["value"].transform("count")
        model = RandomForestRegressor(random_state=1).fit(data[["visits", "store_id"]], data["value"])
        """,
        """
        import pandas as pd
        from sklearn.ensemble import RandomForestRegressor
        data = pd.read_csv("receipts.csv")
        X = data[["customer_id", "flyer", "items"]].drop(columns="customer_id")
        model = RandomForestRegressor(random_state=1).fit(X, data["value"])
        """,
    )
    conversion = "yours"
    conversion_note = """
    The service asks for the columns that the model was fitted on: take the identifier out and fit again.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        found: dict[Place, list[str]] = {}
        for feature in _identifiers(facts):
            place = facts.place(feature.node)
            if place is not None:
                first = next((p for p in found if (p.cell, p.row) == (place.cell, place.row)), place)
                found.setdefault(first, []).append(feature.name)
        for place, names in found.items():
            shown = ", ".join(f"'{n}'" for n in dict.fromkeys(names))
            yield Hit(
                place, f"{shown[:80]} among the features: the model learns by heart who or what it is, take it out"
            )


def _identifiers(facts: Facts) -> Iterator[Feature]:
    for feature in features(facts):
        if is_identifier(feature.name):
            yield feature


def is_identifier(column: str) -> bool:
    """Whether a column's name says that it identifies a person or a record."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column.strip()).lower()
    words = re.sub(r"[\s.\-#]+", "_", words).strip("_")
    return any(pattern.search(words) is not None for pattern in (_PERSON, _NAME, _KEY))
