"""JPO07 stale-charter."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from jupyter_prod.hazards.charter_rule import EXAMPLE
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Place, Rule

GRACE = 1
"""Days: who changes both in one go commits them one after the other."""


class StaleCharter(Rule):
    code = "JPO07"
    slug = "stale-charter"
    severity = "info"
    step = 1
    title = "The charter is older than the notebook"
    what = """
    Finds a charter that was last reviewed (its entry `reviewed`, else its last commit, else its file's time) more
    than a
    day before the notebook last changed, where the notebook reads data or fits a model.
    """
    why = """
    Baseline and target were agreed for another model or other data. The release is then judged by numbers that nobody
    would agree to today.
    """
    bad = (
        """#@ JPO07"""
        + EXAMPLE
        + """outcome:
  baseline: 0.061
reviewed: 2019-01-31
""",
    )
    good = (
        EXAMPLE
        + """outcome:
  baseline: 0.061
reviewed: 2999-01-31
""",
    )
    conversion = "yours"
    conversion_note = "The charter is copied as it is: what it says is for people to review."

    def check(self, facts: Facts) -> Iterator[Hit]:
        project = facts.project
        charter = project.charter if project is not None else None
        if project is None or charter is None or charter.error or not facts.program.record.events:
            return
        reviewed = charter.reviewed or project.changed_on(charter.path)
        changed = project.changed_on(project.notebook)
        if reviewed is not None and changed is not None and changed - reviewed > datetime.timedelta(days=GRACE):
            yield Hit(
                Place(None),
                f"charter.yaml was last reviewed on {reviewed}, the notebook changed on {changed}: go through it again",
            )
