"""JPO02 no-owner."""

from __future__ import annotations

from jupyter_prod.hazards.charter_rule import EXAMPLE, CharterRule


class NoOwner(CharterRule):
    code = "JPO02"
    slug = "no-owner"
    severity = "error"
    step = 1
    title = "No owner is named"
    what = """
    Asks the charter for a business owner and a technical lead. Without a charter it says so as info.
    """
    why = """
    When the numbers go wrong on a Sunday somebody has to decide whether to switch the model off. A service that nobody
    owns is either never switched off or never switched on again.
    """
    bad = (
        """#@ JPO02"""
        + EXAMPLE
        + """owners:
  business: Ada Example, retention
  technical: TBD
""",
    )
    good = (
        EXAMPLE
        + """owners:
  business: Ada Example, retention
  technical: Ben Example, data platform
""",
    )
    conversion = "resolved"
    conversion_note = """
    The project has these entries marked OPEN in `charter.yaml`, and a CODEOWNERS file made from them.
    """
    needed = (
        ("the business owner", ("owners.business", "owners.product")),
        ("the technical lead", ("owners.technical", "owners.model")),
    )
    subject = "who answers for it"
    alone = "info"
