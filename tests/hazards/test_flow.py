"""Where values come from: columns, time, and the choice of rows."""

from __future__ import annotations

import ast

from jupyter_prod.hazards import Facts
from jupyter_prod.hazards.columns import Columns
from jupyter_prod.hazards.flow import Flow, Wanted
from jupyter_prod.program import understand
from jupyter_prod.program.events import Fit, Read
from jupyter_prod.program.values import Value
from tests.hazards.examples import notebook_of

HEAD = "import pandas as pd\nfrom sklearn.linear_model import Ridge\nrows = pd.read_csv('rows.csv')\n"


def facts_of(source: str) -> Facts:
    notebook = notebook_of(HEAD + source)
    return Facts(notebook, understand(notebook))


def made_by(flow: Flow, value: Value, tick: int, wanted: Wanted) -> set[str]:
    return {ast.unparse(s.value.made) for s in flow.back(value, tick, wanted) if isinstance(s.value.made, ast.Call)}


def test_only_the_wanted_columns_are_followed() -> None:
    facts = facts_of("rows['a'] = rows['a'].abs()\nrows['b'] = rows['b'].round()\nRidge().fit(rows[['a']], rows['y'])")
    (fit,) = facts.program.of(Fit)
    assert fit.x is not None

    calls = made_by(facts.flow, fit.x, facts.flow.at(fit), Wanted())

    assert "rows['a'].abs()" in calls
    assert "rows['b'].round()" not in calls


def test_what_is_written_later_is_no_source() -> None:
    facts = facts_of("Ridge().fit(rows, rows['y'])\nrows['late'] = rows['a'].abs()")
    (fit,) = facts.program.of(Fit)
    assert fit.x is not None

    assert "rows['a'].abs()" not in made_by(facts.flow, fit.x, facts.flow.at(fit), Wanted())
    assert "rows['a'].abs()" in made_by(facts.flow, fit.x, 1 << 60, Wanted())


def test_an_overwritten_column_has_only_its_last_value() -> None:
    facts = facts_of("rows['a'] = rows['b'].abs()\nrows['a'] = 3\nRidge().fit(rows[['a']], rows['y'])")
    (fit,) = facts.program.of(Fit)
    assert fit.x is not None

    assert made_by(facts.flow, fit.x, facts.flow.at(fit), Wanted()) == {"pd.read_csv('rows.csv')"}


def test_parts_of_the_same_rows_are_apart_and_filters_of_them_are_not() -> None:
    facts = facts_of("old = rows[rows.year < 2020]\nnew = rows[rows.year >= 2020]\nmore = old[old.a > 0]")
    names = facts.program.names

    assert facts.flow.apart(names["new"], 1 << 60, names["old"], 1 << 60)
    assert not facts.flow.apart(names["more"], 1 << 60, names["old"], 1 << 60)
    assert not facts.flow.apart(names["rows"], 1 << 60, names["old"], 1 << 60)


def test_a_column_is_traced_to_the_raw_columns_row_by_row() -> None:
    facts = facts_of(
        "rows['late'] = rows['delay'] > 15\nrows['lag'] = rows['delay'].shift(1)\nrows['mean'] = rows['delay'].mean()"
    )
    columns = Columns(facts.flow)
    (read,) = facts.program.of(Read)

    assert columns.made(read.value, "late").roots == {("delay", "")}
    assert columns.made(read.value, "lag").roots == {("delay", "other rows")}
    assert not columns.made(read.value, "mean").elementwise
    assert columns.made(read.value, "price").roots == {("price", "")}


def test_a_walk_through_a_notebook_built_to_be_slow_ends() -> None:
    source = "a = rows\n" + "\n".join("a = a + a * a" for _ in range(3000))
    facts = facts_of(source)

    assert sum(1 for _ in facts.flow.back(facts.program.names["a"])) <= 20_000
