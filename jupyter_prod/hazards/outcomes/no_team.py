"""JPO08 no-team."""

from __future__ import annotations

from jupyter_prod.hazards.charter_rule import EXAMPLE, CharterRule


class NoTeam(CharterRule):
    code = "JPO08"
    slug = "no-team"
    severity = "info"
    step = 3
    title = "The team has gaps"
    what = """
    Asks the charter for the people of engineering, operations, security, legal and business who take part.
    """
    why = """
    Pilots that one discipline carries alone stop at the first question of another: where does it run, may we do this,
    who reads the result.
    """
    bad = (
        """#@ JPO08"""
        + EXAMPLE
        + """team:
  engineering: Ben Example
  operations: Dina Example
""",
    )
    good = (
        EXAMPLE
        + """team:
  engineering: Ben Example
  operations: Dina Example
  security: Emil Example
  legal: Fay Example
  business: Ada Example
""",
    )
    conversion = "resolved"
    conversion_note = """
    The project's charter has an entry for each, marked OPEN.
    """
    needed = (
        ("engineering", ("team.engineering",)),
        ("operations", ("team.operations", "owners.operations")),
        ("security", ("team.security",)),
        ("legal", ("team.legal",)),
        ("business", ("team.business", "owners.business", "owners.product")),
    )
    subject = "who takes part"
    alone = None
