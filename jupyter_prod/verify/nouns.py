"""The nouns of verification: what a run said, what was compared, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from jupyter_prod.plan.nouns import Obstacle

Status = Literal["equal", "differs", "not-run", "not-reproducible"]


@dataclass(frozen=True)
class Probed:
    """What the notebook's final model answered for (a sample of) its own model input.

    `rows` are JSON values; `columns` and `index` are None where the input has none; `unique` tells whether every label
    of the whole index occurs once; `kind` is the input's type name; `total` counts all rows. `classes` name the columns
    of `probabilities`. `failure` says why something could not be had; what is missing is empty then.
    """

    kind: str = ""
    total: int = 0
    predictions: tuple[Any, ...] = ()
    classes: tuple[Any, ...] | None = None
    probabilities: tuple[tuple[float, ...], ...] | None = None
    rows: tuple[tuple[Any, ...], ...] = ()
    columns: tuple[str, ...] | None = None
    index: tuple[Any, ...] | None = None
    unique: bool = False
    model: str = ""
    failure: str = ""


@dataclass(frozen=True)
class Written:
    """A file that a run made or changed; `kept` is a copy of it, where one was asked for and it was not too large."""

    size: int
    sha256: str
    kept: Path | None = None


@dataclass(frozen=True)
class NotebookRun:
    """What a notebook said when it ran: `values` by name, text `outputs` by cell, `files` by path from its folder.

    `failure` names the cell and line that stopped it. `unseeded` tells that random numbers were drawn that the notebook
    did not seed (known only where a seed was planted).
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    probes: tuple[Probed, ...] = ()
    outputs: Mapping[int, str] = field(default_factory=dict)
    files: Mapping[str, Written] = field(default_factory=dict)
    failure: Obstacle | None = None
    unseeded: bool = False
    seconds: float = 0.0


@dataclass(frozen=True)
class Check:
    """One comparison: JSON values, the tolerance as a relative difference (None where equality is asked for)."""

    what: str
    expected: Any
    got: Any
    tolerance: float | None
    ok: bool


@dataclass(frozen=True)
class Verdict:
    """What verification found; `failure` says what could not be run, or the first thing that differs.

    `notebook_ran` is False where it was the notebook itself that did not run to its end: then no project of any level
    can be held against it.
    """

    status: Status
    checks: tuple[Check, ...] = ()
    failure: Obstacle | None = None
    seconds: float = 0.0
    notebook_ran: bool = True

    def as_json(self) -> dict[str, Any]:
        """The form that `conversion.json` keeps: status and checks."""
        return {"status": self.status, "checks": [asdict(check) for check in self.checks]}
