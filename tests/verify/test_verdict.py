"""A verdict is `equal` only where everything held, and names what did not."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_prod.environment import Environment, facts
from jupyter_prod.errors import UsableError
from jupyter_prod.plan.nouns import Probe
from jupyter_prod.verify import Service, Verdict, open_project, run_project, verify

HERE = Path(__file__).parent

MODEL = (HERE / "pilot_project" / "src" / "pilot" / "centroids.py").read_text().split("import numpy as np\n")[1]

SPLIT = """\
order = np.random.RandomState(7).permutation(len(X))
X_train, X_test, y_train, y_test = X.iloc[order[20:]], X.iloc[order[:20]], y.iloc[order[20:]], y.iloc[order[:20]]
model = Centroids().fit(X_train, y_train)
"""

CELLS = [
    (1, "import numpy as np\nimport pandas as pd\n" + MODEL),
    (
        2,
        """\
df = pd.read_csv('data/customers.csv')
df = df.dropna(subset=['spend'])
df['age'] = df['age'].fillna(df['age'].median())
df['gold'] = (df['plan'] == 'gold').astype(int)
X = df[['age', 'gold', 'spend']]
y = df['churn'].map({'no': 0, 'yes': 1})
""",
    ),
    (3, SPLIT),
    (
        5,
        """\
print('accuracy', model.score(X_test, y_test))
pd.DataFrame({'prediction': model.predict(X_test)}).to_csv('scored.csv', index=False)
""",
    ),
]

WORDS = "lambda model, rows: [['no', 'yes'][p] for p in model.predict(rows)]"

PROBES = (
    Probe(3, SPLIT + f"__prod_probe__(model, X_test, {WORDS})\n__prod_probe__(model, X_train, {WORDS})"),
    Probe(
        5,
        """\
print('accuracy', __prod_record__('accuracy', model.score(X_test, y_test)))
pd.DataFrame({'prediction': model.predict(X_test)}).to_csv('scored.csv', index=False)
__prod_record__('centres', model.centres)
""",
    ),
)

SEEDED, LOOSE = "np.random.RandomState(7).permutation", "np.random.permutation"

Check = Callable[..., Verdict]

pytestmark = pytest.mark.slow


@pytest.fixture
def here() -> Environment:
    return facts(Path(sys.executable))


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """The pilot's folder: eighty customers, some without an age or their spending."""
    folder = tmp_path / "notebook"
    (folder / "data").mkdir(parents=True)
    lines = ["age,plan,spend,note,churn"]
    for i in range(80):
        age = "" if i % 9 == 0 else 20 + (i * 7) % 50
        spend = "" if i % 13 == 5 else (i * 37) % 100 / 3
        churn = "yes" if (i * 7) % 50 + (i % 3 == 0) * 20 + (i * 37) % 100 > 70 else "no"
        lines.append(f"{age},{('gold', 'base', 'plus')[i % 3]},{spend},n{i},{churn}")
    (folder / "data" / "customers.csv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture
def project(tmp_path: Path, notebook: Path) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(HERE / "pilot_project", folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(notebook / "data", folder / "data")
    return folder


@pytest.fixture
def check(here: Environment, notebook: Path, project: Path) -> Check:
    def checking(cells: list[tuple[int, str]] = CELLS, probes: tuple[Probe, ...] = PROBES, **more: Any) -> Verdict:
        return verify(project, cells, probes=probes, environment=here, folder=notebook, seconds=120, **more)

    return checking


def change(project: Path, old: str, new: str, module: str = "pipeline") -> None:
    path = project / "src" / "pilot" / f"{module}.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def level(project: Path, name: str) -> None:
    said = json.loads((project / "conversion.json").read_text())
    (project / "conversion.json").write_text(json.dumps(said | {"level": name}))


def failed(verdict: Verdict) -> list[str]:
    return [check.what for check in verdict.checks if not check.ok]


def test_a_faithful_project_is_equal_in_metrics_rows_and_single_rows(check: Check, notebook: Path) -> None:
    steps: list[tuple[str, float]] = []
    before = sorted(notebook.rglob("*"))
    verdict = check(say=lambda step, done: steps.append((step, done)))
    assert failed(verdict) == []
    assert (verdict.failure, verdict.status) == (None, "equal")
    said = " | ".join(c.what for c in verdict.checks)
    for part in (
        "metric accuracy",
        "metric centres",
        "own rows",
        "one at a time",
        "probability",
        "alone",
        "metrics on nine tenths of the rows",
    ):
        assert part in said
    assert [done for _, done in steps] == sorted(done for _, done in steps)
    assert steps[-1] == ("done", 1.0)
    assert sorted(notebook.rglob("*")) == before
    assert verdict.as_json()["status"] == "equal"


def test_another_metric_is_a_difference_at_its_cell(check: Check, project: Path) -> None:
    change(project, "RandomState(7)", "RandomState(8)")
    verdict = check()
    assert verdict.status == "differs"
    assert any(what.startswith("metric ") for what in failed(verdict))
    assert verdict.failure is not None
    assert verdict.failure.place.cell == 5


def test_a_skew_between_training_and_serving_is_found_and_its_column_named(check: Check, project: Path) -> None:
    change(project, 'fillna(learned["age"])', 'fillna(learned["age"] if training else 0)')
    verdict = check()
    assert verdict.status == "differs"
    assert any("differs in age" in what for what in failed(verdict))


def test_a_feature_that_depends_on_the_other_rows_is_found(check: Check, project: Path) -> None:
    change(
        project,
        '    return rows[["age"',
        '    if len(rows) < 3:\n        rows["age"] = rows["age"].rank()\n    return rows[["age"',
    )
    verdict = check()
    assert verdict.status == "differs"
    assert any("alone as among others; different: age" in what for what in failed(verdict))
    assert not any("own rows" in what for what in failed(verdict))


def test_answers_of_the_service_are_what_counts_not_its_model(check: Check, project: Path) -> None:
    change(project, '["no", "yes"][int(p)]', '["no", "yes"][int(p and len(rows) > 1)]')
    verdict = check()
    assert verdict.status == "differs"
    assert [what for what in failed(verdict) if "one at a time" in what]
    assert not [what for what in failed(verdict) if what.startswith("predictions") and "own rows" in what]


def test_probabilities_of_other_rows_are_found(check: Check, project: Path) -> None:
    change(project, "np.asarray(model.predict_proba(X))", "np.asarray(model.predict_proba(X)) * [0.999, 1.001]")
    assert any("probability" in what for what in failed(check()))


def test_a_service_that_refuses_the_notebooks_rows_differs(check: Check, project: Path) -> None:
    change(
        project,
        "    X = model_input(",
        '    if any(row["age"] is None for row in rows):\n        raise ValueError("age")\n    X = model_input(',
    )
    verdict = check()
    assert verdict.status == "differs"
    assert "HTTP 422" in str([c.got for c in verdict.checks if not c.ok])


def test_rows_are_traced_where_no_label_tells_where_they_come_from(check: Check) -> None:
    array = Probe(3, SPLIT + f"__prod_probe__(model, X_test.values, {WORDS})")
    renumbered = Probe(3, SPLIT + f"__prod_probe__(model, X_test.reset_index(drop=True), {WORDS})")
    for probe in (array, renumbered):
        verdict = check(probes=(probe, PROBES[1]))
        assert failed(verdict) == []
        assert verdict.status == "equal"


def test_numbers_that_only_repeat_what_was_seen_once_are_found(check: Check, project: Path) -> None:
    change(project, 'learned["age"] = rows["age"].median()', 'learned["age"] = 45.0')
    verdict = check()
    assert verdict.status == "differs"
    assert failed(verdict)
    assert all("on nine tenths of the rows" in what for what in failed(verdict))


def test_codes_of_the_notebooks_model_are_held_against_the_targets_words(check: Check, project: Path) -> None:
    coded = Probe(3, SPLIT + "__prod_probe__(model, X_train)")
    verdict = check(probes=(coded, PROBES[1]))
    assert failed(verdict) == []
    assert verdict.status == "equal"
    change(project, '["no", "yes"][int(p)]', '["yes", "no"][int(p)]')
    assert check(probes=(coded, PROBES[1])).status == "differs"


def test_without_any_answer_of_the_notebook_nothing_is_equal(check: Check) -> None:
    verdict = check(probes=PROBES[1:])
    assert verdict.status == "differs"
    assert failed(verdict) == ["the notebook's own answers"]


def test_a_notebook_that_fails_is_not_run_and_its_cell_is_named(check: Check) -> None:
    verdict = check([*CELLS, (7, "\nopen('missing.csv')")])
    assert verdict.status == "not-run"
    assert verdict.failure is not None
    assert (verdict.failure.place.cell, verdict.failure.place.line) == (7, 2)
    assert not verdict.notebook_ran


def test_a_project_that_fails_is_not_run_and_names_the_notebooks_cell(check: Check, project: Path) -> None:
    change(project, "    model = Centroids", "    # cell 3\n    raise KeyError('spend')\n    model = Centroids")
    verdict = check()
    assert verdict.status == "not-run"
    assert verdict.failure is not None
    assert verdict.failure.place.cell == 3
    assert verdict.failure.why == "KeyError: 'spend'"
    assert verdict.notebook_ran


def test_a_training_that_never_ends_is_ended(check: Check, project: Path, here: Environment, notebook: Path) -> None:
    change(project, "    learned: dict", "    import time\n\n    time.sleep(600)\n    learned: dict")
    verdict = verify(project, CELLS, probes=PROBES, environment=here, folder=notebook, seconds=25)
    assert verdict.status == "not-run"
    assert verdict.failure is not None
    assert "still running after 25 s" in verdict.failure.what + verdict.failure.why


def loosened() -> tuple[list[tuple[int, str]], tuple[Probe, ...]]:
    """The pilot without its seed."""
    cells = [(number, source.replace(SEEDED, LOOSE)) for number, source in CELLS]
    return cells, tuple(Probe(probe.cell, probe.source.replace(SEEDED, LOOSE)) for probe in PROBES)


def test_an_unseeded_notebook_is_held_under_a_planted_seed_and_called_not_reproducible(
    check: Check, project: Path
) -> None:
    change(project, SEEDED, LOOSE)
    verdict = check(*loosened())
    assert failed(verdict) == []
    assert verdict.status == "not-reproducible"
    assert verdict.failure is not None
    assert "differs from itself" in verdict.failure.what
    assert "random_state" in verdict.failure.lift
    assert verdict.failure.place.cell in (3, 5)


def test_unseeded_draws_that_decide_nothing_leave_the_verdict_equal(check: Check) -> None:
    cells = [*CELLS[:2], (4, "df.sample(3)"), *CELLS[2:]]
    assert check(cells).status == "equal"


def test_a_project_that_draws_otherwise_is_held_within_the_notebooks_spread(check: Check, project: Path) -> None:
    change(project, f"order = {SEEDED}", f"np.random.rand()\n    order = {LOOSE}")
    cells, probes = loosened()
    verdict = check(cells, probes)
    assert any("spread" in done.what for done in verdict.checks)
    assert any("likeness" in done.what for done in verdict.checks)
    assert failed(verdict) == []
    assert verdict.status == "not-reproducible"
    change(project, "float(model.score(X_test, y_test))", "float(model.score(X_test, y_test)) + 3")
    verdict = check(cells, probes)
    assert verdict.status == "differs"
    assert failed(verdict) == ["metric accuracy, within the notebook's own spread"]


def test_a_batch_is_held_by_its_files_and_numbers(check: Check, project: Path) -> None:
    level(project, "batch")
    verdict = check(probes=PROBES[1:])
    assert failed(verdict) == []
    assert verdict.status == "equal"
    assert "file scored.csv" in [c.what for c in verdict.checks]
    change(project, '{"prediction": model.predict(X_test)}', '{"prediction": 1 - model.predict(X_test)}')
    assert failed(check(probes=PROBES[1:])) == ["file scored.csv"]


def test_a_batch_that_says_nothing_comparable_is_not_run(check: Check, project: Path) -> None:
    level(project, "batch")
    verdict = check([CELLS[0]], probes=())
    assert verdict.status == "not-run"
    assert verdict.failure is not None
    assert "could be compared" in verdict.failure.why


def test_the_service_comes_and_goes(project: Path, here: Environment) -> None:
    with open_project(project, here) as opened:
        done = run_project(opened, ["train"], seconds=120)
        assert done.failure is None
        assert set(done.metrics) == {"accuracy", "centres"}
        assert set(done.outputs) == {"scored.csv"}
        with Service(opened) as service:
            service.wait()
            status, body = service.predict([{"age": None, "plan": "gold", "spend": 3, "note": "", "more": 1}])
            assert status == 200
            assert len(body["predictions"]) == 1
        assert service.stopped_cleanly
        made = opened.artifacts
    assert not made.exists()
    assert not (project / "artifacts").exists()


def test_a_folder_without_a_project_is_said_in_one_line(check: Check, project: Path) -> None:
    (project / "conversion.json").write_text("{")
    with pytest.raises(UsableError, match="no project"):
        check()
