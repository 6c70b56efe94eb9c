"""JPR01 out-of-order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from jupyter_prod.hazards.counts import counted
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule


class OutOfOrder(Rule):
    code = "JPR01"
    slug = "out-of-order"
    severity = "warning"
    step = 4
    title = "Cells were run in another order than they stand"
    what = """
    Reads the saved execution counts. Each cell that was run before the cell above it is named, and each that has the
    same count as that one, which comes from another session.
    """
    why = """
    The saved results come from an order that no run from top to bottom repeats. A pipeline runs from top to bottom,
    and may give other numbers or stop.
    """
    bad = (
        """
        # %% In [1]
        import pandas as pd
        orders = pd.read_csv("orders.csv")
        # %% In [3]
        orders["weight"] = orders["weight"].fillna(0)
        # %% In [2]  # JPR01
        orders["weight"].mean()
        """,
        """
        # %% In [7]
        limit = 3
        # %% [markdown]
        The second session begins here.
        # %% In [1]  # JPR01
        limit = 4
        # %% In [2]
        print(limit)
        """,
    )
    good = (
        """
        # %% In [1]
        limit = 3
        # %%
        # not run
        # %% In [4]
        print(limit)
        """,
        """
        limit = 3
        # %%
        print(limit)
        """,
    )
    conversion = "resolved"
    conversion_note = """
    The project runs in the document's order, and verification compares with a run of the notebook in that order.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        cells = counted(facts)
        for (above, before), (cell, count) in pairwise(cells):
            if count < before:
                message = f"cell {cell.number} ran as [{count}], before cell {above.number} above it, [{before}]"
            elif count == before:
                message = f"cell {cell.number} and cell {above.number} above it both ran as [{count}], in two sessions"
            else:
                continue
            yield Hit(facts.line(cell.number, 1), f"{message}: restart the kernel and run all")
