"""JPE03 no-functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.pipeline import does_work, has_pipeline
from jupyter_prod.hazards.rule import Hit, Place, Rule

MOST = 30
"""How many statements may work on data before one is in a function."""


class NoFunctions(Rule):
    code = "JPE03"
    slug = "no-functions"
    severity = "info"
    step = 2
    title = "A long script without a function"
    what = """
    Finds notebooks with more than 30 statements on the way from data to result and no function or class. Imports,
    plots and looks at the data don't count.
    """
    why = """
    Nothing in it can be tested, called twice or used elsewhere; every change means running all of it. Functions with
    arguments are what tests, review and reuse hold on to.
    """
    bad = (
        "#@ JPE03\nimport pandas as pd\nrows = pd.read_csv('rows.csv')\n"
        + "\n".join(f"rows['c{n}'] = rows['a'] * {n}" for n in range(31)),
        "#@ JPE03\nimport pandas as pd\nsales = pd.read_csv('sales.csv')\n"
        + "\n".join(f"total_{n} = sales[sales['shop'] == {n}]['amount'].sum()" for n in range(32)),
    )
    good = (
        "import pandas as pd\nrows = pd.read_csv('rows.csv')\n"
        "def scaled(rows, name, by):\n    return rows.assign(**{name: rows['a'] * by})\n"
        + "\n".join(f"rows = scaled(rows, 'c{n}', {n})" for n in range(31)),
        "import pandas as pd\nrows = pd.read_csv('rows.csv')\n" + "\n".join(f"rows['c{n}'].plot()" for n in range(40)),
    )
    conversion = "resolved"
    conversion_note = """
    Stages become functions of a module, made of the notebook's own statements.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        if len(facts.program.statements) <= MOST or any(facts.nodes_of(kind) for kind in defined):
            return
        if not has_pipeline(facts):
            return
        working = sum(does_work(s, facts) for s in facts.program.statements)
        if working > MOST:
            yield Hit(
                Place(None), f"{working} statements work on the data and none is in a function: make steps of them"
            )
