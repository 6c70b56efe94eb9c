"""From facts and findings to a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_prod.hazards import STEPS, Facts
from jupyter_prod.knowledge.yaml_files import read_yaml_files
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.readiness.evidence import Evidence
from jupyter_prod.readiness.nouns import Point, Score, State, StepScore, Test

MOST_SHOWN = 5
"""Findings that are named as evidence; of more, the number is told."""


def score_notebook(facts: Facts, findings: Sequence[Finding]) -> Score:
    """The score of a notebook from its facts and all its findings (of all rules, none left out but the suppressed)."""
    evidence = Evidence(facts)
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    points: dict[int, list[Point]] = {step: [] for step in STEPS}
    for criterion in _read("criteria.yaml"):
        point = _point(criterion, evidence, by_code)
        if point is not None:
            points[criterion["step"]].append(point)
    steps = tuple(StepScore(step, STEPS[step], _share(held), tuple(held)) for step, held in points.items())
    tests = tuple(_test(described, evidence, by_code) for described in _read("ml_test_score.yaml"))
    return Score(str(facts.notebook.path), steps, tests)


@cache
def _read(name: str) -> tuple[Mapping[str, Any], ...]:
    (held,) = read_yaml_files([Path(__file__).with_name(name)])
    return tuple(held)


def _share(points: Sequence[Point]) -> int | None:
    possible = sum(point.possible for point in points)
    return round(100 * sum(point.given for point in points) / possible) if possible else None


def _point(criterion: Mapping[str, Any], evidence: Evidence, by_code: Mapping[str, list[Finding]]) -> Point | None:
    reason = evidence.fact(criterion["needs"])
    if not reason:
        return None
    against = [finding for code in criterion["rules"] for finding in by_code.get(code, ())]
    missing = [name for name in criterion.get("facts", ()) if not evidence.fact(name)]
    possible = float(criterion["points"])
    given = possible
    if missing or any(finding.severity != "info" for finding in against):
        given = 0.0
    elif against:
        given = possible / 2
    said = [_told(finding) for finding in against[:MOST_SHOWN]]
    if len(against) > MOST_SHOWN:
        said.append(f"and {len(against) - MOST_SHOWN} more")
    said += [_MISSING[name] for name in missing]
    if not said:
        said = [reason] if criterion["needs"] != "always" else [evidence.fact(n) for n in criterion.get("facts", ())]
        said = [text for text in said if text] or ["nothing speaks against it"]
    return Point(criterion["id"], criterion["title"], given, possible, tuple(said), criterion["do"])


_MISSING = {
    "charter": "there is no charter.yaml beside the notebook",
    "git": "the notebook is not in git as it is",
    "tests": "no tests lie beside the notebook",
}


def _told(finding: Finding) -> str:
    where = f" in cell {finding.place.cell}" if finding.place.cell is not None else ""
    return f"{finding.code}{where}: {finding.message}"


def _test(described: Mapping[str, Any], evidence: Evidence, by_code: Mapping[str, list[Finding]]) -> Test:
    def made(state: State, said: str) -> Test:
        return Test(described["id"], described["part"], described["title"], state, said)

    note = described.get("note", "a notebook can't tell")
    needs = described.get("needs", "always")
    against = [finding for code in described.get("rules", ()) for finding in by_code.get(code, ())]
    if against:
        return made("fails", _told(against[0]))
    facts = described.get("holds", ())
    if not evidence.fact(needs) or not (facts or described.get("rules")):
        return made("unknown", note)
    held = [evidence.fact(name) for name in facts]
    if not all(held):
        return made("fails", next(_MISSING.get(n, note) for n, said in zip(facts, held, strict=True) if not said))
    if held:
        return made("holds", held[0])
    return made("holds", f"{evidence.fact(needs)}, and {_rules(described)} found nothing")


def _rules(described: Mapping[str, Any]) -> str:
    return ", ".join(described["rules"])
