"""A person's tags are obeyed, or refused with both cells named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_prod.errors import UsableError
from jupyter_prod.notebook import read_notebook
from jupyter_prod.plan.planning import draft
from jupyter_prod.program import understand
from tests.stages.harness import notebook_file

CELLS = [
    "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression",
    "df = pd.read_csv('people.csv')",
    "X = df[['Age']]\ny = df['Bought']",
    "limit = X['Age'].max() + 1",
    "model = LogisticRegression()\nmodel.fit(X, y)",
    "score = model.score(X, y)\nprint(score, limit)",
    "score",
]


def tagged(folder: Path, cell: int, tag: str) -> Path:
    """The notebook with a tag on one cell, counted from 1."""
    path = notebook_file(folder, CELLS)
    body = json.loads(path.read_text(encoding="utf-8"))
    body["cells"][cell - 1]["metadata"]["tags"] = [tag]
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


def cells_of(path: Path, stage: str) -> list[int]:
    """The cells that a stage holds."""
    program = understand(read_notebook(path))
    layout = draft(program).layout
    assert layout is not None
    return sorted({program.statements[i].cell for i in getattr(layout, stage)})


def test_a_score_moves_to_training_when_asked(tmp_path: Path) -> None:
    assert 6 in cells_of(notebook_file(tmp_path, CELLS), "evaluation")
    assert 6 in cells_of(tagged(tmp_path, 6, "prod:stage=training"), "training")


def test_a_skipped_cell_is_in_no_stage(tmp_path: Path) -> None:
    path = tagged(tmp_path, 6, "prod:skip")
    assert all(6 not in cells_of(path, stage) for stage in ("features", "training", "evaluation"))


def test_a_fit_can_not_be_moved_before_the_features(tmp_path: Path) -> None:
    with pytest.raises(UsableError, match="can't move to features"):
        cells_of(tagged(tmp_path, 5, "prod:stage=features"), "features")


def test_a_stage_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsableError, match="no stage is called moon"):
        cells_of(tagged(tmp_path, 5, "prod:stage=moon"), "features")
