"""JPO01 no-business-outcome."""

from __future__ import annotations

from jupyter_prod.hazards.charter_rule import EXAMPLE, CharterRule


class NoBusinessOutcome(CharterRule):
    code = "JPO01"
    slug = "no-business-outcome"
    severity = "error"
    step = 1
    title = "No business outcome is agreed"
    what = """
    Asks the charter beside the notebook (`charter.yaml`) for the metric that a prediction is to change, its
    baseline, its
    target, the window in which it is measured and how. Without a charter it says so as info: a pilot may be young. In a
    charter that exists, what is open is an error, for the release gate refuses it.
    """
    why = """
    A model that is good by its own score and changes no number that anyone watches is switched off at the next budget
    round. Without a baseline nobody can say what it brought.
    """
    bad = (
        """#@ JPO01"""
        + EXAMPLE
        + """outcome:
  metric: share of customers who leave within 90 days
  baseline: 0.061
  target: OPEN
""",
    )
    good = (
        EXAMPLE
        + """outcome:
  metric: share of customers who leave within 90 days
  baseline: 0.061
  target: 0.05
  window: 90 days
  method: holdout of 10 % of the customers who get no offer
""",
    )
    conversion = "resolved"
    conversion_note = """
    The project has a `charter.yaml` with these entries marked OPEN; its release gate refuses until they are filled.
    """
    needed = (
        ("the metric", ("outcome.metric", "outcome.question")),
        ("its baseline", ("outcome.baseline",)),
        ("its target", ("outcome.target",)),
        ("its window", ("outcome.window",)),
        ("its method of measurement", ("outcome.method",)),
    )
    subject = "the business outcome"
    alone = "info"
