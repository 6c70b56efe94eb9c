"""From paths to findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from jupyter_prod.hazards import Facts, Hit, Rule
from jupyter_prod.lint.choosing import chosen_rules
from jupyter_prod.lint.nouns import Finding, Settings
from jupyter_prod.lint.suppression import Suppressions
from jupyter_prod.notebook import Notebook, find_notebooks, read_notebook
from jupyter_prod.program import understand


def lint(paths: Iterable[Path], settings: Settings | None = None) -> list[Finding]:
    """What stands between these notebooks, or all below these folders, and production; sorted by place.

    Notebooks of other languages than Python are checked for what doesn't need Python. Raises UsableError for a path
    that holds no readable notebook, and for rules that don't exist.
    """
    rules = chosen_rules(settings or Settings())
    found: list[Finding] = []
    for path in find_notebooks(paths):
        found += check_notebook(read_notebook(path), rules)
    return found


def check_notebook(notebook: Notebook, rules: Sequence[Rule]) -> list[Finding]:
    """The findings of these rules in a notebook, sorted by place and each once, less the suppressed ones."""
    if notebook.language != "python":
        notebook = replace(notebook, cells=tuple(replace(c, kind="raw") for c in notebook.cells))
    facts = Facts(notebook, understand(notebook))
    suppressed = Suppressions(facts)
    ids = {cell.number: cell.id for cell in notebook.cells}
    found: dict[tuple[object, ...], Finding] = {}
    for rule in rules:
        for hit in rule.check(facts):
            if not suppressed.covers(rule, hit.place):
                finding = _finding(rule, hit, notebook, ids)
                found.setdefault((rule.code, hit.file, hit.place.cell, hit.place.row, hit.place.column), finding)
    return sorted(found.values(), key=lambda finding: finding.order)


def _finding(rule: Rule, hit: Hit, notebook: Notebook, ids: dict[int, str | None]) -> Finding:
    place = hit.place
    return Finding(
        code=rule.code,
        slug=rule.slug,
        severity=hit.severity or rule.severity,
        message=hit.message,
        filename=hit.file or str(notebook.path),
        place=place,
        cell_id=ids.get(place.cell) if place.cell is not None else None,
        step=rule.step,
        conversion=rule.conversion,
        url=f"docs/rules/{rule.slug}.md",
        fix=hit.fix,
    )
