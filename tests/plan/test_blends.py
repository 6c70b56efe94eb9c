"""An answer that is mixed from several models is no one model's: no service of one of them may claim to be it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.harness import planned

BEFORE = [
    "import pandas as pd\nimport numpy as np\nfrom sklearn.linear_model import LinearRegression, Ridge\n"
    "from sklearn.metrics import r2_score\nfrom sklearn.model_selection import train_test_split",
    "df = pd.read_csv('homes.csv')\nX_train, X_test, y_train, y_test = train_test_split(df[['area']], df['price'])",
    "a = LinearRegression().fit(X_train, y_train)\nb = Ridge()\nb.fit(X_train, y_train)",
]
MIXED = {
    "an average": "p = (a.predict(X_test) + b.predict(X_test)) / 2\nprint(r2_score(y_test, p))",
    "weights": "pa = a.predict(X_test)\npb = b.predict(X_test)\nprint(r2_score(y_test, 0.3 * pa + 0.7 * pb))",
    "a mean of a list": "p = np.mean([a.predict(X_test), b.predict(X_test)], axis=0)\nprint(r2_score(y_test, p))",
    "columns of a stack": "p = np.column_stack([a.predict(X_test), b.predict(X_test)]).mean(axis=1)\nr2_score(y_test, p)",
    "a vote": "p = ((a.predict(X_test) > 1) & (b.predict(X_test) > 1)).astype(int)\nprint(r2_score(y_test, p))",
}
APART = {
    "each by itself": "print(r2_score(y_test, a.predict(X_test)), r2_score(y_test, b.predict(X_test)))",
    "side by side in a table": "t = pd.DataFrame({'y': y_test})\nt['a'] = a.predict(X_test)\nt['b'] = b.predict(X_test)\n"
    "print(r2_score(t['y'], t['a']), r2_score(t['y'], t['b']))",
    "one after another in a loop": "for m in [a, b]:\n    p = m.predict(X_test)\n    print(r2_score(y_test, p))",
    "kept in a list": "kept = []\nfor m in [a, b]:\n    kept.append(m.predict(X_test))\nfor p in kept:\n    print(r2_score(y_test, p))",
    "kept by name": "kept = {'a': a.predict(X_test), 'b': b.predict(X_test)}\nfor n, p in kept.items():\n    print(n, r2_score(y_test, p))",
}


@pytest.mark.parametrize("shape", MIXED)
def test_a_mixed_answer_is_no_service_and_its_cell_is_named(tmp_path: Path, shape: str) -> None:
    plan = planned(tmp_path, [*BEFORE, MIXED[shape]])
    assert plan.level == "batch"
    assert next((r.place.cell, "mixed" in r.what) for r in plan.reasons) == (4, True)


@pytest.mark.parametrize("shape", APART)
def test_models_that_are_judged_apart_are_no_blend(tmp_path: Path, shape: str) -> None:
    assert planned(tmp_path, [*BEFORE, APART[shape]]).level == "service"


def test_a_person_may_ask_for_one_of_the_models(tmp_path: Path) -> None:
    assert planned(tmp_path, [*BEFORE, MIXED["an average"]], model="b").level == "service"
