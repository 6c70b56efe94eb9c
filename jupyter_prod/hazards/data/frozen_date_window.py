"""JPD07 frozen-date-window."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.literals import capitals, to_parameter
from jupyter_prod.hazards.purpose import inputs_of_pipeline
from jupyter_prod.hazards.rule import Edit, Fix, Hit, Parameter, Rule
from jupyter_prod.patterns import lazy

_DATE = lazy(
    r"(?:19|20)\d\d(?:[-/.]?(?:0?[1-9]|1[0-2])(?:[-/.]?(?:0?[1-9]|[12]\d|3[01]))?(?:[T ]\d\d:\d\d\S*)?)"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d"
)
_IN_QUERY = lazy(r"[<>=]=?\s*['\"](?:19|20)\d\d-\d\d")
_MAKES = frozenset(
    """pandas.Timestamp pandas.to_datetime datetime.datetime datetime.date numpy.datetime64 pandas.Period
        datetime.datetime.strptime datetime.datetime.fromisoformat datetime.date.fromisoformat
    """.split()
)
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class FrozenDateWindow(Rule):
    code = "JPD07"
    slug = "frozen-date-window"
    severity = "info"
    step = 6
    title = "A typed date decides which rows are used"
    what = """
    Finds dates typed into the code that choose the rows a model is trained on: comparisons, `between`, slices of a date
    index, `query`, also where a name or a dictionary holds the date. A date in the cell tagged `parameters` is none.
    """
    why = """
    Next year's run still trains on the window of the pilot, and nothing says so: the model grows old while the job is
    green. The window is a parameter, or is counted back from the day of the run.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        load = pd.read_csv("load.csv", parse_dates=["time"])
        load = load[load["time"] >= "2022-01-01"]  # JPD07
        model = LinearRegression().fit(load[["hour"]], load["mw"])
        """,
        """
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        demand = pd.read_csv("demand.csv", index_col="week", parse_dates=True)
        recent = demand.loc["2021-01-04":"2023-12-25"]  # JPD07
        model = LinearRegression().fit(recent[["price"]], recent["qty"])
        """,
    )
    good = (
        """
        import os
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        load = pd.read_csv("load.csv", parse_dates=["time"])
        load = load[load["time"] < pd.Timestamp(os.environ["TRAIN_UNTIL"])]
        model = LinearRegression().fit(load[["hour"]], load["mw"])
        """,
        """
        import pandas as pd
        load = pd.read_csv("load.csv", parse_dates=["time"])
        load[load["time"] >= "2022-01-01"].plot()
        """,
    )
    fix = "unsafe"
    fix_note = "Moves the dates to parameters."
    fixed = """
        # %%
        TIME_FROM = "2022-01-01"
        # %%
        import pandas as pd
        from sklearn.linear_model import LinearRegression
        load = pd.read_csv("load.csv", parse_dates=["time"])
        load = load[load["time"] >= TIME_FROM]  # JPD07
        model = LinearRegression().fit(load[["hour"]], load["mw"])
        """
    conversion = "resolved"
    conversion_note = """
    Typed dates become settings of the project with the pilot's values as defaults.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        chosen = list(_chosen(facts))
        used = inputs_of_pipeline(facts) if chosen else set()
        reported: dict[tuple[int | None, int], None] = {}
        for node, rows, dates in chosen:
            note = facts.program.note(rows)
            place = facts.place(node)
            if note is None or place is None or not (note.value.axis | note.value.origin) & used:
                continue
            if (place.cell, place.row) in reported or not any(d for d in dates):
                continue
            reported[place.cell, place.row] = None
            shown = " and ".join(dict.fromkeys(_text(d, facts) for d, _ in dates))
            yield Hit(
                place,
                f"the rows are chosen by {shown[:60]}, in every later run too: make it a parameter",
                fix=_fix(dates, node, facts),
            )


_Dates = list[tuple[ast.expr, str]]
"""Date expressions, and what the parameter for each would be called."""


def _chosen(facts: Facts) -> Iterator[tuple[ast.expr, ast.expr, _Dates]]:
    """(where, the rows that are compared, the dates)"""
    for compare in facts.nodes_of(ast.Compare):
        if len(compare.ops) != 1 or not isinstance(compare.ops[0], _ORDER):
            continue
        sides = (compare.left, compare.comparators[0])
        for rows, date in (sides, sides[::-1]):
            if _is_date(date, facts) and _is_rows(rows, facts) and not _is_date(rows, facts):
                lower = isinstance(compare.ops[0], (ast.Gt, ast.GtE)) == (rows is compare.left)
                yield compare, rows, [(date, f"{_named(rows)}_{'FROM' if lower else 'UNTIL'}")]
    for call in facts.methods("between", "truncate"):
        given = [*call.args, *(k.value for k in call.keywords)][:2]
        if isinstance(call.func, ast.Attribute) and any(_is_date(a, facts) for a in given):
            ends = zip(given, ("FROM", "UNTIL"), strict=False)
            yield call, call.func.value, [(a, f"{_named(call.func.value)}_{e}") for a, e in ends if _is_date(a, facts)]
    for call in facts.methods("query"):
        text = call.args[0] if call.args else None
        if (
            isinstance(call.func, ast.Attribute)
            and isinstance(text, ast.Constant)
            and isinstance(text.value, str)
            and _IN_QUERY.search(text.value)
        ):
            yield call, call.func.value, [(text, "")]
    for part in facts.nodes_of(ast.Slice):
        bounds = [b for b in (part.lower, part.upper) if b is not None and _is_date(b, facts)]
        holder = facts.parent(part)
        while isinstance(holder, ast.Tuple):
            holder = facts.parent(holder)
        if bounds and isinstance(holder, ast.Subscript):
            yield holder, holder, [(b, "ROWS_FROM" if b is part.lower else "ROWS_UNTIL") for b in bounds]


def _is_rows(node: ast.expr, facts: Facts) -> bool:
    value = facts.value(node)
    return value is not None and bool(value.axis) and value.kind in ("series", "index", "array", "accessor", "unknown")


def _is_date(node: ast.expr, facts: Facts) -> bool:
    statement = facts.statement(node)
    if statement is not None and "parameters" in statement.tags:
        return False
    if isinstance(node, ast.Call):
        if facts.qualified(node.func) not in _MAKES or not node.args:
            return False
        return all(isinstance(a, ast.Constant) for a in node.args)
    value = facts.value(node)
    held = (
        node.value if isinstance(node, ast.Constant) else value.const if value is not None and value.known() else None
    )
    if isinstance(held, str):
        return _DATE.fullmatch(held.strip()) is not None and len(held.strip()) > 4 and not _is_parameter(node, facts)
    made = value.made if value is not None and not isinstance(node, ast.Constant) else None
    return isinstance(made, ast.Call) and made is not node and not _is_parameter(node, facts) and _is_date(made, facts)


def _is_parameter(node: ast.expr, facts: Facts) -> bool:
    value = facts.value(node)
    made = value.made if value is not None else None
    statement = facts.statement(made) if made is not None else None
    return statement is not None and "parameters" in statement.tags


def _named(rows: ast.expr) -> str:
    if isinstance(rows, ast.Subscript) and isinstance(rows.slice, ast.Constant) and isinstance(rows.slice.value, str):
        return capitals(rows.slice.value) or "ROWS"
    return capitals(rows.attr) if isinstance(rows, ast.Attribute) else "ROWS"


def _text(date: ast.expr, facts: Facts) -> str:
    value = facts.value(date)
    if value is not None and isinstance(value.const, str) and not isinstance(date, ast.Call):
        return f"'{value.const}'"
    return f"`{' '.join(ast.unparse(date).split())}`"


def _fix(dates: _Dates, node: ast.expr, facts: Facts) -> Fix | None:
    edits: list[Edit] = []
    parameters: list[Parameter] = []
    for date, name in dates:
        literal = date.args[0] if isinstance(date, ast.Call) and len(date.args) == 1 else date
        if not isinstance(literal, ast.Constant) or not name:
            return None
        moved = to_parameter(facts, literal, name)
        if moved is None:
            return None
        edits.append(moved[0])
        parameters.append(moved[1])
    names = ", ".join(p.name for p in parameters)
    return (
        Fix("unsafe", f"Make it a parameter: {names}", edits=tuple(edits), parameters=tuple(parameters))
        if edits
        else None
    )
