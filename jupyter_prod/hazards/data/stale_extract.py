"""JPD06 stale-extract."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule
from jupyter_prod.hazards.sources import FILE, sources
from jupyter_prod.patterns import lazy

_DATE = lazy(
    r"(?<!\d)(?:(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01]))?|(?:0[1-9]|[12]\d|3[01])[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:19|20)\d\d"
    r"|(?:19|20)\d\d[-_]?(?:q[1-4]|h[12]|kw\d\d?|w\d\d?)|(?:q[1-4]|h[12])[-_]?(?:19|20)\d\d"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[-_ ]?(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_VERSION = lazy(
    r"(?:^|[-_. ])(?:v\d{1,3}|ver\d*|version\d*|final\d*|latest|newest|old|copy|backup|bak|rev\d+)(?=$|[-_. (])"
    r"|\(\d+\)|kopie",
    re.IGNORECASE,
)


class StaleExtract(Rule):
    code = "JPD06"
    slug = "stale-extract"
    severity = "info"
    step = 6
    title = "An extract with a date or a version in its name"
    what = """
    Finds files that are read whose names hold a date (`sales_2024_03.csv`) or a version kept by hand
    (`export_final_v2.xlsx`).
    """
    why = """
    Somebody made this extract once, and nobody will make the next one under this name. The model goes on learning from
    the month in which the pilot was built. Read from where the rows are renewed, and give the date as a parameter.
    """
    bad = (
        """
        import pandas as pd
        sales = pd.read_csv("exports/sales_2024_03.csv")  # JPD06
        """,
        """
        import pandas as pd
        path = "shared/budget_final_v2.xlsx"  # JPD06
        budget = pd.read_excel(path)
        """,
    )
    good = (
        """
        import pandas as pd
        month = "2024-03"
        sales = pd.read_csv(f"exports/sales_{month}.csv")
        """,
        """
        import pandas as pd
        sales = pd.read_csv("sales.csv")
        """,
    )
    conversion = "yours"
    conversion_note = """
    The path becomes a setting; a source that is renewed has to be named by you.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        reported: set[int] = set()
        for source in sources(facts):
            ends = any(FILE.search(str(n.value)) for n in source.literals)
            for literal in source.literals:
                text = str(literal.value)
                name = text.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].split("?")[0]
                whole = FILE.search(source.text) is not None if source.text else ends
                alone = name == re.sub(r"\W", "", name) and not FILE.search(name)
                if id(literal) in reported or not whole or (literal is not source.place and _DATE.fullmatch(name)):
                    continue
                stem = FILE.sub("", name)
                dated, kept = _DATE.search(stem), _VERSION.search(stem)
                if (dated is None and kept is None) or (alone and _DATE.fullmatch(stem)):
                    continue
                place = facts.place(literal)
                if place is not None:
                    reported.add(id(literal))
                    said = (
                        f"of {dated[0]}"
                        if dated is not None
                        else f"kept by hand ({kept[0].strip('-_. ')})"
                        if kept
                        else ""
                    )
                    yield Hit(
                        place, f"'{name[:60]}' is an extract {said}: who makes the next one, and under which name?"
                    )
