"""JPE17 syntax-error."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Place, Rule


class BrokenCell(Rule):
    code = "JPE17"
    slug = "syntax-error"
    severity = "error"
    step = 2
    title = "A cell that is no Python"
    what = """
    Finds cells that don't parse, after magics and shell lines were taken out: a forgotten colon, a bracket left open,
    the print statement of Python 2, prose in a code cell.
    """
    why = """
    A program made of the cells can't even start, and a scheduled run of the notebook stops there every time. What the
    cell was meant to do is missing in everything that comes after it.
    """
    bad = (
        """
        import pandas as pd
        sales = pd.read_csv("sales.csv")
        # %%
        for region in sales["region"].unique()  # JPE17
            print(region)
        """,
        """
        total = 12
        # %%
        print "total", total  # JPE17
        """,
        """
        limits = [3, 4)  # JPE17
        """,
    )
    good = (
        """
        !ls data
        %timeit sum(range(10))
        files = !ls
        print(files)
        """,
        """
        import asyncio
        await asyncio.sleep(0)
        """,
        """
        %%bash
        for f in *.csv; do wc -l $f; done
        """,
    )
    conversion = "yours"
    conversion_note = """
    The cell is left out and named as the reason. Repair it, or make it a Markdown cell where it is prose.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        for number, cell in facts.program.cells.items():
            if cell.error is None:
                continue
            lines = cell.source.split("\n")
            row = min(max(cell.error.line, 1), len(lines))
            column = max(cell.error.column, 1)
            place = Place(number, row, column, row, max(len(lines[row - 1]) + 1, column))
            said = " ".join(cell.error.message.split())[:80]
            yield Hit(place, f"this cell is no Python ({said}): nothing that needs it can run")
