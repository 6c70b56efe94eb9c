"""JPO03 no-service-level."""

from __future__ import annotations

from jupyter_prod.hazards.charter_rule import EXAMPLE, CharterRule


class NoServiceLevel(CharterRule):
    code = "JPO03"
    slug = "no-service-level"
    severity = "warning"
    step = 2
    title = "No service level is agreed"
    what = """
    Asks the charter for latency, availability, a threshold of quality and what is done when one is missed.
    """
    why = """
    Without thresholds no alert can be set, and the first that hears of an outage is a customer.
    """
    bad = (
        """#@ JPO03"""
        + EXAMPLE
        + """service_levels:
  latency_p95_ms: 200
  availability: OPEN
""",
    )
    good = (
        EXAMPLE
        + """service_levels:
  latency_p95_ms: 200
  availability: 99.5 %
  quality: recall of at least 0.6 a week
  response: on-call of the data platform, see RUNBOOK.md
""",
    )
    conversion = "resolved"
    conversion_note = """
    The thresholds become alert rules of the project; what is OPEN gets none.
    """
    needed = (
        ("latency", ("service_levels.latency_p95_ms", "service_levels.latency")),
        ("availability", ("service_levels.availability",)),
        ("quality", ("service_levels.quality",)),
        ("the response", ("service_levels.response",)),
    )
    subject = "the service levels"
    alone = None
