"""JPD05 sampled-training-data."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.purpose import trainings
from jupyter_prod.hazards.rule import Hit, Place, Rule
from jupyter_prod.program.events import Read
from jupyter_prod.program.values import Value

_TAKES = frozenset({"head", "tail", "sample", "limit", "take"})


class SampledTrainingData(Rule):
    code = "JPD05"
    slug = "sampled-training-data"
    severity = "warning"
    step = 4
    title = "The model learns from a sample"
    what = """
    Finds `nrows=`, `.head(n)`, `.sample(n)` and `.sample(frac=…)` on the way of the rows into `fit`. Shuffling
    (`frac=1`), samples whose rest is the test part, and classes sampled to the same size are none.
    """
    why = """
    The sample was there to make the pilot quick. In production nobody remembers it: the model has seen a part of the
    rows, the first ones of a file that may be sorted, and its score says little about the rest.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        trips = pd.read_csv("trips.csv", nrows=100000)  # JPD05
        model = LinearRegression().fit(trips[["km"]], trips["minutes"])
        """,
        """
        import pandas as pd
        from lightgbm import LGBMRegressor
        rows = pd.read_parquet("load.parquet")
        model = LGBMRegressor(random_state=1)
        model.fit(rows[["hour", "day"]].head(20000), rows["mw"].head(20000))  # JPD05
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        trips = pd.read_csv("trips.csv").sample(frac=1, random_state=1)
        print(trips.head(10))
        model = LinearRegression().fit(trips[["km"]], trips["minutes"])
        """,
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        trips = pd.read_csv("trips.csv")
        fit_part = trips.sample(frac=0.8, random_state=1)
        held_part = trips.drop(fit_part.index)
        model = LinearRegression().fit(fit_part[["km"]], fit_part["minutes"])
        print(model.score(held_part[["km"]], held_part["minutes"]))
        """,
    )
    conversion = "yours"
    conversion_note = """
    The project does what the notebook does, so that the numbers agree: make the size a parameter and train on all rows.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        suspects: dict[int, tuple[ast.Call, str]] = {}
        for call in facts.methods(*_TAKES):
            amount = "" if isinstance(facts.parent(call), ast.Expr) else _amount(call, facts)
            if amount and not _is_part(call, facts):
                suspects[id(call)] = (call, amount)
        for event in facts.program.of(Read):
            rows = next((k.value for k in event.node.keywords if k.arg in ("nrows", "n_rows")), None)
            number = _number(rows, facts)
            if number is not None and number > 0:
                suspects[id(event.node)] = (event.node, f"`nrows={number}`")
        reported: set[Place] = set()
        for fit in trainings(facts) if suspects else ():
            assert fit.x is not None
            for step in facts.flow.back(fit.x, facts.flow.at(fit), stop=lambda v: v.learned):
                if id(step.value.made) not in suspects:
                    continue
                call, amount = suspects[id(step.value.made)]
                place = facts.place(call)
                if place is not None and (step.value.axis or step.value.origin) and place not in reported:
                    reported.add(place)
                    yield Hit(place, f"{amount} leaves rows out of the training: make the size a parameter")


def _amount(call: ast.Call, facts: Facts) -> str:
    """What a call leaves of the rows, where that is a typed number; empty where it only shuffles or it isn't known."""
    name = facts.qualified(call.func)
    last = name.rsplit(".", 1)[-1]
    if name.startswith(("groupby.", "numpy.", "random.", "torch.")):
        return ""
    keywords = {k.arg: k.value for k in call.keywords}
    if "frac" in keywords:
        share = _number(keywords["frac"], facts)
        return f"`.{last}(frac={share:g})`" if share is not None and 0 < share < 1 and "weights" not in keywords else ""
    if last == "sample" and name.startswith("builtins."):
        return ""
    number = _number(keywords.get("n", call.args[0] if call.args else None), facts)
    if number is None and last in ("head", "tail") and not call.args and not keywords:
        number = 5
    return f"`.{last}({number:g})`" if number is not None and number >= 1 and not keywords.get("replace") else ""


def _number(node: ast.expr | None, facts: Facts) -> float | None:
    value = facts.value(node)
    held = (
        node.value if isinstance(node, ast.Constant) else value.const if value is not None and value.known() else None
    )
    return held if isinstance(held, (int, float)) and not isinstance(held, bool) else None


def _is_part(call: ast.Call, facts: Facts) -> bool:
    """A sample whose rest serves as test, or of one class only: what is left out is left out on purpose."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    rows = facts.value(owner)
    if rows is not None and rows.kind in ("dict", "list", "text", "groupby"):
        return True
    if rows is not None and _is_class(rows):
        return True
    sample = facts.value(call)
    if sample is None:
        return True
    for drop in facts.methods("drop", "isin", "difference", "setdiff1d"):
        for argument in [*drop.args, *(k.value for k in drop.keywords)]:
            for node in ast.walk(argument):
                value = facts.value(node)
                if value is not None and (value.made is call or any(a.made is call for a in value.alike)):
                    return True
                if value is not None and any(s.value is sample for s in value.sources):
                    return True
    return False


def _is_class(rows: Value) -> bool:
    """Rows of one class: chosen by an equality with a typed value."""
    made = rows.made
    mask = made.slice if isinstance(made, ast.Subscript) else None
    if isinstance(mask, ast.Tuple) and mask.elts:
        mask = mask.elts[0]
    return isinstance(mask, ast.Compare) and all(isinstance(o, (ast.Eq, ast.NotEq)) for o in mask.ops)
