"""The pilot notebooks: whole, small, and such as people write them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_prod.notebook import python_source, read_notebook

EXAMPLES = Path(__file__).parents[1] / "examples"
PILOTS = sorted(EXAMPLES.glob("*/*.ipynb"))


def test_there_are_four_pilots():
    assert [path.stem for path in PILOTS] == ["bike_demand", "churn", "house_prices", "loan_default"]


@pytest.mark.parametrize("path", PILOTS, ids=lambda path: path.stem)
def test_a_pilot_is_python_with_outputs_and_cells_out_of_order(path):
    notebook = read_notebook(path)
    code = [cell for cell in notebook.cells if cell.kind == "code"]
    assert all(python_source(cell).error is None for cell in code)
    counts = [cell.execution_count for cell in code if cell.execution_count is not None]
    assert counts != sorted(counts)
    assert sum(bool(cell.outputs) for cell in code) > 10
    assert "/home/" not in path.read_text() and "/root/" not in path.read_text()


@pytest.mark.parametrize("path", PILOTS, ids=lambda path: path.stem)
def test_a_pilot_has_small_data_and_requirements(path):
    assert (path.parent / "requirements.txt").is_file()
    tables = list(path.parent.glob("*.csv"))
    assert tables
    assert all(table.stat().st_size < 300_000 for table in tables)


@pytest.mark.slow
def test_the_data_can_be_made_anew(tmp_path):
    pytest.importorskip("pandas")
    script = tmp_path / "_make_data.py"
    script.write_bytes((EXAMPLES / "_make_data.py").read_bytes())
    subprocess.run([sys.executable, script], check=True)
    made = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.glob("*/*.csv")}
    assert made == {str(path.relative_to(EXAMPLES)): path.read_bytes() for path in EXAMPLES.glob("*/*.csv")}
