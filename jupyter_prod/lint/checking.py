"""From a notebook to findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from jupyter_prod.hazards import Facts, Hit, Rule, all_rules
from jupyter_prod.lint.choosing import chosen_rules, left_out, severities
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.lint.settings import Settings
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
        found += check_notebook(read_notebook(path), rules, settings)
    return found


def check_notebook(notebook: Notebook, rules: Sequence[Rule], settings: Settings | None = None) -> list[Finding]:
    """The findings of these rules in a notebook, sorted by place and each once, less the suppressed ones.

    `settings` says which rules don't count in this file and which have another severity; without, all do as they are.
    """
    if notebook.language != "python":
        notebook = replace(notebook, cells=tuple(replace(c, kind="raw") for c in notebook.cells))
    return findings_of(Facts(notebook, understand(notebook)), rules, settings)


def findings_of(facts: Facts, rules: Sequence[Rule], settings: Settings | None = None) -> list[Finding]:
    """The same as `check_notebook` of a notebook whose facts are known."""
    notebook = facts.notebook
    ignored = left_out(settings, notebook.path, rules) if settings is not None else set()
    other = severities(settings, rules) if settings is not None else {}
    suppressions = Suppressions(notebook, rules)
    ids = {cell.number: cell.id for cell in notebook.cells}
    found: dict[tuple[object, ...], Finding] = {}
    applied = [rule for rule in rules if rule.code not in ignored]
    for rule in applied:
        for hit in rule.check(facts):
            if not suppressions.covers(rule, hit.place):
                finding = _finding(rule, hit, notebook, ids, other.get(rule.code))
                place = hit.place
                found.setdefault((rule.code, hit.file, place.cell, place.row, place.column), finding)
    unused = next((rule for rule in applied if rule.slug == "unused-suppression"), None)
    if unused is not None:
        for hit in suppressions.unused({rule.code for rule in applied}, len(applied) >= len(all_rules())):
            found[unused.code, hit.place] = _finding(unused, hit, notebook, ids, other.get(unused.code))
    return sorted(found.values(), key=lambda finding: finding.order)


def _finding(rule: Rule, hit: Hit, notebook: Notebook, ids: dict[int, str | None], severity: str | None) -> Finding:
    place = hit.place
    return Finding(
        code=rule.code,
        slug=rule.slug,
        severity=severity or hit.severity or rule.severity,  # type: ignore[arg-type]
        message=hit.message,
        filename=hit.file or str(notebook.path),
        place=place,
        cell_id=ids.get(place.cell) if place.cell is not None else None,
        step=rule.step,
        conversion=rule.conversion,
        url=rule.url,
        fix=hit.fix,
    )
