"""What the rules about the charter share: which entries each asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from jupyter_prod.hazards.facts import Facts
from jupyter_prod.hazards.rule import Hit, Place, Rule, Severity

Needed = tuple[tuple[str, tuple[str, ...]], ...]
"""What people call it → the entries of charter.yaml that may hold it."""

EXAMPLE = """
import pandas as pd
rows = pd.read_csv("rows.csv")
# %% [file] charter.yaml
"""
"""The notebook that the examples of these rules are about; a charter follows."""


class CharterRule(Rule):
    """A rule that asks for entries of the charter beside the notebook.

    `alone` is the severity where there is no charter at all, None where another rule says that.
    """

    needed: ClassVar[Needed]
    subject: ClassVar[str]
    alone: ClassVar[Severity | None] = None

    def check(self, facts: Facts) -> Iterator[Hit]:
        project = facts.project
        if project is None:
            return
        charter = project.charter
        if charter is None:
            if self.alone is not None:
                said = f"there is no charter.yaml beside the notebook: nobody wrote down {self.subject}"
                yield Hit(Place(None), said, self.alone)
            return
        if charter.error:
            if self.alone is not None:
                yield Hit(Place(None), f"charter.yaml {charter.error}: nothing says {self.subject}")
            return
        missing = [name for name, entries in self.needed if not charter.filled(*entries)]
        if missing:
            yield Hit(Place(None), f"charter.yaml leaves {_listed(missing)} open: fill in {self.subject}")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
