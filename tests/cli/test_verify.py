"""What `verify` promises: a verdict that follows from what ran, told in words, JSON and the exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from jupyter_prod.cli.main import main
from tests.end_to_end.small import conversion_of, hashes, write_pilot


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that nothing was run for."""
    folder = tmp_path_factory.mktemp("converted")
    assert main(["convert", str(write_pilot(folder)), "-o", str(folder / "project"), "--no-verify"]) == 0
    return folder / "project"


@pytest.fixture
def project(converted: Path, tmp_path: Path) -> Path:
    """A copy of the project, far from its notebook."""
    return Path(shutil.copytree(converted, tmp_path / "project"))


@pytest.mark.slow
def test_a_project_is_held_against_its_own_copy_of_the_notebook(project, capsys):
    before = hashes(project)
    assert main(["verify", str(project), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "equal" and told["checks"] and all(check["ok"] for check in told["checks"])
    assert any(check["what"] == "metric accuracy" for check in told["checks"])
    assert hashes(project) == before


@pytest.mark.slow
def test_an_edit_that_changes_the_numbers_is_found(project, capsys):
    training = project / "src" / "pilot" / "training.py"
    text = training.read_text(encoding="utf-8")
    assert "LogisticRegression()" in text
    training.write_text(text.replace("LogisticRegression()", "LogisticRegression(C=1e-6)"), encoding="utf-8")
    assert main(["verify", str(project)]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"{project}  differs\n") and "differs" in said.split("\n", 1)[1]
    assert "cell 5: the project differs: metric accuracy" in said


@pytest.mark.slow
def test_what_cant_be_compared_is_no_proof(project, capsys):
    (project / "data" / "people.csv").unlink()
    assert main(["verify", str(project)]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"{project}  not-run\n")
    assert "cell 2: the notebook stops here: FileNotFoundError" in said and "people.csv" in said


@pytest.mark.slow
def test_the_notebook_that_is_named_counts(project, tmp_path, capsys):
    other = write_pilot(tmp_path / "other", "raise SystemError('this one')")
    assert main(["verify", str(project), "--notebook", str(other), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"status": "not-run", "checks": []}


def test_a_folder_that_is_no_project_is_one_line_and_2(tmp_path, capsys):
    for text in (None, "", "[]", "{}", '{"notebook": {"path": "x"}}'):
        if text is not None:
            (tmp_path / "conversion.json").write_text(text, encoding="utf-8")
        assert main(["verify", str(tmp_path)]) == 2
        said = capsys.readouterr()
        assert said.out == "" and "no project of jupyter-prod" in said.err and said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--python", "/no/such/python"], "no such file"),
        (["--notebook", "no_such.ipynb"], "does not exist"),
        (["--timeout", "0"], "timeout"),
    ],
)
def test_arguments_that_cant_be_used_are_one_line_and_2(arguments, told, project, capsys):
    assert main(["verify", str(project), *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == "" and told in said.err and said.err.count("\n") == 1


def test_a_project_without_its_notebook_is_one_line_and_2(project, capsys):
    (project / "notebook" / "pilot.ipynb").unlink()
    assert main(["verify", str(project)]) == 2
    said = capsys.readouterr().err
    assert "pilot.ipynb: its notebook can't be read" in said and said.count("\n") == 1


def test_the_conversion_says_that_nothing_was_run(converted):
    assert conversion_of(converted)["verdict"] == {"status": "not-run", "checks": []}
