"""JPL01 unused-suppression."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Rule


class UnusedSuppression(Rule):
    code = "JPL01"
    slug = "unused-suppression"
    severity = "warning"
    step = 4
    title = "A suppression suppresses nothing"
    what = """
    Finds `# prod: ignore[…]` comments, `prod:ignore` tags and entries in the notebook's metadata that suppress no
    finding of the rules in use, or name a rule that doesn't exist. A comment without codes is judged only where all
    rules are in use.
    """
    why = """
    It says that a risk was accepted where there is none any more. The next hazard that appears on that line is hidden
    by a decision that nobody took about it.
    """
    bad = (
        """
        import pandas as pd
        rows = pd.read_csv("rows.csv")
        # %%
        rows["price"] = rows["price"] * 2  # prod: ignore[no-such-rule]  # JPL01
        """,
    )
    good = (
        """
        import pandas as pd
        rows = pd.read_csv("rows.csv")
        rows["price"] = rows["price"] * 2  # prod: nothing is ignored here
        """,
    )
    fixed = """
        import pandas as pd
        rows = pd.read_csv("rows.csv")
        # %%
        rows["price"] = rows["price"] * 2  # JPL01
        """
    fix = "safe"
    fix_note = "Takes the comment, or the codes in it that suppress nothing, away."
    conversion = "resolved"
    conversion_note = "Suppressions are for the notebook; the project's code is checked by its own linter."

    def check(self, facts: Facts) -> Iterator[Hit]:
        """Nothing: what is unused is known only after all other rules, see `lint.suppression`."""
        return iter(())
