"""Notebooks as they should not be: each gets one clear line and its exit code, and the rest simply works."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_prod import road
from jupyter_prod.cli.main import main
from jupyter_prod.errors import UsableError
from tests.conftest import document
from tests.end_to_end.small import (
    CELLS,
    FIT,
    IMPORTS,
    JUDGE,
    READ,
    SPLIT,
    conversion_of,
    hashes,
    running_with,
    start,
    write_pilot,
)

NEVER_ENDS = "while True:\n    pass"
needs_proc = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks for processes in /proc")


def convert(notebook: Path, *options: str) -> tuple[int, Path]:
    """Converts without running anything; the exit code and the project's folder."""
    out = notebook.parent / "project"
    return main(["convert", str(notebook), "-o", str(out), "--no-verify", *options]), out


# ---------------------------------------------------------------- no notebook


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"hello", "is not a notebook: no JSON at line 1"),
        (b"\x89PNG\r\n\x1a\n\0", "is not UTF-8 text"),
        (b"", "is empty"),
        (json.dumps(document(*CELLS)).encode()[:-40], "is cut off"),
        (b"[1, 2]", "is not a valid notebook"),
        (b'{"a": 1}', "not a notebook"),
        (json.dumps(document()).encode(), "a notebook without code"),
        (json.dumps(document("# only a comment")).encode(), "a notebook without code"),
        (json.dumps(document("x = 1", language_info={"name": "R"})).encode(), "a notebook in r"),
        (json.dumps(document("x <- c(1", "if x = 3:")).encode(), "no cell of it can be read as Python; cell 1, line 1"),
    ],
)
def test_what_is_no_python_notebook_gets_one_line_and_2(content, told, tmp_path, capsys):
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    code, out = convert(path)
    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert said.err.startswith(f"jupyter-prod: {path}: ") and told in said.err and said.err.count("\n") == 1
    assert not out.exists() and os.listdir(tmp_path) == ["a.ipynb"]


def test_a_missing_notebook_and_an_empty_folder_get_one_line_and_2(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["convert", str(tmp_path / "no.ipynb"), "--no-verify"]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert main(["convert", str(tmp_path / "empty"), "--no-verify"]) == 2
    assert "holds no notebooks" in capsys.readouterr().err


def test_a_notebook_of_the_old_format_works(tmp_path):
    cells = [
        {"cell_type": "code", "language": "python", "input": cell, "outputs": [], "metadata": {}, "prompt_number": 1}
        for cell in CELLS
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells, "metadata": {}}]}
    path = write_pilot(tmp_path)
    path.write_text(json.dumps(old), encoding="utf-8")
    code, out = convert(path)
    assert code == 0
    assert conversion_of(out)["level"] == "service"


# ---------------------------------------------------------------- what it holds


def test_cells_with_syntax_errors_stay_behind_and_are_named(tmp_path, capsys):
    code, out = convert(write_pilot(tmp_path, IMPORTS, READ, SPLIT, "x = 1\nif x = 3:\n  foo(", FIT, JUDGE))
    assert code == 0
    conversion = conversion_of(out)
    assert conversion["level"] == "service"
    assert [(left["cell"], left["line"]) for left in conversion["left_behind"]] == [(4, 2)]
    assert "can't be read as Python" in conversion["left_behind"][0]["why"]
    assert "cell 4, line 2: can't be read as Python" in capsys.readouterr().out


def test_no_model_makes_a_batch_that_says_why(tmp_path, capsys):
    cells = (IMPORTS, READ, 'df.groupby("left").mean().to_csv("means.csv")')
    code, out = convert(write_pilot(tmp_path, *cells))
    assert code == 0
    conversion = conversion_of(out)
    assert conversion["level"] == "batch" and conversion["model"] is None
    assert "no model is fitted" in conversion["reasons"][0]["what"] and conversion["reasons"][0]["cell"] == 3
    assert "cell 3: no model is fitted" in capsys.readouterr().out


TWO = "from sklearn.tree import DecisionTreeClassifier\na = LogisticRegression().fit(X_train, y_train)\n" + (
    "b = DecisionTreeClassifier(random_state=0).fit(X_train, y_train)"
)


def test_of_two_models_of_equal_claim_the_last_is_served_and_said_so(tmp_path, capsys):
    code, out = convert(write_pilot(tmp_path, IMPORTS, READ, SPLIT, TWO))
    assert code == 0
    assert conversion_of(out)["model"] == {
        "variable": "b",
        "class": "sklearn.tree.DecisionTreeClassifier",
        "chosen": "last",
    }
    assert "b is served: the last of several models of equal claim. --model" in capsys.readouterr().out


def test_a_person_chooses_the_model(tmp_path, capsys):
    path = write_pilot(tmp_path, IMPORTS, READ, SPLIT, TWO)
    code, out = convert(path, "--model", "a")
    assert code == 0
    assert conversion_of(out)["model"]["variable"] == "a" and conversion_of(out)["model"]["chosen"] == "asked"
    capsys.readouterr()
    code, _ = convert(path, "--model", "zz", "--force")
    assert code == 2
    assert "no fitted model is called zz (one of: a, b)" in capsys.readouterr().err


MARKS = "{{ cookiecutter.name }} {% raw %} {{ 1 + 1 }} {% endraw %} {# gone #}"


def test_template_syntax_comes_out_as_it_went_in(tmp_path):
    judged = f'name = "{MARKS}"\nprint(name, accuracy_score(y_test, clf.predict(X_test)))  # {MARKS}'
    code, out = convert(write_pilot(tmp_path, IMPORTS, READ, SPLIT, FIT, judged, name="{{ x }} {% raw %}.ipynb"))
    assert code == 0
    kept = json.loads((out / "notebook" / "{{ x }} {% raw %}.ipynb").read_text(encoding="utf-8"))
    assert "".join(kept["cells"][4]["source"]) == judged
    code_files = [path.read_text(encoding="utf-8") for path in (out / "src").rglob("*.py")]
    assert sum(MARKS in text for text in code_files) >= 1
    assert "{{ x }} {% raw %}" in (out / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "my pilot (1) [final] & more.ipynb",
        'it\'s "quoted" `so` $HOME.ipynb',
        "2023 churn.ipynb",
        "予測.ipynb",
        "прогноз оттока.ipynb",
        "Übersicht café.ipynb",
        "pandas.ipynb",
        "class.ipynb",
        "-o.ipynb",
        "a b/[c] {d}/it's 1.ipynb",
        "line\nbreak.ipynb",
    ],
)
def test_names_as_people_give_them_simply_work(name, tmp_path):
    notebook = write_pilot(tmp_path / "work", name=name)
    out = tmp_path / "out" / notebook.stem
    assert main(["convert", str(notebook), "-o", str(out), "--no-verify"]) == 0
    conversion = conversion_of(out)
    assert conversion["level"] == "service" and conversion["notebook"]["path"] == notebook.name
    packages = [path for path in (out / "src").iterdir() if path.is_dir()]
    assert len(packages) == 1 and packages[0].name.isidentifier()
    assert conversion["command"] == packages[0].name.replace("_", "-")
    package = packages[0].name
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import {package}.features, {package}.settings as s; print(s.__file__)",
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(out / "src"), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip("\n") == str(packages[0] / "settings.py")


@pytest.mark.parametrize(
    ("path", "default"),
    [
        (r"C:\\Users\\me\\people.csv", "data/people.csv"),
        (r"..\\data\\people.csv", "data/people.csv"),
        (r"\\\\server\\share\\people.csv", "data/people.csv"),
        ("/content/drive/MyDrive/people.csv", "data/people.csv"),
        ("../input/people.csv", "data/people.csv"),
        ("https://example.org/people.csv", "https://example.org/people.csv"),
    ],
)
def test_paths_of_other_machines_become_settings(path, default, tmp_path):
    code, out = convert(write_pilot(tmp_path, IMPORTS, f'df = pd.read_csv("{path}")', SPLIT, FIT, JUDGE))
    assert code == 0
    conversion = conversion_of(out)
    assert conversion["level"] == "service"
    assert [one["path"] for one in conversion["inputs"]] == [ast.literal_eval(f'"{path}"')]
    settings = next((out / "src").glob("*/settings.py")).read_text(encoding="utf-8")
    assert f'"{default}"' in settings and "Users" not in settings and "drive" not in settings


@pytest.mark.slow
def test_fifty_megabytes_of_outputs_are_no_burden(tmp_path):
    path = write_pilot(tmp_path)
    whole = json.loads(path.read_text(encoding="utf-8"))
    text = [f"{number:08d} {'x' * 90}\n" for number in range(500_000)]
    whole["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
    path.write_text(json.dumps(whole), encoding="utf-8")
    assert path.stat().st_size > 50_000_000
    code, out = convert(path)
    assert code == 0
    assert conversion_of(out)["level"] == "service"
    assert (out / "notebook" / path.name).stat().st_size < 10_000


# ---------------------------------------------------------------- where it goes


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, capsys):
    path = write_pilot(tmp_path)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "mine.txt").write_text("mine")
    before = hashes(tmp_path)
    code, out = convert(path)
    assert code == 2
    assert "there is something already" in capsys.readouterr().err
    assert hashes(tmp_path) == before
    code, out = convert(path, "--force")
    assert code == 0
    assert (out / "mine.txt").read_text() == "mine" and conversion_of(out)["level"] == "service"


def test_a_file_in_the_projects_place_is_left_alone(tmp_path, capsys):
    path = write_pilot(tmp_path)
    (tmp_path / "project").write_text("mine")
    for option in ((), ("--force",)):
        code, out = convert(path, *option)
        assert code == 2
        assert "is a file, not a folder" in capsys.readouterr().err
    assert out.read_text() == "mine"


def test_a_place_below_a_file_is_one_line_and_2(tmp_path, capsys):
    path = write_pilot(tmp_path)
    assert main(["convert", str(path), "-o", str(tmp_path / "people.csv" / "project"), "--no-verify"]) == 2
    assert "people.csv: is a file, not a folder" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission_to_write_is_one_line_and_2(tmp_path, capsys):
    path = write_pilot(tmp_path / "work")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert main(["convert", str(path), "-o", str(locked / "project"), "--no-verify"]) == 2
    assert f"{locked}: can't be written to" in capsys.readouterr().err


def test_no_permission_is_told_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(road.os, "access", lambda path, mode: Path(path) != tmp_path)
    with pytest.raises(UsableError, match="can't be written to"):
        road.convert(tmp_path / "never_read.ipynb", tmp_path / "project")


# ---------------------------------------------------------------- what it does to the notebook


def test_nothing_of_the_notebook_is_run_or_touched_without_verification(tmp_path):
    marker = tmp_path / "marker"
    runs = f'open({str(marker)!r}, "w").close()\n!touch {marker}\nimport evil'
    work = tmp_path / "work"
    path = write_pilot(work, runs, *CELLS)
    (work / "evil.py").write_text(f"open({str(marker)!r}, 'w').close()\n")
    before = hashes(work)
    for option in (["--dry-run"], ["--no-verify"]):
        assert main(["convert", str(path), "-o", str(tmp_path / "project"), *option]) == 0
    assert main(["lint", str(path)]) in (0, 1)
    assert not marker.exists()
    assert hashes(work) == before


@pytest.mark.slow
def test_missing_data_are_told_with_cell_and_file(tmp_path, capsys):
    path = write_pilot(tmp_path / "work")
    (tmp_path / "work" / "people.csv").unlink()
    before = hashes(tmp_path / "work")
    code = main(["convert", str(path), "-o", str(tmp_path / "project")])
    said = [line for line in capsys.readouterr().out.splitlines() if "people.csv" in line]
    assert code == 0, "the project is written, and says that it is not proven"
    assert len(said) == 1
    assert said[0].startswith("cell 2: the notebook stops here (nothing could be compared: FileNotFoundError")
    conversion = conversion_of(tmp_path / "project")
    assert conversion["verdict"] == {"status": "not-run", "checks": []}
    assert [(reason["cell"], "people.csv" in reason["why"]) for reason in conversion["reasons"]] == [(2, True)]
    assert hashes(tmp_path / "work") == before


@needs_proc
@pytest.mark.slow
def test_a_notebook_that_never_ends_is_stopped(tmp_path):
    path = write_pilot(tmp_path / "work", NEVER_ENDS, *CELLS)
    process = start(tmp_path, "convert", path, "-o", tmp_path / "project", "--timeout", "3")
    said, complained = process.communicate(timeout=120)
    assert process.returncode == 0, complained
    assert "cell 1: still running after 3 s (nothing could be compared: the time limit was reached)" in said
    assert conversion_of(tmp_path / "project")["verdict"]["status"] == "not-run"
    assert running_with(str(tmp_path)) == []
    assert [one for one in (tmp_path / "tmp").iterdir() if one.is_dir()] == []
    assert sorted(os.listdir(tmp_path)) == ["project", "tmp", "work"]


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("several", [False, True], ids=["one", "several"])
def test_an_interrupt_half_way_leaves_nothing_behind(number, several, tmp_path):
    """Once the notebook runs, the conversion is interrupted: no project, no temporary folder, no process is left."""
    work = tmp_path / "work"
    started = tmp_path / "started"
    cell = f"import os, time\nopen({str(started)!r} + str(os.getpid()), 'w').close()\ntime.sleep(600)"
    paths = [write_pilot(work, cell, *CELLS, name=f"{name}.ipynb") for name in ("a", "b", "c")[: 3 if several else 1]]
    before = hashes(work)
    options = ["-j", "2"] if several else []
    process = start(tmp_path, "convert", *paths, "-o", tmp_path / "project", *options)
    deadline = time.monotonic() + 120
    while len(list(tmp_path.glob("started*"))) < (2 if several else 1):
        assert time.monotonic() < deadline and process.poll() is None, process.communicate()
        time.sleep(0.2)
    process.send_signal(number)
    said, complained = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == "" and complained.strip() == "jupyter-prod: interrupted"
    assert hashes(work) == before
    assert not (tmp_path / "project").exists()
    assert [one for one in (tmp_path / "tmp").iterdir() if one.is_dir()] == []
    assert running_with(str(tmp_path)) == []
