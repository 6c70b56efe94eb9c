"""Answers are the notebook's, and one row gets the same answer alone as among others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from conftest import Trained
from test_pipeline import ALIKE, EXPECTED, equal
from {{ cookiecutter.package }} import pipeline, runs
from {{ cookiecutter.package }}.results import plain
from {{ cookiecutter.package }}.scoring import score_rows

_MOST = 200


def test_predictions_are_those_of_the_notebook(trained: Trained) -> None:
    expected = json.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.exists() else {}
    if not expected.get("predictions"):
        pytest.skip("the notebook's own predictions are not known")
    known = [(row, expected["predictions"].get(name_of(row))) for row in rows_of(raw(trained))]
    rows = [row for row, prediction in known if prediction is not None]
    assert rows, "none of the rows that the notebook answered is in the data"
    scored = score_rows(trained.release, rows)
    assert scored.rows == [*range(len(rows))], (scored.refused[:3], scored.failed)
    wanted = [prediction for _, prediction in known if prediction is not None]
    tolerance = expected.get("tolerance", ALIKE)
    different = [
        pair for pair in zip(scored.answer.predictions, wanted) if not equal(*pair, tolerance)
    ]
    assert not different


def test_one_row_alone_is_answered_as_among_others(trained: Trained) -> None:
    table = raw(trained)
    rows = rows_of(table.iloc[:: max(1, len(table) // _MOST)])
    together = score_rows(trained.release, rows)
    assert together.rows, together.refused[:3]
    for place, number in enumerate(together.rows[:25]):
        alone = score_rows(trained.release, [rows[number]])
        assert equal(alone.answer.predictions[0], together.answer.predictions[place], ALIKE)
        if together.answer.probabilities is not None:
            assert alone.answer.probabilities is not None
            assert equal(alone.answer.probabilities[0], together.answer.probabilities[place], ALIKE)


def raw(trained: Trained) -> pd.DataFrame:
    """The rows that the notebook read, target left out."""
    return runs.tables(trained.run)[pipeline.ROWS].drop(columns=[pipeline.TARGET], errors="ignore")


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as a request would carry them."""
    names = [str(label) for label in table.columns]
    return [dict(zip(names, map(plain, row))) for row in table.itertuples(index=False, name=None)]


def name_of(row: Mapping[str, Any]) -> str:
    """A row's name in expected.json, which holds no value of it."""
    whole = {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in row.items()}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
