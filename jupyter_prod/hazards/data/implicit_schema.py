"""JPD11 implicit-schema."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.program.events import Read

_READERS = frozenset({"pandas.read_csv", "pandas.read_excel", "pandas.read_table", "pandas.read_fwf"})
_SAYS = frozenset({"dtype", "parse_dates", "converters", "date_parser", "date_format", None})
_PARSES = {"to_datetime": "a date", "to_numeric": "a number", "to_timedelta": "a duration"}


class ImplicitSchema(Rule):
    code = "JPD11"
    slug = "implicit-schema"
    severity = "info"
    step = 2
    title = "Types are guessed when reading"
    what = """
    Finds `read_csv` and `read_excel` without types and dates, where the notebook turns a column into dates or numbers
    afterwards: the types are known, but not said.
    """
    why = """
    pandas guesses from the values at hand. Another month's file gives other types: a code loses its leading zeros, a
    column with one stray word becomes text, day and month change places. Say them when reading.
    """
    bad = (
        """
        import pandas as pd
        demand = pd.read_csv("demand.csv", sep=";")  # JPD11
        demand["week"] = pd.to_datetime(demand["week"])
        """,
        """
        import pandas as pd
        stock = pd.read_excel("stock.xlsx")  # JPD11
        stock["count"] = stock["count"].astype("int64")
        """,
    )
    good = (
        """
        import pandas as pd
        demand = pd.read_csv("demand.csv", parse_dates=["week"], dtype={"qty": "Int64"})
        """,
        """
        import pandas as pd
        demand = pd.read_csv("demand.csv")
        print(demand.head())
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The data contract that the project gets holds the type of every column, learned from the pilot's rows.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        reads = {
            e.name: e.node
            for e in facts.program.of(Read)
            if e.qualified in _READERS and not any(k.arg in _SAYS for k in e.node.keywords)
        }
        reported: set[int] = set()
        for call, column, kind in _parsed(facts) if reads else ():
            value = facts.value(column)
            read = reads.get(next(iter(value.axis))) if value is not None and len(value.axis) == 1 else None
            place = facts.place(read) if read is not None else None
            if read is None or value is None or place is None or id(read) in reported or value.kind != "series":
                continue
            if facts.cell_of(call) is not None and isinstance(value.column, str):
                reported.add(id(read))
                yield Hit(
                    place,
                    f"'{value.column}' is read as it comes and made {kind} later: give types and dates when reading",
                )


def _parsed(facts: Facts) -> Iterator[tuple[ast.Call, ast.expr, str]]:
    """(call, the column, what it becomes)"""
    for call in facts.methods(*_PARSES):
        name = facts.qualified(call.func)
        if name.startswith("pandas.") and call.args:
            yield call, call.args[0], _PARSES[name.rsplit(".", 1)[-1]]
    for call in facts.methods("astype"):
        kind = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "dtype"), None)
        if isinstance(call.func, ast.Attribute) and kind is not None and _is_type(kind, facts):
            yield call, call.func.value, "another type"


def _is_type(kind: ast.expr, facts: Facts) -> bool:
    if isinstance(kind, ast.Constant):
        return str(kind.value) not in ("category", "object", "bool")
    return facts.qualified(kind) in ("builtins.str", "builtins.int", "builtins.float") or facts.qualified(
        kind
    ).startswith("numpy.")
