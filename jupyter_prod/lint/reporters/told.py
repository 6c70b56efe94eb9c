"""What reporters tell."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_prod.errors import UsableError
from jupyter_prod.hazards import Severity
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.notebook import Notebook, read_notebook

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass
class Told:
    """The findings of a run in order, how many notebooks were checked and how many findings were fixed.

    `notebooks` holds those that don't lie on a disk as they were checked (standard input).
    """

    findings: Sequence[Finding]
    checked: Sequence[Path]
    fixed: int = 0
    colour: bool = False
    notebooks: Mapping[str, Notebook] = field(default_factory=dict)
    unsafe: bool = False
    _read: dict[str, Notebook | None] = field(default_factory=dict)

    def notebook(self, filename: str) -> Notebook | None:
        """The notebook of this name; None where it can't be read any more, or is none."""
        if filename in self.notebooks:
            return self.notebooks[filename]
        if filename not in self._read:
            self._read[filename] = None
            with contextlib.suppress(UsableError):
                self._read[filename] = read_notebook(Path(filename))
        return self._read[filename]

    def lines(self, finding: Finding) -> list[str]:
        """The lines of the cell, or of the other file, that a finding stands in."""
        if finding.place.cell is None:
            path = Path(finding.filename)
            if path.suffix in (".ipynb", ".py", ".md") or not path.is_file():
                return []
            with contextlib.suppress(OSError):
                return path.read_text(encoding="utf-8", errors="replace").split("\n")
            return []
        notebook = self.notebook(finding.filename)
        cells = notebook.cells if notebook is not None else ()
        found = next((cell for cell in cells if cell.number == finding.place.cell), None)
        return found.source.split("\n") if found is not None else []

    def by_file(self) -> dict[str, list[Finding]]:
        """Findings by filename, in order."""
        found: dict[str, list[Finding]] = {}
        for finding in self.findings:
            found.setdefault(finding.filename, []).append(finding)
        return found

    def fixable(self) -> tuple[int, int]:
        """How many findings have a safe fix, and how many an unsafe one."""
        kinds = Counter(f.fix.applicability for f in self.findings if f.fix is not None)
        return kinds["safe"], kinds["unsafe"]


def printable(text: str) -> str:
    """The text on one line: nothing that a notebook holds reaches the terminal as a control character."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def where(finding: Finding, separator: str = ":") -> str:
    """`file:cell 3:1:5`; what is said of a whole notebook stands on its name alone."""
    place = finding.place
    if place.cell is None:
        other = "" if finding.filename.endswith(".ipynb") or place.row == 1 else f"{separator}{place.row}"
        return printable(finding.filename) + other
    return f"{printable(finding.filename)}{separator}cell {place.cell}{separator}{place.row}{separator}{place.column}"
