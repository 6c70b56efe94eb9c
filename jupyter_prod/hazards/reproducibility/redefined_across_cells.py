"""JPR13 redefined-across-cells."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule

_CALLED = {
    "frame": "a table",
    "series": "a column",
    "array": "an array",
    "list": "a list",
    "dict": "a dictionary",
    "text": "a text",
    "scalar": "a number",
    "estimator": "a model",
    "tuple": "a tuple",
    "other": "something else",
}
_ALIKE = (
    frozenset({"frame", "array"}),
    frozenset({"series", "array", "list", "tuple"}),
)
"""Kinds that hold the same data in another form."""


class RedefinedAcrossCells(Rule):
    code = "JPR13"
    slug = "redefined-across-cells"
    severity = "info"
    step = 4
    title = "A name means another kind of thing further down"
    what = """
    Finds names that are bound to one kind of value (a table, a dictionary, a model), read, and bound to a value of
    another kind further down. Another form of the same data is none: a list that becomes an array.
    """
    why = """
    What a cell finds under the name depends on which cells were run before: after going back up, the code meets the
    other kind and fails, or goes on with the wrong thing.
    """
    bad = (
        """
        scores = {"a": 0.7, "b": 0.8}
        # %%
        print(max(scores.values()))
        # %%
        scores = [v for v in scores.values()]  # JPR13
        """,
        """
        import pandas as pd
        data = "sales.csv"
        table = pd.read_csv(data)
        # %%
        data = table.dropna()  # JPR13
        """,
    )
    good = (
        """
        import pandas as pd
        sales = pd.read_csv("sales.csv")
        print(sales.shape)
        # %%
        sales = sales.dropna()
        """,
        """
        scores = [0.7, 0.8]
        print(max(scores))
        scores = tuple(scores)
        # %%
        for n in scores:
            print(n)
        # %%
        n = "text"
        """,
    )
    conversion = "resolved"
    conversion_note = """
    Each stage gets the value that the cell above it made, under a name of its own where two would collide.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        held: dict[str, tuple[str, int]] = {}
        read: set[str] = set()
        told: set[str] = set()
        for statement in facts.program.statements:
            read |= statement.trace.reads & held.keys()
            if not isinstance(statement.node, ast.Assign):
                for name in statement.trace.binds:
                    held.pop(name, None)
                continue
            for name, value in statement.trace.bound.items():
                kind = value.kind if not value.alike and value.kind in _CALLED else ""
                if kind == "scalar" and not (value.known() and isinstance(value.const, (int, float))):
                    kind = "other" if held.get(name, ("", 0))[0] == "dict" else ""
                before = held.get(name)
                if before and kind and _differ(before[0], kind) and name in read - told:
                    place = facts.place(statement.node)
                    if place is not None and len(name.strip("_")) > 1:
                        told.add(name)
                        message = (
                            f"`{name}` is {_CALLED[before[0]]} since cell {before[1]}, and {_CALLED[kind]} from here on"
                        )
                        yield Hit(place, f"{message}: give it a name of its own")
                if kind:
                    held[name] = (kind, statement.cell)
                else:
                    held.pop(name, None)
                read.discard(name)


def _differ(first: str, second: str) -> bool:
    return first != second and not any({first, second} <= group for group in _ALIKE)
