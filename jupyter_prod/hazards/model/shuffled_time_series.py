"""JPM08 shuffled-time-series."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.patterns import lazy
from jupyter_prod.program.values import Value

_LAGS = frozenset({"shift", "rolling", "diff", "pct_change", "ewm", "expanding"})
_SERIES = frozenset({"resample", "asfreq"})
_QUOTES = frozenset(
    {"yfinance.download", "pandas_datareader.data.DataReader", "pandas_datareader.DataReader", "quandl.get"}
)
_SHUFFLING = frozenset({"ShuffleSplit", "StratifiedShuffleSplit"})
_FOLDS = frozenset({"KFold", "StratifiedKFold"})
_REPEATED = frozenset({"RepeatedKFold", "RepeatedStratifiedKFold"})
_TIME = lazy(r"(?:^|[_\W])(?:date|datetime|time|timestamp|week|month|quarter|dt|ts)(?:$|[_\W])|(?:date|time)$", re.I)
_MOST = 4_000


class ShuffledTimeSeries(Rule):
    code = "JPM08"
    slug = "shuffled-time-series"
    severity = "warning"
    step = 4
    title = "Rows in order of time are split at random"
    what = """
    Finds random splits and shuffled folds of rows that have an order in time: lags or rolling values among the
    columns, rows sorted by their date or indexed by it, resampled rows, quotes of a market. A date column alone is
    none, nor is a split with `shuffle=False`.
    """
    why = """
    The model is asked about a Tuesday of which it has seen Monday and Wednesday. In production it knows nothing of
    what comes after: the score there is lower, often by much.
    """
    bad = (
        """
        import pandas as pd
        from sklearn.model_selection import train_test_split
        heat = pd.read_csv("heat.csv", parse_dates=["hour"])
        heat["yesterday"] = heat["demand"].shift(24)
        train, test = train_test_split(heat.dropna(), random_state=1)  # JPM08
        """,
        """
        import pandas as pd
        from sklearn.linear_model import Ridge
        from sklearn.model_selection import KFold, cross_val_score
        heat = pd.read_csv("heat.csv").sort_values("date")
        folds = KFold(5, shuffle=True, random_state=1)  # JPM08
        cross_val_score(Ridge(), heat[["wind"]], heat["demand"], cv=folds)
        """,
    )
    good = (
        """
        import pandas as pd
        from sklearn.model_selection import train_test_split
        heat = pd.read_csv("heat.csv", parse_dates=["hour"])
        heat["yesterday"] = heat["demand"].shift(24)
        train, test = train_test_split(heat.dropna(), shuffle=False)
        """,
        """
        import pandas as pd
        from sklearn.model_selection import train_test_split
        orders = pd.read_csv("orders.csv", parse_dates=["date"])
        orders["weekday"] = orders["date"].dt.weekday
        train, test = train_test_split(orders, random_state=1)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The default reproduces the notebook's numbers. Split at a date, or use `TimeSeriesSplit`, then convert again.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        told: set[int] = set()
        for node, rows, what in _shuffled(facts):
            if id(node) in told:
                continue
            why = _ordered(rows, facts)
            place = facts.place(node)
            if why and place is not None:
                told.add(id(node))
                yield Hit(place, f"{what} rows in order of time ({why}): split at a date, or use `TimeSeriesSplit`")


def _shuffled(facts: Facts) -> Iterator[tuple[ast.expr, list[Value], str]]:
    """Each random parting of rows, and the rows that it parts."""
    for call in facts.methods("train_test_split"):
        if _keyword(call, "shuffle", facts) is False or not facts.qualified(call.func).startswith("sklearn."):
            continue
        yield call, [v for a in call.args if (v := facts.value(a)) is not None], "a random split of"
    for call in facts.methods("cross_val_score", "cross_validate", "cross_val_predict"):
        folds = next((facts.value(k.value) for k in call.keywords if k.arg == "cv"), None)
        rows = [v for a in call.args[1:3] if (v := facts.value(a)) is not None]
        if folds is not None and isinstance(folds.made, ast.Call) and _shuffles(folds.made, facts):
            yield folds.made, rows, "shuffled folds of"
    for call in facts.methods("split"):
        folds = facts.value(call.func.value) if isinstance(call.func, ast.Attribute) else None
        if folds is not None and isinstance(folds.made, ast.Call) and _shuffles(folds.made, facts):
            yield folds.made, [v for a in call.args if (v := facts.value(a)) is not None], "shuffled folds of"


def _shuffles(made: ast.Call, facts: Facts) -> bool:
    name = facts.qualified(made.func).rsplit(".", 1)[-1]
    return name in _SHUFFLING | _REPEATED or (name in _FOLDS and _keyword(made, "shuffle", facts) is True)


def _keyword(call: ast.Call, name: str, facts: Facts) -> object:
    for keyword in call.keywords:
        if keyword.arg == name:
            value = facts.value(keyword.value)
            if value is not None and value.known():
                return value.const
            return keyword.value.value if isinstance(keyword.value, ast.Constant) else None
    return None


def _ordered(rows: list[Value], facts: Facts) -> str:
    """What says that rows have an order in time; empty where nothing does."""
    left = _MOST
    mixed = joined = False
    for value in rows:
        for step in facts.flow.back(value):
            left -= 1
            if left < 0:
                return ""
            for made in _chain(step.value, facts):
                name = facts.qualified(made.func)
                last = made.func.attr if isinstance(made.func, ast.Attribute) else name.rsplit(".", 1)[-1]
                joined = joined or last in ("merge", "join", "map", "transform", "concat")
                if last == "groupby" and not joined and (period := _by_period(made, facts)):
                    return period
                mixed = mixed or last in ("drop_duplicates", "groupby")
                if name in _QUOTES:
                    return "quotes of a market"
                said = _said(last, made, mixed, facts) if isinstance(made.func, ast.Attribute) else ""
                if said or (name.startswith("pandas.read_") and (said := _read_by_date(made, facts))):
                    return said
    return ""


def _chain(value: Value, facts: Facts) -> Iterator[ast.Call]:
    """The call that made a value or changes it in place, and the calls in a chain before it."""
    made = value.made
    if value.kind == "bound" and isinstance(made, ast.Attribute):
        made = facts.parent(made)
    while isinstance(made, ast.Call):
        yield made
        made = made.func.value if isinstance(made.func, ast.Attribute) else None


def _said(last: str, made: ast.Call, mixed: bool, facts: Facts) -> str:
    owner = facts.value(made.func.value) if isinstance(made.func, ast.Attribute) else None
    kind = owner.kind if owner is not None else ""
    if last in _LAGS and kind in ("frame", "series", "groupby", "bound", "unknown"):
        return f"`{last}`"
    if last in _SERIES and kind in ("frame", "series", "groupby", "unknown") and (made.args or made.keywords):
        return f"`{last}`" if _is_frequency(made, facts) else ""
    if last == "rank" and owner is not None and isinstance(owner.column, str) and _TIME.search(owner.column):
        return f"`{owner.column}` ranked"
    if last == "sort_values" and not mixed:
        columns = _columns(made, ("by",), facts)
        return f"sorted by `{columns[0]}`" if columns and _TIME.search(columns[0]) else ""
    if last == "set_index" and not mixed:
        columns = _columns(made, ("keys",), facts)
        return f"indexed by `{columns[0]}`" if len(columns) == 1 and _TIME.search(columns[0]) else ""
    return ""


def _by_period(made: ast.Call, facts: Facts) -> str:
    """`groupby("week")`: what comes of it is a row a week."""
    columns = _columns(made, ("by",), facts)
    return f"grouped by `{columns[0]}`" if len(columns) == 1 and _TIME.search(columns[0]) else ""


def _is_frequency(made: ast.Call, facts: Facts) -> bool:
    given = [*made.args, *(k.value for k in made.keywords if k.arg in ("rule", "freq"))]
    value = facts.value(given[0]) if given else None
    return value is not None and isinstance(value.const, str) and len(value.const) < 8


def _columns(made: ast.Call, names: tuple[str, ...], facts: Facts) -> list[str]:
    given = next((k.value for k in made.keywords if k.arg in names), made.args[0] if made.args else None)
    value = facts.value(given)
    const = value.const if value is not None and value.known() else None
    held = const if isinstance(const, (list, tuple)) else [const]
    return [c for c in held if isinstance(c, str)]


def _read_by_date(made: ast.Call, facts: Facts) -> str:
    """`read_csv(…, index_col="date", parse_dates=True)`."""
    named = {k.arg: k.value for k in made.keywords if k.arg}
    if "index_col" not in named or "parse_dates" not in named:
        return ""
    index, dates = facts.value(named["index_col"]), facts.value(named["parse_dates"])
    if index is None or dates is None or not index.known() or not dates.known():
        return ""
    parsed = dates.const if isinstance(dates.const, list) else []
    return "indexed by their date" if dates.const is True or index.const in parsed else ""
