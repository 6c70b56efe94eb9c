"""JPD17 unchecked-merge."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.values import Value

_KEYS = frozenset({"on", "left_on", "right_on", "left_index", "right_index", "by"})
_UNIQUE = frozenset(
    """groupby agg aggregate drop_duplicates value_counts pivot_table pivot unstack crosstab size count mean sum first
        last
    """.split()
)


class UncheckedMerge(Rule):
    code = "JPD17"
    slug = "unchecked-merge"
    severity = "info"
    step = 2
    title = "Tables merged without keys or validation"
    what = """
    Finds merges and joins that name no key, and such where a key may repeat on both sides and `validate=` doesn't say
    what is expected. A table that was grouped by its key, or freed of duplicates, has each key once and is none.
    """
    why = """
    Without keys pandas takes all columns that have the same name, and a new column changes the result. Where a key
    repeats, rows multiply: the sums are too high, and no error says so. `validate="many_to_one"` does.
    """
    bad = (
        """
        import pandas as pd
        receipts, stores = pd.read_csv("receipts.csv"), pd.read_csv("stores.csv")
        rows = receipts.merge(stores)  # JPD17
        """,
        """
        import pandas as pd
        trips, pings = pd.read_csv("trips.csv"), pd.read_csv("pings.csv")
        rows = pd.merge(trips, pings, on="trip_id", how="left")  # JPD17
        """,
    )
    good = (
        """
        import pandas as pd
        trips, pings = pd.read_csv("trips.csv"), pd.read_csv("pings.csv")
        rows = trips.merge(pings, on="trip_id", how="left", validate="one_to_many")
        """,
        """
        import pandas as pd
        trips, pings = pd.read_csv("trips.csv"), pd.read_csv("pings.csv")
        last = pings.groupby("trip_id")["km"].max().reset_index()
        rows = trips.merge(last, on="trip_id", how="left")
        """,
    )
    conversion = "yours"
    conversion_note = """
    The merge is kept as it is, and the run's metrics hold the number of rows before and after: say what you expect with
    `validate=`.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for call in facts.methods("merge", "join"):
            name = facts.qualified(call.func)
            if name not in ("frame.merge", "pandas.merge", "frame.join"):
                continue
            given = {k.arg for k in call.keywords}
            how = next((k.value for k in call.keywords if k.arg == "how"), None)
            crossed = isinstance(how, ast.Constant) and how.value == "cross"
            if "validate" in given or None in given or crossed:
                continue
            sides = _sides(call, name)
            left, right = (facts.value(side) for side in sides)
            if left is None or right is None or _is_own(left, right) or _has_unique(left) or _has_unique(right):
                continue
            if any(isinstance(side, ast.Call) and _last(side) in _UNIQUE for side in sides):
                continue
            place = facts.place(call)
            most = 3 if name == "pandas.merge" else 2
            if place is None:
                continue
            if name != "frame.join" and not given & _KEYS and len(call.args) <= most:
                yield Hit(
                    place, "this merge names no key: every column with the same name decides, say `on=` and `validate=`"
                )
            elif name != "frame.join" or given & _KEYS:
                yield Hit(
                    place, "a key may repeat on both sides, and rows multiply: say what you expect with `validate=`"
                )


def _sides(call: ast.Call, name: str) -> tuple[ast.expr | None, ast.expr | None]:
    named = {k.arg: k.value for k in call.keywords}
    if name == "pandas.merge":
        left = call.args[0] if call.args else named.get("left")
        right = call.args[1] if len(call.args) > 1 else named.get("right")
    else:
        left = call.func.value if isinstance(call.func, ast.Attribute) else None
        right = call.args[0] if call.args else named.get("right", named.get("other"))
    return left, right


def _last(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _is_own(left: Value, right: Value) -> bool:
    """Other columns or statistics of the same rows."""
    return bool(right.learned or left.learned) and bool((left.axis | left.origin) & (right.axis | right.origin))


def _has_unique(value: Value, depth: int = 0) -> bool:
    """Whether each key stands once: the rows were grouped, or freed of duplicates, last of all."""
    if value.learned:
        return True
    if value.alike and depth < 5:
        return all(_has_unique(other, depth + 1) for other in value.alike)
    now: Value | None = value
    for _ in range(6):
        made = now.made if now is not None else None
        if now is None or not isinstance(made, ast.Call):
            return False
        last = _last(made)
        if last in _UNIQUE:
            return True
        if last not in ("reset_index", "rename", "set_index", "astype", "fillna", "copy", "sort_values"):
            return False
        now = next((s.value for s in now.sources if s.value.kind in ("frame", "series", "groupby")), None)
    return False
