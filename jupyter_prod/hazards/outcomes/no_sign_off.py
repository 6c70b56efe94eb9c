"""JPO06 no-sign-off."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_prod.charter import says
from jupyter_prod.hazards.charter_rule import EXAMPLE, CharterRule
from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Place


class NoSignOff(CharterRule):
    code = "JPO06"
    slug = "no-sign-off"
    severity = "warning"
    step = 5
    title = "Data or release are not signed off"
    what = """
    Asks the charter who signed the outcome off and when, and for each data source who approved its use and when.
    """
    why = """
    Data that were given for one purpose may not be used for another. Who finds that out after the release has to
    take the
    model back.
    """
    bad = (
        """#@ JPO06"""
        + EXAMPLE
        + """outcome:
  signed_off_by: Ada Example
""",
    )
    good = (
        EXAMPLE
        + """outcome:
  signed_off_by: Ada Example
  signed_off_on: 2024-05-02
data_sources:
  rows: {owner: CRM team, approval: Cem Example, approved_on: 2024-04-30, classification: internal}
""",
    )
    conversion = "resolved"
    conversion_note = """
    The entries are in the project's `charter.yaml`, marked OPEN; the release gate asks for them.
    """
    needed = (("who signed off", ("outcome.signed_off_by",)), ("when", ("outcome.signed_off_on",)))
    subject = "the sign-off"
    alone = None

    def check(self, facts: Facts) -> Iterator[Hit]:
        yield from super().check(facts)
        charter = facts.project.charter if facts.project is not None else None
        for name, told in charter.sources.items() if charter is not None else ():
            if not says(told.get("approval", told.get("approved_by"))):
                yield Hit(Place(None), f"charter.yaml names nobody who approved the use of {name}")
                return
