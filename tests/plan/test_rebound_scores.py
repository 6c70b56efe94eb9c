"""Scores that are cut down under their own name, as before a ROC curve, are followed to their model and no further."""

from __future__ import annotations

from pathlib import Path

from tests.stages.harness import planned


def test_scores_rebound_to_a_part_of_themselves_are_followed_to_their_model(tmp_path: Path) -> None:
    cells = [
        "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n"
        "from sklearn.metrics import roc_auc_score\nfrom sklearn.model_selection import train_test_split",
        "df = pd.read_csv('a.csv')\nX, X_test, y, y_test = train_test_split(df[['a']], df['b'], random_state=0)",
        "model = LogisticRegression().fit(X, y)\np = model.predict_proba(X_test)\np = p[:, 1]",
        "print(roc_auc_score(y_test, p))",
    ]
    plan = planned(tmp_path, cells)
    assert plan.level == "service"
    assert "model.predict(" in plan.modules["serving.py"]
