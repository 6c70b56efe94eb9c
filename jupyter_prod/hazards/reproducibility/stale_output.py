"""JPR03 stale-output."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.counts import code_cells
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule


class StaleOutput(Rule):
    code = "JPR03"
    slug = "stale-output"
    severity = "info"
    step = 4
    title = "A cell that was not run with the rest"
    what = """
    Finds code cells without an execution count in a notebook whose other cells were run: never executed, or with
    outputs that an earlier session left. Cells in a row are told once. A notebook that was cleared has none.
    """
    why = """
    Nobody knows whether the cell works, or whether what it shows fits the numbers around it. In a pipeline it runs.
    """
    bad = (
        """
        # %% In [1]
        prices = [3, 4]
        # %%
        prices.append(5)  # JPR03
        # %% In [2]
        print(sum(prices))
        """,
        """
        # %% In [1]
        prices = [3, 4]
        # %%
        print(len(prices))  # JPR03
        #> 5
        """,
    )
    good = (
        """
        prices = [3, 4]
        # %%
        print(sum(prices))
        """,
        """
        # %% In [1]
        prices = [3, 4]
        # %%
        # prices.append(5)
        # %% In [2]
        print(sum(prices))
        """,
    )
    conversion = "resolved"
    conversion_note = """
    Outputs don't travel to the project, and verification runs every cell that it needs.
    """

    def check(self, facts: Facts) -> Iterator[Hit]:
        cells = [c for c in code_cells(facts) if "parameters" not in c.tags]  # papermill fills these, at a run
        if not any(c.execution_count is not None for c in cells):
            return
        before_too = False
        for cell in cells:
            if cell.execution_count is not None:
                before_too = False
            elif cell.outputs:
                message = "the outputs come from an earlier session than the rest: run the cell again, or clear them"
                yield Hit(facts.line(cell.number, 1), message)
            elif not before_too:
                before_too = True
                yield Hit(facts.line(cell.number, 1), "the cell was never run with the rest: run it, or remove it")
