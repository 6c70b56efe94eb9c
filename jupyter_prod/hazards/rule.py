"""The form of a rule, and what it reports."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from jupyter_prod.hazards.facts import Facts

Severity = Literal["error", "warning", "info"]

GROUPS = {
    "D": "data",
    "V": "versioning and dependencies",
    "S": "secrets, privacy, security",
    "R": "reproducibility and hidden state",
    "M": "model correctness",
    "E": "engineering",
}
"""Letter of a code (`JPD01`) → what the group is about."""

STEPS = {
    1: "business outcome first",
    2: "production infrastructure",
    3: "cross-functional team",
    4: "MLOps fundamentals",
    5: "phased rollout",
    6: "continuous improvement",
}
"""The playbook's steps from pilot to production."""


@dataclass(frozen=True)
class Place:
    """Where in the notebook: `cell` counts from 1 over all cells, rows and columns from 1 in it; the end is exclusive.

    `cell` is None where the notebook as a whole is meant.
    """

    cell: int | None
    row: int = 1
    column: int = 1
    end_row: int = 1
    end_column: int = 1


@dataclass(frozen=True)
class Hit:
    """A hazard at a place: `message` says what is wrong in the notebook's own names.

    `severity` differs from the rule's where a rule grades what it finds.
    """

    place: Place
    message: str
    severity: Severity | None = None


class Rule(ABC):
    """One hazard: its documentation as attributes, from which its page and its tests are made, then how it is found.

    bad, good      notebooks in percent format (`# %%` starts a cell). In a bad one each line that ends with the rule's
                   code in a comment is found; a line that starts with `#>` is the saved output of the cell above
    fix            `safe` keeps behaviour, `unsafe` needs consent, empty for none; fix_note says what it does
    conversion     `resolved` by conversion, or `yours` to mend; conversion_note says what conversion does about it
    """

    code: ClassVar[str]
    slug: ClassVar[str]
    severity: ClassVar[Severity]
    step: ClassVar[int]
    title: ClassVar[str]
    what: ClassVar[str]
    why: ClassVar[str]
    bad: ClassVar[tuple[str, ...]]
    good: ClassVar[tuple[str, ...]]
    fix: ClassVar[Literal["safe", "unsafe", ""]] = ""
    fix_note: ClassVar[str] = ""
    conversion: ClassVar[Literal["resolved", "yours"]]
    conversion_note: ClassVar[str]

    @abstractmethod
    def check(self, facts: Facts) -> Iterator[Hit]:
        """The hazards in a notebook; each once, in any order. Never raises for what a notebook holds."""


def group_of(code: str) -> str:
    """The letter of a code's group: `JPD01` is of group D."""
    return code[2]
