"""What runs in the notebook's environment, tried here: rows found by content, tables compared by cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_prod.verify.inside import tables
from jupyter_prod.verify.inside.matching import Finder, table, table_of_json


def test_a_row_is_found_by_its_content_among_rows_of_other_order_and_type() -> None:
    frame = pd.DataFrame({"n": [1, 2, 3], "f": [0.1, np.nan, 0.3], "t": ["x", "y", None], "b": [True, False, True]})
    rows, names = table(frame)
    finder = Finder(table_of_json([[3.0, 0.30000000000000004, None, True], [2, None, "y", 0], [9, 9, "z", 1]]))
    finder.look(rows, [10, 11, 12], [None, None, None])
    assert names == ["n", "f", "t", "b"]
    assert finder.found == [12, 11, None]
    assert finder.missing() == [2]
    assert finder.nearest(2, rows) == [0, 1, 2]


def test_of_equal_rows_the_one_with_the_notebooks_label_is_taken() -> None:
    rows = np.array([[1.0], [2.0], [1.0]])
    finder = Finder(np.array([[1.0], [1.0]]))
    finder.look(rows, [0, 1, 2], [2, 7])
    assert finder.found == [2, 0]


def test_another_number_of_columns_is_no_match() -> None:
    finder = Finder(np.zeros((1, 3)))
    finder.look(np.zeros((5, 2)), list(range(5)), [None])
    assert finder.found == [None]


@pytest.mark.parametrize("form", ["array", "sparse", "list", "series", "text"])
def test_every_form_of_model_input_becomes_a_table(form: str) -> None:
    from scipy.sparse import csr_matrix

    made: dict[str, Any] = {
        "array": np.array([[1, 2], [3, 4]]),
        "sparse": csr_matrix([[1, 2], [3, 4]]),
        "list": [[1, 2], [3, 4]],
        "series": pd.Series([1, 3]),
        "text": ["one", "two"],
    }
    rows, _ = table(made[form])
    assert rows.shape[0] == 2
    finder = Finder(np.asarray(rows.toarray() if form == "sparse" else rows)[1:])
    finder.look(rows, [0, 1], [None])
    assert finder.found == [1]


@pytest.mark.parametrize(("other", "same"), [(1.000000001, True), (1.1, False), (np.nan, False)])
def test_tables_are_equal_by_their_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: float, same: bool
) -> None:
    monkeypatch.setitem(tables.READERS, ".pkl", "read_pickle")  # needs no further library, unlike .xlsx and .parquet
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None]})
    frame.to_pickle(tmp_path / "one.pkl")
    frame.assign(a=[other, 2.0]).to_pickle(tmp_path / "other.pkl")
    frame.rename(columns={"a": "c"}).to_pickle(tmp_path / "named.pkl")
    assert tables.same(str(tmp_path / "one.pkl"), str(tmp_path / "other.pkl"), ".pkl") is same
    assert not tables.same(str(tmp_path / "one.pkl"), str(tmp_path / "named.pkl"), ".pkl")
