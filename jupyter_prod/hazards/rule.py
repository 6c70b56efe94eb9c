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
    "G": "generative AI",
    "O": "outcomes, ownership, operations",
    "L": "linting",
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
class Edit:
    """Text that takes the place of other text: `place` is in a cell's source as written, or in `Fix.file`."""

    place: Place
    content: str


@dataclass(frozen=True)
class Parameter:
    """A value that belongs in the notebook's `parameters` cell: `NAME = value`, `value` as Python source."""

    name: str
    value: str


@dataclass(frozen=True)
class Fix:
    """A change that removes a hazard; `safe` keeps behaviour, `unsafe` needs consent. All of it is done or nothing.

    edits       text replaced in the notebook's cells, or in `file`
    imports     import statements that the edits need: added below the notebook's first imports where missing
    parameters  values that the edits read by name: added to the cell tagged `parameters`, which is made where missing
    clears      cells whose saved outputs are cleared
    removes     cells that are removed whole
    file        path of another file than the notebook (a requirements file), in which the edits are meant
    """

    applicability: Literal["safe", "unsafe"]
    message: str
    edits: tuple[Edit, ...] = ()
    imports: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    clears: tuple[int, ...] = ()
    removes: tuple[int, ...] = ()
    file: str | None = None


@dataclass(frozen=True)
class Hit:
    """A hazard at a place: `message` says what is wrong in the notebook's own names.

    `severity` differs from the rule's where a rule grades what it finds. `file` is the path of another file than the
    notebook, where the place is in that (its `cell` is None).
    """

    place: Place
    message: str
    severity: Severity | None = None
    fix: Fix | None = None
    file: str | None = None


class Rule(ABC):
    """One hazard: its documentation as attributes, from which its page and its tests are made, then how it is found.

    bad, good      notebooks in percent format (`# %%` starts a cell). In a bad one each line that ends with the rule's
                   code in a comment is found. What else a section or line may be:
                   `# %% [markdown]`      a Markdown cell
                   `# %% In [3]`          a code cell with this execution count
                   `# %% [file] a/b.txt`  a file beside the notebook; the example is then written to a folder
                   `# %% [file] a.csv 600 MB`  one of which only the size matters
                   `# %% [metadata]`      the notebook's metadata as JSON
                   `# %% [name] x.ipynb`  the notebook's own name (default example.ipynb)
                   `#> text`              saved output of the cell above, `#! NameError: text` a saved traceback
                   `#@ JPV07`             the notebook as a whole is found
    fixed          what `--fix --unsafe-fixes` makes of the first bad example, in the same format, comments kept
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
    fixed: ClassVar[str] = ""
    fix: ClassVar[Literal["safe", "unsafe", ""]] = ""
    fix_note: ClassVar[str] = ""
    conversion: ClassVar[Literal["resolved", "yours"]]
    conversion_note: ClassVar[str]

    @property
    def url(self) -> str:
        """Where the rule's page is."""
        return f"docs/rules/{self.slug}.md"

    @abstractmethod
    def check(self, facts: Facts) -> Iterator[Hit]:
        """The hazards in a notebook; each once, in any order. Never raises for what a notebook holds."""


def group_of(code: str) -> str:
    """The letter of a code's group: `JPD01` is of group D; empty for a company's own rule."""
    return code[2:3] if code.startswith("JP") else ""
