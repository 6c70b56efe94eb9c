"""JPD10 silent-row-loss."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.counting import COUNTS, FILLS, Noticed
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.purpose import feeding
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.values import Value

_NEIGHBOURS = frozenset({"shift", "diff", "pct_change", "rolling", "expanding", "ewm"})


class SilentRowLoss(Rule):
    code = "JPD10"
    slug = "silent-row-loss"
    severity = "warning"
    step = 2
    title = "Rows vanish and nobody counts them"
    what = """
    Finds rows that are lost on the way to the model or a written result: `dropna()`, `on_bad_lines="skip"`,
    `errors="coerce"`, a merge that keeps only what matches. A printed, logged or asserted count of the result, an
    `indicator`, or values filled in afterwards resolve it, and dropping the first rows after `shift` is meant.
    """
    why = """
    In the pilot three rows were missing. In production an upstream change makes it a third of them, and the run stays
    green: the report is too low, the model learns from who is left. Count what goes, and stop above a share.
    """
    bad = (
        """
        import pandas as pd
        sales = pd.read_csv("sales.csv")
        sales = sales.dropna(subset=["country"])  # JPD10
        sales.to_parquet("clean.parquet")
        """,
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        trips, pings = pd.read_csv("trips.csv"), pd.read_csv("pings.csv", on_bad_lines="skip")  # JPD10
        trips["km"] = pd.to_numeric(trips["km"], errors="coerce")  # JPD10
        rows = trips.merge(pings, on="trip_id")  # JPD10
        model = LinearRegression().fit(rows[["km", "load"]], rows["minutes"])
        """,
    )
    good = (
        """
        import logging
        import pandas as pd
        sales = pd.read_csv("sales.csv")
        known = sales.dropna(subset=["country"])
        logging.info("%d of %d rows are left", len(known), len(sales))
        known.to_parquet("clean.parquet")
        """,
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        load = pd.read_csv("load.csv")
        load["before"] = load["mw"].shift(24)
        load = load.dropna()
        rows = load.merge(pd.read_csv("weather.csv"), on="time", how="left")
        model = LinearRegression().fit(rows[["before", "wind"]], rows["mw"])
        """,
        """
        import pandas as pd
        rows = pd.read_csv("rows.csv")
        rows["price"].dropna().hist()
        """,
    )
    conversion = "yours"
    conversion_note = """
    The project counts the rows before and after each stage and writes the counts with the run's metrics; where to stop
    is yours to say.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        losses = list(_losses(facts))
        if not losses:
            return
        needed = feeding(facts)
        noticed = Noticed(facts)
        for call, result, message in losses:
            place = facts.place(call)
            if place is None or result is None or not (id(result) in needed or id(call) in needed):
                continue
            if not noticed.after(call, result):
                yield Hit(place, message)


def _losses(facts: Facts) -> Iterator[tuple[ast.Call, Value | None, str]]:
    """(call, the rows after it, what to say) of all that may lose rows."""
    for call in facts.methods("dropna"):
        if facts.qualified(call.func) == "frame.dropna" and not _of_columns(call, facts):
            rows = _owner(call, facts)
            result = rows if _keyword(call, "inplace") is True else facts.value(call)
            if rows is not None and result is not None and not _has_gaps(rows, facts):
                yield (
                    call,
                    result,
                    "`dropna` takes rows out and nobody counts them: log how many, and stop above a share",
                )
    for call in facts.methods("to_numeric", "to_datetime", "to_timedelta"):
        how = _keyword(call, "errors")
        if facts.qualified(call.func).startswith("pandas.") and how == "coerce":
            last = facts.qualified(call.func).rsplit(".", 1)[-1]
            if not _is_filled(call, facts):
                yield (
                    call,
                    facts.value(call),
                    f"`{last}` makes missing what it can't read, uncounted: log how many, and stop above a share",
                )
    for call in facts.methods("read_csv", "read_table"):
        if _keyword(call, "on_bad_lines") == "skip" or _keyword(call, "error_bad_lines") is False:
            yield (
                call,
                facts.value(call),
                "lines that don't parse are left out uncounted: read them strictly, or count them",
            )
    for call in facts.methods("merge", "join"):
        if _loses(call, facts):
            yield (
                call,
                facts.value(call),
                'rows without a match vanish here, uncounted: merge with `how="left"` and `indicator=`, and count',
            )


def _of_columns(call: ast.Call, facts: Facts) -> bool:
    axis = _keyword(call, "axis")
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and axis is None:
        axis = first.value
    return axis in (1, "columns") or _keyword(call, "how") == "all"


def _has_gaps(rows: Value, facts: Facts) -> bool:
    """Rows of one input with a column made of earlier rows: the first ones have none, and dropping them is meant."""
    gaps = False
    for count, step in enumerate(facts.flow.back(rows)):
        name = _called(step.value)
        if name in ("merge", "join") or count > 1000:
            return False
        gaps = gaps or name in _NEIGHBOURS
    return gaps


def _called(value: Value) -> str:
    made = value.made
    return made.func.attr if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) else ""


def _loses(call: ast.Call, facts: Facts) -> bool:
    name = facts.qualified(call.func)
    how = _keyword(call, "how")
    if name not in ("frame.merge", "pandas.merge", "frame.join") or _keyword(call, "indicator") not in (None, False):
        return False
    if how not in ("inner",) and (how is not None or name == "frame.join"):
        return False
    if any(k.arg is None for k in call.keywords):
        return False
    function = name == "pandas.merge"
    positional = (
        call.args[2]
        if function and len(call.args) > 2
        else call.args[1]
        if not function and len(call.args) > 1
        else None
    )
    if isinstance(positional, ast.Constant) and positional.value in ("left", "outer", "right", "cross"):
        return False
    sides = [facts.value(a) for a in call.args[:2]]
    sides += [facts.value(k.value) for k in call.keywords if k.arg in ("left", "right")]
    if not function:
        sides = [_owner(call, facts), *sides[:1]]
    if len(sides) < 2 or any(s is None for s in sides):
        return False
    left, right = sides[0], sides[1]
    assert left is not None and right is not None
    # statistics of the same rows, or other columns of them: each row has its match
    own = bool((left.axis | left.origin) & (right.axis | right.origin))
    return not own


def _is_filled(call: ast.Call, facts: Facts) -> bool:
    above = facts.parent(call)
    if isinstance(above, ast.Attribute) and above.attr in FILLS | COUNTS | {"dropna"}:
        return True
    inner: ast.AST = call
    for holder in facts.parents(call):
        if isinstance(holder, ast.stmt):
            return isinstance(holder, (ast.If, ast.Assert)) or (
                isinstance(holder, ast.Assign) and inner is not holder.value
            )
        if isinstance(holder, ast.Subscript) and holder.slice is inner:
            return True  # a mask
        if (
            isinstance(holder, ast.Call)
            and isinstance(holder.func, ast.Attribute)
            and holder.func.attr in FILLS | COUNTS
        ):
            return True
        inner = holder
    return False


def _owner(call: ast.Call, facts: Facts) -> Value | None:
    return facts.value(call.func.value) if isinstance(call.func, ast.Attribute) else None


def _keyword(call: ast.Call, name: str) -> object:
    held = next((k.value for k in call.keywords if k.arg == name), None)
    return held.value if isinstance(held, ast.Constant) else None if held is None else ...
