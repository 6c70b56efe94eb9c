"""Scores rest on evidence: every point says what gave or took it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_prod.cli.main import main
from jupyter_prod.hazards import all_rules
from jupyter_prod.readiness import Score
from jupyter_prod.readiness.of_file import score_of
from jupyter_prod.readiness.score import _read
from tests.conftest import document
from tests.hazards.examples import written

GOOD = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
# %%
rows = pd.read_csv("rows.csv")
train, test = train_test_split(rows, random_state=0)
model = LogisticRegression().fit(train[["a"]], train["b"])
print(model.score(test[["a"]], test["b"]))
# %% [file] charter.yaml
outcome: {metric: m, baseline: 1, target: 2, window: a week, method: a test, signed_off_by: A, signed_off_on: 2024-01-01}
owners: {business: A, technical: B}
rollout: {phases: [1], guardrails: g, rollback: r}
"""


def scored(example: str, tmp_path: Path) -> Score:
    return score_of(written(example, tmp_path))


def test_every_point_has_evidence_and_a_lost_one_says_what_to_do(tmp_path: Path) -> None:
    score = scored(GOOD.replace("random_state=0", ""), tmp_path)
    points = [point for step in score.steps for point in step.points]
    assert points
    for point in points:
        assert 0 <= point.given <= point.possible and all(point.evidence) and point.evidence
        assert point.do
    seeded = next(point for point in points if point.id == "seeded")
    assert seeded.given == 0 and "JPR04" in seeded.evidence[0]
    mended = scored(GOOD, tmp_path)
    assert next(p for s in mended.steps for p in s.points if p.id == "seeded").given == 3
    assert mended.steps[3].score > score.steps[3].score  # type: ignore[operator]


def test_the_charter_gives_the_first_step_and_its_lack_takes_it(tmp_path: Path) -> None:
    with_charter, without = scored(GOOD, tmp_path), scored(GOOD.split("# %% [file]")[0], tmp_path)
    assert with_charter.steps[0].score == 100
    assert without.steps[0].score == 0 and without.total == 0
    assert without.steps[0].next_action is not None


def test_what_can_not_be_judged_is_not_scored(tmp_path: Path) -> None:
    ids = {point.id for step in scored("print(1)", tmp_path).steps for point in step.points}
    assert not ids & {"honest-evaluation", "evaluated-prompts", "data-access"}


def test_all_28_tests_are_told_and_the_weakest_part_is_the_score(tmp_path: Path) -> None:
    score = scored(GOOD, tmp_path)
    assert len(score.tests) == 28 and len({t.id for t in score.tests}) == 28
    assert {part: sum(t.part == part for t in score.tests) for part in score.parts()} == dict.fromkeys(score.parts(), 7)
    assert score.ml_test_score == min(score.parts().values())
    assert all(test.evidence for test in score.tests)


def test_the_files_name_rules_and_facts_that_exist(tmp_path: Path) -> None:
    from jupyter_prod.hazards import Facts
    from jupyter_prod.program import understand
    from jupyter_prod.readiness.evidence import Evidence

    notebook = written(GOOD, tmp_path)
    evidence = Evidence(Facts(notebook, understand(notebook)))
    codes = {rule.code for rule in all_rules()}
    for name in ("criteria.yaml", "ml_test_score.yaml"):
        for entry in _read(name):
            assert set(entry.get("rules", ())) <= codes, entry["id"]
            for fact in (entry.get("needs", "always"), *entry.get("facts", ()), *entry.get("holds", ())):
                evidence.fact(fact)
    used = {code for entry in _read("criteria.yaml") for code in entry["rules"]}
    assert codes - used == {"JPL01"}, "every rule counts somewhere"


def test_score_is_told_as_table_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(document("import pandas as pd\nrows = pd.read_csv('/home/maria/rows.csv')")))
    assert main(["score", str(path)]) == 0
    text = capsys.readouterr().out
    assert "readiness 0 of 100" in text and "next:" in text and "ML Test Score" in text
    assert main(["score", str(path), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["total"] == 0 and len(told["steps"]) == 6 and len(told["ml_test_score"]["tests"]) == 28
    assert main(["score", str(path), "-v"]) == 0
    assert "JPD01 in cell 1" in capsys.readouterr().out
    (tmp_path / "b.ipynb").write_text("{")
    assert main(["score", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert "readiness" in told.out and "b.ipynb" in told.err


def test_the_page_shows_score_findings_and_code_and_nothing_of_a_notebook_is_markup(tmp_path, capsys):
    path = tmp_path / "<script>.ipynb"
    path.write_text(json.dumps(document('rows = open("/home/maria/</pre><script>alert(1)</script>.csv")')))
    main(["lint", str(path), "--output-format", "html"])
    page = capsys.readouterr().out
    assert "<script" not in page and "http" not in page.split("<style>")[0]
    assert "Readiness <b>0</b> of 100" in page and "JPD01" in page and "&lt;script&gt;" in page
