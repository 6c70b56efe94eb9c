"""A self-contained HTML page: readiness by step with its evidence, and every finding with its code."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from jupyter_prod import __version__
from jupyter_prod.errors import UsableError
from jupyter_prod.lint.nouns import Finding
from jupyter_prod.lint.reporters.told import SEVERITIES, Told
from jupyter_prod.readiness.nouns import Score

_PAGE = Path(__file__).with_name("page.css")
_CONTEXT = 2
_MOST_LINES = 8
_STATES = {"holds": "holds", "fails": "does not hold", "unknown": "can't be told"}


def write_html(told: Told) -> str:
    """The page; it asks nothing of a network and runs no script."""
    scores = _scores(told)
    counts = Counter(f.severity for f in told.findings)
    head = "".join(
        f'<div class="figure {severity}"><b>{counts[severity]}</b> {severity}</div>' for severity in SEVERITIES
    )
    body = [
        "<header><h1>Readiness report</h1>",
        f"<p>{_number(len(told.checked), 'notebook')}, {_number(len(told.findings), 'finding')}</p>",
        f'<div class="figures">{head}</div></header>',
    ]
    if len(told.checked) > 1:
        body.append(_overview(told, scores))
    by_file = told.by_file()
    for number, path in enumerate(told.checked):
        body.append(_notebook(number, str(path), by_file.pop(str(path), []), scores.get(str(path)), told))
    for filename, findings in by_file.items():
        body.append(f"<section><h2>{_text(filename)}</h2>{_findings(findings, told)}</section>")
    css = _PAGE.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Readiness report</title><style>{css}</style></head>\n<body>"
        + "\n".join(body)
        + f"\n<footer>jupyter-prod {__version__}</footer></body></html>"
    )


def _scores(told: Told) -> dict[str, Score]:
    from jupyter_prod.readiness.of_file import score_of

    found: dict[str, Score] = {}
    for path in told.checked:
        notebook = told.notebook(str(path))
        if notebook is not None:
            try:
                found[str(path)] = score_of(notebook)
            except UsableError:
                continue
    return found


def _overview(told: Told, scores: dict[str, Score]) -> str:
    by_file = told.by_file()
    rows = []
    for number, path in enumerate(told.checked):
        score = scores.get(str(path))
        counts = Counter(f.severity for f in by_file.get(str(path), ()))
        cells = "".join(f'<td class="number">{counts[s] or ""}</td>' for s in SEVERITIES)
        steps = _small_bars(score) if score is not None else ""
        rows.append(
            f'<tr><td><a href="#n{number}">{_text(path.name)}</a></td><td>{steps}</td>'
            f'<td class="number">{score.mean if score is not None else ""}</td>{cells}</tr>'
        )
    heads = "".join(f"<th>{s}</th>" for s in SEVERITIES)
    return (
        "<section><h2>Overview</h2><table><tr><th>notebook</th><th>steps 1 to 6</th><th>mean</th>"
        f"{heads}</tr>{''.join(rows)}</table></section>"
    )


def _small_bars(score: Score) -> str:
    bars = []
    for place, step in enumerate(score.steps):
        height = 0 if step.score is None else max(1, round(step.score * 0.2))
        title = f"{step.name}: {'not judged' if step.score is None else step.score}"
        bars.append(
            f'<rect x="{place * 9}" y="{20 - height}" width="7" height="{height}" class="{_grade(step.score)}">'
            f"<title>{_text(title)}</title></rect>"
        )
    return f'<svg width="54" height="20" role="img" aria-label="scores by step">{"".join(bars)}</svg>'


def _notebook(number: int, filename: str, findings: Sequence[Finding], score: Score | None, told: Told) -> str:
    parts = [f'<section id="n{number}"><h2>{_text(filename)}</h2>']
    if score is not None:
        parts.append(_steps(score))
        parts.append(_ml_test_score(score))
    parts.append(f"<h3>Findings</h3>{_findings(findings, told)}</section>")
    return "".join(parts)


def _steps(score: Score) -> str:
    rows = []
    for step in score.steps:
        action = step.next_action
        shown = "not judged" if step.score is None else str(step.score)
        points = "".join(
            f'<li class="{"given" if p.given == p.possible else "taken" if not p.given else "half"}">'
            f"<b>{p.given:g} of {p.possible:g}</b> {_text(p.title)}<ul>"
            + "".join(f"<li>{_text(said)}</li>" for said in p.evidence)
            + "</ul></li>"
            for p in step.points
        )
        next_best = f'<p class="next">Next: {_text(action.do)}</p>' if action is not None else ""
        rows.append(
            f'<details><summary><span class="step">{step.step}. {_text(step.name)}</span>'
            f'<span class="bar"><span class="{_grade(step.score)}" style="width:{step.score or 0}%"></span></span>'
            f'<span class="number">{shown}</span></summary>{next_best}<ul class="points">{points}</ul></details>'
        )
    return (
        f"<h3>Readiness <b>{score.total}</b> of 100</h3><p>The weakest step decides; the mean is {score.mean}. "
        f"Each point is given or taken by what stands below it.</p>{''.join(rows)}"
    )


def _ml_test_score(score: Score) -> str:
    parts = score.parts()
    rows = []
    for part, held in parts.items():
        tests = "".join(
            f'<li class="{t.state}"><b>{_STATES[t.state]}</b>: {_text(t.title)} <i>({_text(t.evidence)})</i></li>'
            for t in score.tests
            if t.part == part
        )
        rows.append(
            f'<details><summary><span class="step">{_text(part)}</span><span class="bar"><span class="fair" '
            f'style="width:{round(held * 100 / 7)}%"></span></span><span class="number">{held} of 7</span></summary>'
            f'<ul class="points">{tests}</ul></details>'
        )
    return (
        f"<h3>ML Test Score: {score.ml_test_score} of 7</h3><p>The tests of Breck et al. (2017) that hold in the "
        f"weakest part; what a notebook can't tell counts as not held.</p>{''.join(rows)}"
    )


def _findings(findings: Sequence[Finding], told: Told) -> str:
    if not findings:
        return "<p>None.</p>"
    return "".join(_finding(finding, told) for finding in findings)


def _finding(finding: Finding, told: Told) -> str:
    place = finding.place
    where = "notebook" if place.cell is None else f"cell {place.cell}, line {place.row}"
    fix = f'<p class="next">Fix ({finding.fix.applicability}): {_text(finding.fix.message)}</p>' if finding.fix else ""
    return (
        f'<article class="{finding.severity}"><p><b>{_text(finding.code)}</b> {_text(finding.message)} '
        f'<span class="where">{where} · {finding.severity} · {_text(finding.slug)}</span></p>'
        f"{_code(finding, told)}{fix}</article>"
    )


def _code(finding: Finding, told: Told) -> str:
    lines = told.lines(finding)
    place = finding.place
    if not lines or place.row > len(lines):
        return ""
    first = max(1, place.row - _CONTEXT)
    last = min(len(lines), place.end_row + _CONTEXT, first + _MOST_LINES)
    shown = []
    for row in range(first, last + 1):
        text = _text(lines[row - 1][:300])
        shown.append(f"<mark>{row:>4} {text}</mark>" if place.row <= row <= place.end_row else f"{row:>4} {text}")
    return f"<pre>{chr(10).join(shown)}</pre>"


def _grade(score: int | None) -> str:
    if score is None:
        return "none"
    return "poor" if score < 40 else "fair" if score < 75 else "good"


def _text(value: object) -> str:
    shown = "".join(c if c.isprintable() or c == "\t" else "�" for c in str(value))
    return html.escape(shown, quote=True)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"
