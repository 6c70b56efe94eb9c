"""The nouns of checking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jupyter_prod.hazards import Fix, Place, Severity


@dataclass(frozen=True)
class Finding:
    """A hazard in a notebook, which was named `filename`; `conversion` says who removes it: resolved or yours."""

    code: str
    slug: str
    severity: Severity
    message: str
    filename: str
    place: Place
    cell_id: str | None
    step: int
    conversion: str
    url: str
    fix: Fix | None = None

    @property
    def order(self) -> tuple[str, int, int, int, str]:
        """Findings are told in the order of the notebook; what is said of the whole comes first."""
        return self.filename, self.place.cell or 0, self.place.row, self.place.column, self.code

    def as_json(self) -> dict[str, Any]:
        """The finding as JSON has it: ruff's fields and ours."""
        place = self.place
        return {
            "code": self.code,
            "slug": self.slug,
            "severity": self.severity,
            "message": self.message,
            "filename": self.filename,
            "cell": place.cell,
            "cell_id": self.cell_id,
            "location": {"row": place.row, "column": place.column},
            "end_location": {"row": place.end_row, "column": place.end_column},
            "url": self.url,
            "noqa_row": None,
            "fix": None if self.fix is None else _fix_as_json(self.fix),
            "step": self.step,
            "conversion": self.conversion,
        }


def _fix_as_json(fix: Fix) -> dict[str, Any]:
    edits = [
        {
            "content": edit.content,
            "cell": edit.place.cell,
            "location": {"row": edit.place.row, "column": edit.place.column},
            "end_location": {"row": edit.place.end_row, "column": edit.place.end_column},
        }
        for edit in fix.edits
    ]
    return {
        "applicability": fix.applicability,
        "message": fix.message,
        "edits": edits,
        "imports": list(fix.imports),
        "parameters": {parameter.name: parameter.value for parameter in fix.parameters},
        "clear_outputs": list(fix.clears),
        "remove_cells": list(fix.removes),
        "file": fix.file,
    }
