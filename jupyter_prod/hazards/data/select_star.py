"""JPD13 select-star."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Place, Rule
from jupyter_prod.patterns import lazy

_STAR = lazy(
    r"\bselect\s+(?:all\s+|distinct\s+)?(?:[\w\"`.]{1,60}\.)?\*\s{1,80}from\s+\(?\s{0,80}[\w\"`\[{$]|\bselect\s+\*\s{0,80}from\s{0,80}$",
    re.IGNORECASE,
)
_FEW = lazy(
    r"\blimit\s+\d{1,2}\b|\btop\s+\d{1,2}\b|\bwhere\s+(?:1\s*=\s*0|false)\b|\binformation_schema\b|\bsqlite_master\b",
    re.IGNORECASE,
)
_SHOWS = ("builtins.print", "logging.", "IPython.")


class SelectStar(Rule):
    code = "JPD13"
    slug = "select-star"
    severity = "info"
    step = 2
    title = "A query that takes every column"
    what = """
    Finds `select * from …` in queries that are run, in code and in SQL magics. A look at a few rows (`limit 10`) and
    the system's own tables are none.
    """
    why = """
    A column that somebody adds to the table arrives in the pilot's features, or breaks them; one with personal data
    arrives too, and nobody decided it. The database reads and sends what nobody needs. Name the columns.
    """
    bad = (
        """
        import pandas as pd
        claims = pd.read_sql("select * from claims where year = 2024", connection)  # JPD13
        """,
        """
        query = \"\"\"SELECT c.* FROM contracts c JOIN owners o ON o.id = c.owner\"\"\"  # JPD13
        rows = connection.execute(query).fetchall()
        """,
    )
    good = (
        """
        import pandas as pd
        claims = pd.read_sql("select amount, year from claims", connection)
        first = pd.read_sql("select * from claims limit 10", connection)
        print("select * from is no good habit")
        """,
        """
        import pandas as pd
        number = pd.read_sql("select count(*) from claims", connection)
        """,
    )
    conversion = "yours"
    conversion_note = """
    The query is kept as it is; the data contract names the columns that the model uses, which are those to ask for.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for node in facts.nodes_of(ast.Constant):
            text = node.value
            if not isinstance(text, str) or "*" not in text or len(text) > 20_000:
                continue
            if _STAR.search(text) and not _FEW.search(text) and not _is_only_said(node, facts):
                place = facts.place(node)
                if place is not None:
                    yield Hit(place, "the query takes every column: name those that are used")
        for cell in facts.notebook.cells:
            if (
                cell.kind == "code"
                and cell.source.startswith("%%")
                and "*" in cell.source
                and "sql" in cell.source[:40].lower()
            ):
                for row, line in enumerate(cell.source.split("\n"), 1):
                    if "*" in line and _STAR.search(line) and not _FEW.search(cell.source):
                        yield Hit(
                            Place(cell.number, row, 1, row, len(line) + 1),
                            "the query takes every column: name those that are used",
                        )


def _is_only_said(node: ast.Constant, facts: Facts) -> bool:
    for above in facts.parents(node):
        if isinstance(above, ast.Expr):
            return above.value is node
        if isinstance(above, ast.Call) and facts.qualified(above.func).startswith(_SHOWS):
            return True
        if isinstance(above, ast.stmt):
            return False
    return False
