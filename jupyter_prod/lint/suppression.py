"""Comments that say which findings are meant to be: `# prod: ignore[JPD01]`, `# prod: ignore` for all."""

from __future__ import annotations

import re

from jupyter_prod.hazards import Facts, Place, Rule, find_rule

_COMMENT = re.compile(r"#\s*prod:\s*ignore(?:\[(?P<names>[^\]\n]*)\])?(?=\s|$|#)")
_HIDDEN = re.compile(r"<!--\s*prod:\s*ignore(?:\[(?P<names>[^\]\n]*)\])?\s*-->")


class Suppressions:
    """Which lines of a notebook carry a comment.

    A comment covers its own line and the statement on it; alone on its line, also the line below. What is found in a
    cell's outputs stands on the cell's first line. In Markdown the comment is `<!-- prod: ignore[JPS01] -->`.
    """

    def __init__(self, facts: Facts) -> None:
        self._lines: dict[tuple[int, int], frozenset[str] | None] = {}
        for cell in facts.notebook.cells:
            if "ignore" not in cell.source:
                continue
            for row, line in enumerate(cell.source.split("\n"), 1):
                comment = (_COMMENT if cell.kind == "code" else _HIDDEN).search(line)
                if comment is None:
                    continue
                codes = _codes(comment["names"])
                for covered in (row, row + 1) if not line[: comment.start()].strip() else (row,):
                    self._add(cell.number, covered, codes)

    def _add(self, cell: int, row: int, codes: frozenset[str] | None) -> None:
        known = self._lines.get((cell, row), frozenset())
        self._lines[cell, row] = None if codes is None or known is None else codes | known

    def covers(self, rule: Rule, place: Place) -> bool:
        """Whether a comment at the place, on any of its lines, names the rule."""
        if not self._lines or place.cell is None:
            return False
        for row in range(place.row, min(place.end_row, place.row + 200) + 1):
            codes = self._lines.get((place.cell, row), frozenset())
            if codes is None or rule.code in codes:
                return True
        return False


def _codes(names: str | None) -> frozenset[str] | None:
    """The codes that a comment names, whether by code or slug; None where it names none and means all."""
    if names is None:
        return None
    rules = [find_rule(name) for name in names.split(",")]
    return frozenset(rule.code for rule in rules if rule is not None)
