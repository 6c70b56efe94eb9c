"""JPE12 row-loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.makers import given
from jupyter_prod.hazards.rule import Hit, Place, Rule

_ITERATES = ("iterrows", "itertuples")
_APPLIES = ("apply", "progress_apply", "parallel_apply", "map_rows")


class RowLoop(Rule):
    code = "JPE12"
    slug = "row-loop"
    severity = "info"
    step = 2
    title = "Rows handled one by one in Python"
    what = """
    Finds `iterrows`, `itertuples`, `apply(axis=1)`, and loops over `range(len(frame))` that take one row each.
    """
    why = """
    Each row costs microseconds where a column operation costs nanoseconds: the pilot's 10,000 rows are done in a
    second, production's ten million in a quarter of an hour. Column operations are also easier to read.
    """
    bad = (
        """
        import pandas as pd
        trips = pd.read_csv("trips.csv")
        late = 0
        for _, trip in trips.iterrows():  # JPE12
            late += trip["delay"] > 30
        """,
        """
        import pandas as pd
        trips = pd.read_csv("trips.csv")
        trips["km"] = trips.apply(lambda r: r["m"] / 1000, axis=1)  # JPE12
        """,
        """
        import pandas as pd
        trips = pd.read_csv("trips.csv")
        for i in range(len(trips)):  # JPE12
            if trips.loc[i, "delay"] > 30:
                print(i)
        """,
    )
    good = (
        """
        import pandas as pd
        trips = pd.read_csv("trips.csv")
        late = (trips["delay"] > 30).sum()
        spread = trips.apply(lambda column: column.max(), axis=0)
        """,
        """
        import pandas as pd
        trips = pd.read_csv("trips.csv")
        trips.style.apply(lambda r: ["color: red"] * len(r), axis=1)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The loop is kept as it is, so that the numbers stay the same. Measure it on production's number of rows.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for call in facts.methods(*_ITERATES):
            place = facts.place(call)
            if place is not None and isinstance(call.func, ast.Attribute):
                yield Hit(
                    place, f"`{ast.unparse(call.func)[:60]}` takes the rows one by one: use operations on columns"
                )
        for call in facts.methods(*_APPLIES):
            axis = given(call).get("axis", call.args[1] if len(call.args) > 1 else None)
            if not isinstance(axis, ast.Constant) or axis.value not in (1, "columns"):
                continue
            if isinstance(call.func, ast.Attribute) and "style" not in ast.unparse(call.func).split("."):
                place = facts.place(call)
                if place is not None:
                    yield Hit(
                        place,
                        f"`{ast.unparse(call.func)[:60]}(…, axis=1)` calls Python for each row: use columns",
                    )
        for loop in facts.nodes_of(ast.For):
            frame = _counts_rows(loop, facts)
            place = facts.place(loop)
            if frame and place is not None:
                head = Place(place.cell, place.row, place.column, place.row, place.column + 3)
                yield Hit(head, f"the loop takes the rows of `{frame}` one by one: use operations on columns")


def _counts_rows(loop: ast.For, facts: Facts) -> str:
    """The frame in `for i in range(len(frame)):`, whose body takes `frame.loc[i]` or the like."""
    over = loop.iter
    if not (isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and over.func.id == "range" and over.args):
        return ""
    length = over.args[-1] if len(over.args) < 3 else over.args[1]
    held = (
        length.args[0]
        if isinstance(length, ast.Call)
        and isinstance(length.func, ast.Name)
        and length.func.id == "len"
        and length.args
        else None
    )
    if not isinstance(held, ast.Name) or not isinstance(loop.target, ast.Name):
        return ""
    value = facts.value(held)
    if value is None or value.kind != "frame":
        return ""
    for node in (n for s in loop.body for n in ast.walk(s)):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr in ("loc", "iloc", "at", "iat")
            and any(isinstance(n, ast.Name) and n.id == loop.target.id for n in ast.walk(node.slice))
        ):
            return held.id
    return ""
