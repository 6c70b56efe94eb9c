"""The target that a person names must be a column of the file, where its columns are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_prod.errors import UsableError
from tests.stages.harness import planned

CELLS = [
    "import pandas as pd\nfrom sklearn.linear_model import LinearRegression",
    "df = pd.read_csv('homes.csv')\nX = df[['area']]\ny = df['price']",
    "model = LinearRegression()\nmodel.fit(X, y)",
]


def test_a_named_target_that_is_no_column_is_refused_with_the_columns(tmp_path: Path) -> None:
    (tmp_path / "homes.csv").write_text("area,price\n1,2\n", encoding="utf-8")
    assert planned(tmp_path, CELLS).target == "price"
    assert planned(tmp_path, CELLS, target="area").target == "area"
    with pytest.raises(UsableError, match="one of: area, price"):
        planned(tmp_path, CELLS, target="rent")
