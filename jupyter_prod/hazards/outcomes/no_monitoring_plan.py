"""JPO05 no-monitoring-plan."""

from __future__ import annotations

from jupyter_prod.hazards.charter_rule import EXAMPLE, CharterRule


class NoMonitoringPlan(CharterRule):
    code = "JPO05"
    slug = "no-monitoring-plan"
    severity = "warning"
    step = 6
    title = "No monitoring is planned"
    what = """
    Asks the charter for the reference that drift is measured against, the thresholds that raise an alert, and what
    triggers retraining.
    """
    why = """
    Data change: prices, products, people. A model that nobody watches gets worse for months before somebody notices.
    """
    bad = (
        """#@ JPO05"""
        + EXAMPLE
        + """monitoring:
  drift_reference: training rows of May
""",
    )
    good = (
        EXAMPLE
        + """monitoring:
  drift_reference: training rows of May
  alerts: population stability index above 0.2
  retraining: monthly, or on an alert
""",
    )
    conversion = "resolved"
    conversion_note = """
    The project measures drift against its training rows; thresholds come from the charter.
    """
    needed = (
        ("the drift reference", ("monitoring.drift_reference",)),
        ("the alert thresholds", ("monitoring.alerts", "monitoring.thresholds")),
        ("the trigger for retraining", ("monitoring.retraining", "monitoring.retraining_trigger")),
    )
    subject = "how it is watched"
    alone = None
