"""Running a notebook: inputs where it looks for them, parameters from outside, its files by their names."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from {{ cookiecutter.package }} import notebook_run
from {{ cookiecutter.package }}.edits import with_assignment, with_text, without_installs
from {{ cookiecutter.package }}.notebook_run import run_notebook
from {{ cookiecutter.package }}.settings import Settings


def test_an_assigned_value_is_replaced_and_nothing_else() -> None:
    source = "%matplotlib inline\nrate = 0.5  # per é\nother = rate\nf(rate=0.5)\n"
    assert with_assignment(source, "rate", 0.25) == source.replace("= 0.5  #", "= 0.25  #")


def test_a_path_is_replaced_where_it_stands_alone() -> None:
    source = "a = read('C:\\\\x.csv')\nb = f'{a} C:\\\\x.csv'\n"
    assert with_text(source, "C:\\x.csv", "/data/x.csv") == source.replace(
        "'C:\\\\x.csv')", "'/data/x.csv')"
    )


def test_installs_become_comments() -> None:
    assert without_installs("%pip install x\n!pip3 install y\nz = 1") == (
        "pass  # %pip install x\npass  # !pip3 install y\nz = 1"
    )


def test_a_notebook_runs_with_its_inputs_and_leaves_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "text.txt"
    data.write_text("hello")
    source = (
        "text = open('../in/text.txt').read()\nopen('../in/text.txt', 'w').write('changed')\ntext"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbformat.write(notebook, tmp_path / "pilot.ipynb")
    monkeypatch.setattr(notebook_run, "NOTEBOOK", tmp_path / "pilot.ipynb")
    monkeypatch.setattr(notebook_run, "READ_AS", {"text": "../in/text.txt"})
    monkeypatch.setattr(notebook_run, "CELLS", {})
    settings = Settings()
    object.__setattr__(settings, "text", str(data))
    run_notebook(settings, tmp_path / "artifacts")
    executed = nbformat.read(tmp_path / "artifacts" / "run.ipynb", as_version=4)
    assert executed.cells[0].outputs[0]["data"]["text/plain"] == "'hello'"
    assert data.read_text() == "hello"
    assert (tmp_path / "artifacts" / "outputs" / "text.txt").read_text() == "changed"
