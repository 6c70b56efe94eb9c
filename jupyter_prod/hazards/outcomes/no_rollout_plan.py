"""JPO04 no-rollout-plan."""

from __future__ import annotations

from jupyter_prod.hazards.charter_rule import EXAMPLE, CharterRule


class NoRolloutPlan(CharterRule):
    code = "JPO04"
    slug = "no-rollout-plan"
    severity = "warning"
    step = 5
    title = "No rollout is planned"
    what = """
    Asks the charter for the phases of the rollout, the guardrails that stop it, and the condition that takes it back.
    """
    why = """
    A model that is switched on for everybody at once can't be compared with what was before, and is hard to take back.
    """
    bad = (
        """#@ JPO04"""
        + EXAMPLE
        + """rollout:
  phases: [5 %, 25 %, 100 %]
""",
    )
    good = (
        EXAMPLE
        + """rollout:
  phases: [5 %, 25 %, 100 %]
  guardrails: error rate below 1 %, complaints below 3 a day
  rollback: any guardrail missed for an hour
""",
    )
    conversion = "resolved"
    conversion_note = """
    The rollout of the project takes phases and guardrails from the charter.
    """
    needed = (
        ("the phases", ("rollout.phases", "rollout.plan")),
        ("the guardrails", ("rollout.guardrails",)),
        ("the condition for going back", ("rollout.rollback",)),
    )
    subject = "how it is rolled out"
    alone = None
